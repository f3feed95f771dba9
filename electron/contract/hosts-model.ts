/**
 * Machines behind SSH, as data: what is known of a host, how far the way to it has come, and what only its user can
 * answer. Secrets go from the page to the core, never back.
 */
import { z } from 'zod';

const ms = z.number();
const count = z.number().int().nonnegative();

/** One machine on the way: the last one is the host itself. */
export const hopSchema = z.object({
  /** As the configuration or the user calls it. */
  name: z.string(),
  user: z.string(),
  host: z.string(),
  port: count,
  status: z.enum(['not-reached', 'trying', 'asking', 'ready', 'failed']),
  /** `Host key known since 4 Mar. Signed in with id_ed25519.`, or why it is not reached. */
  text: z.string().nullable(),
  /** Fingerprint of the key it proved itself with; missing: not yet, or the system's ssh did it. */
  hostKey: z.string().optional(),
});
export type Hop = z.infer<typeof hopSchema>;

export const transportChoiceSchema = z.enum(['ssh2', 'system']);
export type TransportChoice = z.infer<typeof transportChoiceSchema>;

export const hostStateSchema = z.object({
  /** MachineId: the destination in its one spelling. */
  id: z.string(),
  status: z.enum(['idle', 'connecting', 'authenticating', 'asking', 'ready', 'waiting', 'failed']),
  /** Why there is no connection, in a sentence; null while there is one or it is being made. */
  reason: z.string().nullable(),
  /** The next step that goes with it. */
  hint: z.string().nullable(),
  code: z.string().nullable(),
  nextTryAtMs: ms.nullable(),
  hops: z.array(hopSchema),
  transport: transportChoiceSchema,
  /** The system's ssh could do what failed here (certificates, hardware keys, algorithms). */
  offersSystem: z.boolean(),
  /** How stats are read: `streamlocal`, `tcp`, `reader` (a fixed program there); null: nothing was read yet. */
  readBy: z.enum(['streamlocal', 'tcp', 'reader']).nullable(),
  connectedSinceMs: ms.nullable(),
  /** Newest last, at most 20. */
  tries: z.array(z.object({ atMs: ms, ok: z.boolean(), text: z.string() })),
});
export type HostState = z.infer<typeof hostStateSchema>;

/** A line of the list of hosts. */
export const hostEntrySchema = z.object({
  id: z.string(),
  source: z.enum(['ssh-config', 'used']),
  user: z.string().nullable(),
  via: z.array(z.string()),
  /** `ProxyCommand cloudflared`, `port 2222`; null: nothing to say. */
  note: z.string().nullable(),
  instances: count,
  state: hostStateSchema.nullable(),
});
export type HostEntry = z.infer<typeof hostEntrySchema>;

export const hostResolvedSchema = z.object({
  destination: z.string(),
  /** `ssh -G web1`, or `Reeve` where there is no ssh. */
  resolvedBy: z.string(),
  hostName: z.string(),
  user: z.string(),
  port: count,
  proxyJump: z.array(z.string()),
  proxyCommand: z.string().nullable(),
  identities: z.array(z.string()),
  usesAgent: z.boolean(),
  strictHostKeyChecking: z.string(),
  /** What was left out, each in a sentence: an identity that can't be read, an option that is not understood. */
  warnings: z.array(z.string()),
});
export type HostResolved = z.infer<typeof hostResolvedSchema>;

/** A host key that Reeve keeps itself. */
export const trustedKeySchema = z.object({
  /** As known_hosts names it: `10.20.1.13`, `[10.20.1.13]:2222`. */
  name: z.string(),
  keyType: z.string(),
  /** `SHA256:…` */
  fingerprint: z.string(),
  sinceMs: ms,
});
export type TrustedKey = z.infer<typeof trustedKeySchema>;

export const sshQuestionSchema = z.object({
  id: z.string(),
  machineId: z.string(),
  hop: hopSchema,
  /** Names of the machines in front of the hop. */
  through: z.array(z.string()),
  about: z.discriminatedUnion('kind', [
    z.object({
      kind: z.literal('host-key'),
      keyType: z.string(),
      /** `SHA256:…` */
      fingerprint: z.string(),
      /** Shows the fingerprint on the host itself. */
      command: z.string(),
    }),
    z.object({
      kind: z.literal('secrets'),
      /** `Passphrase of ~/.ssh/id_ed25519`, or what the server asks. */
      title: z.string(),
      instructions: z.string().nullable(),
      prompts: z.array(z.object({ label: z.string(), echo: z.boolean() })),
      /** Where it could be kept; null: not at all. */
      keepIn: z.literal('keychain').nullable(),
    }),
  ]),
});
export type SshQuestion = z.infer<typeof sshQuestionSchema>;

export const sshAnswerSchema = z.discriminatedUnion('kind', [
  /** `keep`: in Reeve's own store; `known-hosts`: also in the user's known_hosts; `session`: until Reeve ends. */
  z.object({ kind: z.literal('trust'), until: z.enum(['keep', 'known-hosts', 'session']) }),
  z.object({ kind: z.literal('secrets'), values: z.array(z.string().max(10_000)).max(20), keep: z.boolean() }),
  z.object({ kind: z.literal('cancel') }),
]);
export type SshAnswer = z.infer<typeof sshAnswerSchema>;
