/** The methods of the contract about hosts behind SSH, and about what their users are asked. */
import type { Handlers } from '../../rpc/server.ts';
import type { HostKeys } from './host-keys.ts';
import type { Questions } from './questions.ts';
import type { SshHosts } from './ssh-hosts.ts';

type Part = Pick<Handlers, Extract<keyof Handlers, `hosts.${string}` | `ssh.${string}`>>;

export interface SshParts {
  hosts: SshHosts;
  questions: Questions;
  hostKeys: HostKeys;
}

export function sshHandlers({ hosts, questions, hostKeys }: SshParts): Part {
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
      await hostKeys.forget(name, keyType);
      return {};
    },
    'ssh.questions': () => ({ questions: questions.list() }),
    'ssh.answer': ({ questionId, answer }) => {
      questions.answer(questionId, answer);
      return {};
    },
  };
}
