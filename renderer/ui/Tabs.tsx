/**
 * Row of tabs. Arrow keys, Home and End move between them and open at once; only the active one is in the tab order.
 * Tabs that do not fit belong to the caller (a More menu); this draws what it is given.
 */
import { type KeyboardEvent, type ReactNode, useRef } from 'react';

export interface TabItem<Id extends string> {
  id: Id;
  title: string;
  /** Quiet figure after the title; undefined: none. */
  count?: number | undefined;
  /** Something in it is unsaved. */
  dot?: boolean;
}

export interface TabsProps<Id extends string> {
  label: string;
  items: readonly TabItem<Id>[];
  active: Id | null;
  onSelect: (id: Id) => void;
  /** After the last tab. */
  children?: ReactNode;
}

export function Tabs<Id extends string>({ label, items, active, onSelect, children }: TabsProps<Id>) {
  const row = useRef<HTMLDivElement>(null);
  const current = items.findIndex((item) => item.id === active);

  function onKeyDown(event: KeyboardEvent) {
    const last = items.length - 1;
    const targets: Record<string, number> = {
      ArrowRight: current === last ? 0 : current + 1,
      ArrowLeft: current <= 0 ? last : current - 1,
      Home: 0,
      End: last,
    };
    const next = targets[event.key];
    const item = next === undefined ? undefined : items[next];
    if (next === undefined || !item) return;
    event.preventDefault();
    onSelect(item.id);
    row.current?.querySelectorAll<HTMLElement>('[role="tab"]')[next]?.focus();
  }

  return (
    <div className="tabs" role="tablist" aria-label={label} ref={row} onKeyDown={onKeyDown}>
      {items.map((item, index) => (
        <button
          key={item.id}
          type="button"
          role="tab"
          id={`tab-${item.id}`}
          aria-selected={item.id === active}
          tabIndex={item.id === active || (current < 0 && index === 0) ? 0 : -1}
          onClick={() => onSelect(item.id)}
        >
          {item.title}
          {item.count === undefined ? null : <span className="c">{item.count}</span>}
          {item.dot ? <span className="dot" role="img" aria-label="unsaved" /> : null}
        </button>
      ))}
      {children}
    </div>
  );
}
