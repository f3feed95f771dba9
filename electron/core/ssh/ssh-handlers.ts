/** The methods of the contract about hosts behind SSH, and about what their users are asked. */
import type { SshAnswer, SshQuestion } from '../../contract/hosts-model.ts';
import type { Handlers } from '../../rpc/server.ts';
import type { AuditLog } from '../audit/audit-log.ts';
import type { HostKeys } from './host-keys.ts';
import type { Questions } from './questions.ts';
import type { SshHosts } from './ssh-hosts.ts';

type Part = Pick<Handlers, Extract<keyof Handlers, `hosts.${string}` | `ssh.${string}`>>;

export interface SshParts {
  hosts: SshHosts;
  questions: Questions;
  hostKeys: HostKeys;
  audit: AuditLog;
}

export function sshHandlers({ hosts, questions, hostKeys, audit }: SshParts): Part {
  return {
    'hosts.list': async () => ({ entries: await hosts.list() }),
    'hosts.resolve': async ({ destination }) => hosts.describe(destination),
    'hosts.connect': ({ destination, transport }) => hosts.connect(destination, transport),
    'hosts.disconnect': ({ machine }) => {
      hosts.disconnect(machine);
      return {};
    },
    'hosts.forget': async ({ machine }) => {
      await hosts.forget(machine);
      return {};
    },
    'hosts.keys': () => ({ keys: hostKeys.list() }),
    'hosts.forgetKey': async ({ name, keyType }) => {
      const held = hostKeys.list().find((key) => key.name === name && key.keyType === keyType);
      const detail = `The ${keyType} key of ${name} is forgotten`;
      const record = { action: 'host-key.forget', machine: name, hostKey: held?.fingerprint ?? null, detail };
      await audit.around(record, async () => hostKeys.forget(name, keyType));
      return {};
    },
    'ssh.questions': () => ({ questions: questions.list() }),
    'ssh.answer': ({ questionId, answer }) => {
      const question = questions.list().find(({ id }) => id === questionId);
      questions.answer(questionId, answer);
      if (question !== undefined) recordHostKey(question, answer, audit);
      return {};
    },
  };
}

const KEPT = { keep: 'kept by Reeve', 'known-hosts': 'written to known_hosts', session: 'until Reeve ends' } as const;

/** What the user said of a key that nobody knew. */
function recordHostKey({ about, hop, machineId }: SshQuestion, answer: SshAnswer, audit: AuditLog): void {
  if (about.kind !== 'host-key') return;
  const isTrusted = answer.kind === 'trust';
  audit.record({
    action: 'host-key.trust',
    machine: machineId,
    hostKey: about.fingerprint,
    detail: `${about.keyType} key of ${hop.name}${isTrusted ? `, ${KEPT[answer.until]}` : ''}`,
    result: isTrusted ? 'done' : 'refused',
  });
}
