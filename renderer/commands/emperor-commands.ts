/** What can be done to the vassals of the emperor at hand; each opens its dialog, which shows the exact action first. */
import type { Instance } from '../../electron/contract/model.ts';
import type { AppStores } from '../stores/app.ts';
import type { Command } from './commands.ts';

/** None for an instance that is no emperor. */
export function emperorCommands({ ui, emperor }: AppStores, instance: Instance | null): Command[] {
  if (instance?.kind !== 'emperor') return [];
  const { id, name, link } = instance;
  const noLink = link.status === 'attached' ? null : 'There is no link to it.';
  const rows = (): readonly string[] => {
    const state = emperor.getState();
    return state.instanceId === id
      ? (state.emperor?.vassals ?? [])
          .filter((row) => row.emperorId === id && row.state !== 'gone')
          .map(({ key }) => key)
      : [];
  };
  const none = noLink ?? (rows().length === 0 ? 'Open its vassals first; it may have none.' : null);
  return [
    {
      id: 'emperor.reload-all',
      title: `Reload all vassals of ${name}…`,
      detail: 'touches their files',
      keywords: 'touch restart graceful emperor',
      whyNot: none,
      run: () => ui.openDialog({ type: 'vassals', what: 'touch', instanceId: id, vassals: rows() }),
    },
    {
      id: 'emperor.attach-all',
      title: `Attach all vassals of ${name}…`,
      detail: 'those that have a stats address',
      keywords: 'connect emperor stats',
      whyNot: none,
      run: () => ui.openDialog({ type: 'vassals', what: 'attach', instanceId: id, vassals: rows() }),
    },
    {
      id: 'emperor.clear-blacklist',
      title: `Clear the blacklist of ${name}…`,
      detail: 'SIGURG to the emperor',
      keywords: 'throttle forgive sigurg emperor',
      whyNot: noLink,
      run: () => ui.openDialog({ type: 'action', instanceId: id, kind: 'clear-blacklist', wid: null }),
    },
  ];
}
