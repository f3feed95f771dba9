/** The small actions on the server at hand; each opens its dialog, which shows the exact action first. */
import type { ActionKind } from '../../electron/contract/actions-model.ts';
import type { Instance } from '../../electron/contract/model.ts';
import type { AppStores } from '../stores/app.ts';
import type { Command } from './commands.ts';

interface Item {
  kind: Exclude<ActionKind, 'respawn-worker' | 'clear-blacklist'>;
  title: (name: string) => string;
  keywords: string;
}

const ACTION_ITEMS: readonly Item[] = [
  { kind: 'scale-up', title: (name) => `One worker more for ${name}…`, keywords: 'scale cheaper +' },
  { kind: 'scale-down', title: (name) => `One worker less for ${name}…`, keywords: 'scale cheaper -' },
  { kind: 'pause', title: (name) => `Pause or resume ${name}…`, keywords: 'stop accepting tstp' },
  { kind: 'log-rotate', title: (name) => `Rotate the log of ${name}…`, keywords: 'logrotate' },
  { kind: 'log-reopen', title: (name) => `Reopen the log of ${name}…`, keywords: 'logreopen' },
  { kind: 'stop', title: (name) => `Stop the server ${name}…`, keywords: 'shutdown end quit' },
];

/** `whyNot`: what keeps every action from being done; null: nothing is known. */
export function actionCommands({ ui }: AppStores, instance: Instance | null, whyNot: string | null): Command[] {
  return ACTION_ITEMS.map(({ kind, title, keywords }) => ({
    id: `action.${kind}`,
    title: title(instance?.name ?? 'the instance'),
    keywords,
    whyNot:
      whyNot ??
      (instance?.kind === 'emperor' && kind !== 'log-rotate' && kind !== 'log-reopen'
        ? 'An emperor has no workers of its own.'
        : instance?.link.status === 'attached'
          ? null
          : 'There is no link to it.'),
    run: () => {
      if (instance) ui.openDialog({ type: 'action', instanceId: instance.id, kind, wid: null });
    },
  }));
}
