/** Wraps one button and opens a menu below it. Arrow keys move, typing a letter jumps, Esc returns to the button. */
import { Menu } from '@mantine/core';
import { Fragment, type ReactElement, type ReactNode } from 'react';
import { Kbd } from './Kbd.tsx';

export interface MenuEntry {
  id: string;
  title: string;
  icon?: ReactNode;
  shortcut?: string | undefined;
  danger?: boolean;
  /** Line above it. */
  divider?: boolean;
  /** Why it can't be chosen; stays visible with this text. */
  disabledReason?: string | null;
  onSelect: () => void;
}

const CLASSES = { dropdown: 'rv-menu', item: 'rv-menu-item', label: 'rv-menu-label', divider: 'rv-menu-divider' };

export function MenuButton({ entries, children }: { entries: readonly MenuEntry[]; children: ReactElement }) {
  return (
    <Menu position="bottom-end" offset={4} classNames={CLASSES} transitionProps={{ duration: 80 }} withinPortal>
      <Menu.Target>{children}</Menu.Target>
      <Menu.Dropdown miw={200} maw={320}>
        {entries.map((entry) => (
          <Fragment key={entry.id}>
            {entry.divider ? <Menu.Divider /> : null}
            <Menu.Item
              className={entry.danger ? 'd' : undefined}
              leftSection={entry.icon}
              rightSection={entry.shortcut ? <Kbd keys={entry.shortcut} /> : undefined}
              disabled={typeof entry.disabledReason === 'string'}
              onClick={entry.onSelect}
            >
              {entry.title}
              {entry.disabledReason ? <small>{entry.disabledReason}</small> : null}
            </Menu.Item>
          </Fragment>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
