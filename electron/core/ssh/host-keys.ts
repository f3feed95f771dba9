/**
 * Whether a key is the host's own, decided before any credential is sent: the user's and the system's known_hosts,
 * Reeve's own list beside them, and the user's answer when none of them knows the host. A key that differs from a known
 * one is never accepted here; a list that can't be read refuses.
 */
import { appendFile, mkdir, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { z } from 'zod';
import type { TrustedKey } from '../../contract/hosts-model.ts';
import { CoreError, describe, isErrorCode } from '../errors.ts';
import type { DocumentStore } from '../files/document-store.ts';
import type { Clock } from '../ports.ts';
import type { HopSettings } from './hop-settings.ts';
import {
  fingerprintOf,
  formatKnownHostsLine,
  heldKeyTypes,
  judgeKey,
  type KnownHostsLine,
  knownHostsName,
  parseKnownHosts,
  typeOfKey,
} from './known-hosts.ts';

/** Reeve's own list: `host-keys.json` of the data folder. */
export const hostKeysFileSchema = z.object({
  version: z.literal(1),
  hosts: z.array(z.object({ name: z.string(), keyType: z.string(), key: z.string(), sinceMs: z.number() })),
});
export type HostKeysFile = z.infer<typeof hostKeysFileSchema>;

export type Trusting = 'keep' | 'known-hosts' | 'session';

export type HostKeyVerdict =
  | { status: 'trusted'; text: string }
  | { status: 'refused'; error: CoreError; offersSystem: boolean }
  /** Only the user can tell. */
  | { status: 'ask'; keyType: string; fingerprint: string; command: string };

const MOST_BYTES = 20_000_000;
const KEY_FILES: Record<string, string> = {
  'ssh-ed25519': 'ed25519',
  'ssh-rsa': 'rsa',
  'ecdsa-sha2-nistp256': 'ecdsa',
  'ecdsa-sha2-nistp384': 'ecdsa',
  'ecdsa-sha2-nistp521': 'ecdsa',
};

export class HostKeys {
  readonly #store: DocumentStore<HostKeysFile>;
  readonly #path: string;
  readonly #clock: Clock;
  /** Accepted until Reeve ends. */
  readonly #session: KnownHostsLine[] = [];

  /** `path` is where the store lies: a user who has to remove a key from it is told. */
  constructor(store: DocumentStore<HostKeysFile>, path: string, clock: Clock) {
    this.#store = store;
    this.#path = path;
    this.#clock = clock;
  }

  /** Types of the keys that are held, so that the server is asked for one of those. Unreadable lists: none. */
  async heldTypes(settings: HopSettings): Promise<string[]> {
    try {
      const lines = await this.#lines(settings.hostName, settings);
      return [...new Set(namesOf(settings).flatMap((name) => heldKeyTypes(lines, name)))];
    } catch {
      // The same list refuses the key a moment later, with its reason.
      return [];
    }
  }

  async judge(host: string, settings: HopSettings, key: Buffer): Promise<HostKeyVerdict> {
    try {
      return await this.#judge(host, settings, key);
    } catch (error) {
      if (error instanceof CoreError) return refuse(error);
      throw error;
    }
  }

  /** Keeps a key that its user accepted; the result is words. Throws when it can't be kept; it holds for this session then. */
  async trust(settings: HopSettings, key: Buffer, until: Trusting): Promise<string> {
    const [name] = namesOf(settings);
    const keyType = typeOfKey(key);
    if (until === 'session') {
      this.#trustForSession(name, key);
      return 'Host key accepted for this session.';
    }
    try {
      const path = settings.userKnownHosts[0];
      if (until === 'known-hosts' && path !== undefined && path !== '/dev/null') {
        // There only: `ssh-keygen -R` is to be enough to take it back.
        await appendToKnownHosts(path, formatKnownHostsLine(name, key, settings.hashKnownHosts));
        return `Host key added to ${path}.`;
      }
      const hosts = this.#store.value.hosts.filter((held) => held.name !== name || held.keyType !== keyType);
      const entry = { name, keyType, key: key.toString('base64'), sinceMs: this.#clock.now() };
      await this.#store.set({ version: 1, hosts: [...hosts, entry] });
      return 'Host key kept by Reeve.';
    } catch (error) {
      this.#trustForSession(name, key);
      throw error;
    }
  }

  #trustForSession(name: string, key: Buffer): void {
    this.#session.push({ place: 'this session', marker: 'none', names: name, keyType: typeOfKey(key), key });
  }

  /** What Reeve keeps itself, by name. */
  list(): TrustedKey[] {
    return this.#store.value.hosts
      .map(({ name, keyType, key, sinceMs }) => ({
        name,
        keyType,
        fingerprint: fingerprintOf(Buffer.from(key, 'base64')),
        sinceMs,
      }))
      .sort((a, b) => a.name.localeCompare(b.name));
  }

  /** Its user is asked again, unless known_hosts has the key. */
  async forget(name: string, keyType: string): Promise<void> {
    const isOther = (held: { name: string; keyType: string }): boolean =>
      held.name !== name || held.keyType !== keyType;
    const ofSession = this.#session.filter((line) => isOther({ name: line.names, keyType: line.keyType }));
    this.#session.splice(0, this.#session.length, ...ofSession);
    await this.#store.set({ version: 1, hosts: this.#store.value.hosts.filter(isOther) });
  }

  async #judge(host: string, settings: HopSettings, key: Buffer): Promise<HostKeyVerdict> {
    const fingerprint = fingerprintOf(key);
    const revokedBy = await revokedPlace(host, settings, key);
    if (revokedBy !== null) {
      return refuse(new CoreError('ssh-host-key-revoked', { host, fingerprint, place: revokedBy }));
    }
    const lines = await this.#lines(host, settings);
    const verdicts = namesOf(settings).map((name) => judgeKey(lines, name, key));
    // A name with its port counts first; the bare name only where that one says nothing, as ssh has it.
    const verdict = verdicts.find(({ status }) => status === 'revoked') ??
      verdicts.find(({ status }, i) => status !== 'unknown' && (i === 0 || status === 'known')) ?? {
        status: 'unknown' as const,
      };
    switch (verdict.status) {
      case 'known':
        return { status: 'trusted', text: this.#knownText(settings, key, verdict.place) };
      case 'revoked':
        return refuse(new CoreError('ssh-host-key-revoked', { host, fingerprint, place: verdict.place }));
      case 'changed': {
        const known = fingerprintOf(verdict.known);
        return refuse(new CoreError('ssh-host-key-changed', { host, fingerprint, place: verdict.place, known }));
      }
      case 'authority':
        return refuse(new CoreError('ssh-host-key-authority', { host, place: verdict.place }), true);
      case 'unknown':
        return this.#judgeUnknown(host, settings, key, fingerprint);
    }
  }

  async #judgeUnknown(host: string, settings: HopSettings, key: Buffer, fingerprint: string): Promise<HostKeyVerdict> {
    const { strictHostKeys, neverAsks } = settings;
    if (strictHostKeys === 'accept-new' || strictHostKeys === 'no') {
      await this.trust(settings, key, 'keep');
      return { status: 'trusted', text: `Host key accepted as new (StrictHostKeyChecking ${strictHostKeys}).` };
    }
    if (strictHostKeys === 'yes' || neverAsks) {
      const reason = neverAsks ? 'BatchMode forbids to ask.' : 'StrictHostKeyChecking forbids to ask.';
      return refuse(new CoreError('ssh-host-key-unknown', { host, fingerprint, reason }));
    }
    const keyType = typeOfKey(key);
    const command = `ssh-keygen -lf /etc/ssh/ssh_host_${KEY_FILES[keyType] ?? 'ed25519'}_key.pub`;
    return { status: 'ask', keyType, fingerprint, command };
  }

  #knownText(settings: HopSettings, key: Buffer, place: string): string {
    const encoded = key.toString('base64');
    const own = this.#store.value.hosts.find((held) => held.key === encoded && namesOf(settings).includes(held.name));
    if (place === this.#path && own !== undefined) return `Host key known since ${day(own.sinceMs)}.`;
    return place === 'this session' ? 'Host key accepted for this session.' : `Host key known from ${place}.`;
  }

  async #lines(host: string, settings: HopSettings): Promise<KnownHostsLine[]> {
    const paths = [...settings.userKnownHosts, ...settings.globalKnownHosts];
    const files = await Promise.all(paths.map(async (path) => parseKnownHosts(await readList(path, host), path)));
    const own = this.#store.value.hosts.map(
      ({ name, keyType, key }): KnownHostsLine => ({
        place: this.#path,
        marker: 'none',
        names: name,
        keyType,
        key: Buffer.from(key, 'base64'),
      }),
    );
    return [...files.flat(), ...own, ...this.#session];
  }
}

