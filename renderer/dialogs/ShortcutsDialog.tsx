/** All keys, as the registry knows them, and those that belong to lists. */
import { listCommands } from '../commands/commands.ts';
import { useStores } from '../stores/use-stores.ts';
import { Dialog } from '../ui/Dialog.tsx';
import { Kbd } from '../ui/Kbd.tsx';

const IN_LISTS: readonly [string, string][] = [
  ['Into the filter', '/'],
  ['Up and down in lists', '↑ ↓'],
  ['Open', 'Enter'],
  ['Close, clear', 'Esc'],
];

export function ShortcutsDialog({ onClose }: { onClose: () => void }) {
  const stores = useStores();
  const commands = listCommands(stores).filter((command) => command.shortcut);
  return (
    <Dialog title="Keys" opened onClose={onClose}>
      <div className="keys">
        {commands.map(({ id, title, shortcut }) => (
          <div key={id}>
            <span className="ell">{title}</span>
            <Kbd keys={shortcut ?? ''} />
          </div>
        ))}
        {IN_LISTS.map(([title, keys]) => (
          <div key={title}>
            <span className="ell">{title}</span>
            <Kbd keys={keys} />
          </div>
        ))}
      </div>
    </Dialog>
  );
}
