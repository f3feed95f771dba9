/** Commands about hosts behind SSH: attach on one, connect, disconnect, answer what one asks. */
import type { HostState } from '../../electron/contract/hosts-model.ts';
import { OF_EACH_HOST } from '../shell/palette-model.ts';
import type { AppStores } from '../stores/app.ts';
import type { Command } from './commands.ts';
import { runAction } from './run-action.ts';

export function hostCommands({ hosts, ui }: AppStores): Command[] {
  const { entries, byId, questions } = hosts.getState();
  const [question] = questions;
  return [
    {
      id: 'ssh.answer',
      title: question === undefined ? 'Answer what a host asks…' : `Answer what ${question.hop.name} asks…`,
      keywords: 'ssh passphrase password host key trust',
      whyNot: question === undefined ? 'No host asks anything.' : null,
      run: () => ui.openDialog({ type: 'question' }),
    },
    ...entries.map(
      ({ id }): Command => ({
        id: `${OF_EACH_HOST}attach.${id}`,
        title: `Attach to a server on ${id}…`,
        keywords: 'ssh connect discover host',
        whyNot: null,
        run: () => ui.openDialog({ type: 'attach', host: id }),
      }),
    ),
    ...Object.values(byId).flatMap((host): Command[] => [
      {
        id: `${OF_EACH_HOST}connect.${host.id}`,
        title: `Connect to ${host.id} now`,
        keywords: 'ssh host retry',
        whyNot: host.status === 'ready' ? 'It is connected.' : null,
        run: () => runAction(hosts.connect(host.id)),
      },
      {
        id: `${OF_EACH_HOST}disconnect.${host.id}`,
        title: `Disconnect from ${host.id}`,
        keywords: 'ssh host stop',
        whyNot: isStill(host) ? 'Nothing connects to it.' : null,
        run: () => runAction(hosts.disconnect(host.id)),
      },
    ]),
  ];
}

function isStill({ status }: HostState): boolean {
  return status === 'idle' || status === 'failed';
}