function refuse(error: CoreError, offersSystem = false): HostKeyVerdict {
  return { status: 'refused', error, offersSystem };
}

/** Under which names a host is looked for; the first is the one it is kept under. */
function namesOf({ hostKeyAlias, hostName, port }: HopSettings): [string, ...string[]] {
  if (hostKeyAlias !== null) return [hostKeyAlias.toLowerCase()];
  const name = knownHostsName(hostName, port);
  return port === 22 ? [name] : [name, knownHostsName(hostName, 22)];
}

/** Empty when there is no such file. Throws `ssh-known-hosts` when there is one that can't be read. */
async function readList(path: string, host: string): Promise<string> {
  try {
    const text = await readFile(path, 'latin1');
    if (text.length > MOST_BYTES) throw new CoreError('ssh-known-hosts', { path, host, reason: 'it is too large' });
    return text;
  } catch (error) {
    if (isErrorCode(error, 'ENOENT', 'ENOTDIR')) return '';
    if (error instanceof CoreError) throw error;
    throw new CoreError('ssh-known-hosts', { path, host, reason: describe(error) }, { cause: error });
  }
}

/** RevokedHostKeys of ssh_config(5): a list of public keys. One that can't be read refuses every key. */
async function revokedPlace(host: string, settings: HopSettings, key: Buffer): Promise<string | null> {
  const path = settings.revokedHostKeys;
  if (path === null) return null;
  let text: string;
  try {
    text = await readFile(path, 'latin1');
  } catch (error) {
    throw new CoreError('ssh-known-hosts', { path, host, reason: describe(error) }, { cause: error });
  }
  if (text.startsWith('SSHKRL')) {
    throw new CoreError('ssh-known-hosts', { path, host, reason: 'it is a KRL, which only the system’s ssh reads' });
  }
  const encoded = key.toString('base64');
  const at = text.split('\n').findIndex((line) => line.split(/\s+/).includes(encoded));
  return at < 0 ? null : `${path}:${at + 1}`;
}

async function appendToKnownHosts(path: string, line: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const before = await readFile(path, 'latin1').catch(() => '');
  const gap = before === '' || before.endsWith('\n') ? '' : '\n';
  await appendFile(path, gap + line, { mode: 0o600 });
}

/** `4 Mar 2026`. */
function day(atMs: number): string {
  return new Date(atMs).toLocaleDateString('en-GB', { day: 'numeric', month: 'short', year: 'numeric' });
}
