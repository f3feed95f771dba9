/** One choice of a few, as joined buttons (a radio group: arrows move, only the chosen one is in the tab order). */
import { type KeyboardEvent, type ReactNode, useRef } from 'react';
import { formatShortCount } from '../format/quantity.ts';

export interface SegmentedOption<Id extends string> {
  id: Id;
  label: ReactNode;
  count?: number;
  /** Name for screen readers when the label is only a shape. */
  name?: string;
}

export interface SegmentedProps<Id extends string> {
  label: string;
  options: readonly SegmentedOption<Id>[];
  value: Id;
  onChange: (id: Id) => void;
}

export function Segmented<Id extends string>({ label, options, value, onChange }: SegmentedProps<Id>) {
  const group = useRef<HTMLSpanElement>(null);
  const current = options.findIndex((option) => option.id === value);

  function onKeyDown(event: KeyboardEvent) {
    const step =
      event.key === 'ArrowRight' || event.key === 'ArrowDown'
        ? 1
        : event.key === 'ArrowLeft' || event.key === 'ArrowUp'
          ? -1
          : 0;
    if (step === 0) return;
    event.preventDefault();
    const next = (current + step + options.length) % options.length;
    const option = options[next];
    if (!option) return;
    onChange(option.id);
    group.current?.querySelectorAll<HTMLElement>('[role="radio"]')[next]?.focus();
  }

  return (
    <span className="seg" role="radiogroup" aria-label={label} ref={group} onKeyDown={onKeyDown}>
      {options.map((option) => (
        <button
          key={option.id}
          type="button"
          role="radio"
          aria-checked={option.id === value}
          aria-label={option.name}
          tabIndex={option.id === value ? 0 : -1}
          onClick={() => onChange(option.id)}
        >
          {option.label}
          {option.count === undefined ? null : (
            <span className={option.count === 0 ? 'c z' : 'c'}>{formatShortCount(option.count)}</span>
          )}
        </button>
      ))}
    </span>
  );
}
