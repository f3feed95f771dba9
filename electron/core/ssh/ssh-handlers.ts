/** The methods of the contract about hosts behind SSH, and about what their users are asked. */
import type { Handlers } from '../../rpc/server.ts';
import type { Questions } from './questions.ts';
import type { SshHosts } from './ssh-hosts.ts';

type Part = Pick<Handlers, Extract<keyof Handlers, `hosts.${string}` | `ssh.${string}`>>;

export function sshHandlers({ hosts, questions }: { hosts: SshHosts; questions: Questions }): Part {
  return {
    'hosts.list': async () => ({ entries: await hosts.list() }),
    'hosts.resolve': async ({ destination }) => hosts.describe(destination),
    'hosts.connect': ({ destination, transport }) => hosts.connect(destination, transport),
    'hosts.disconnect': ({ machine }) => {
      hosts.disconnect(machine);
      return {};
    },
    'ssh.questions': () => ({ questions: questions.list() }),
    'ssh.answer': ({ questionId, answer }) => {
      questions.answer(questionId, answer);
      return {};
    },
  };
}
