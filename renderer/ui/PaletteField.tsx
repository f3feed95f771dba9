/** The field of a palette. It keeps the focus; the list below is its listbox, whose rows have ids of `listId` and their index. */
import type { LucideIcon } from 'lucide-react';
import type { KeyboardEvent, ReactNode } from 'react';

export interface PaletteFieldProps {
  icon: LucideIcon;
  label: string;
  listId: string;
  /** Index of the row that Enter takes; null: there is none. */
  chosen: number | null;
  text: string;
  onText: (text: string) => void;
  onKeyDown: (event: KeyboardEvent) => void;
  /** Behind the field. */
  children?: ReactNode;
}

export function PaletteField({
  icon: Icon,
  label,
  listId,
  chosen,
  text,
  onText,
  onKeyDown,
  children,
}: PaletteFieldProps) {
  return (
    <div className="pal-search">
      <Icon className="q" size={16} strokeWidth={1.75} aria-hidden />
      <input
        data-autofocus
        type="text"
        role="combobox"
        aria-expanded
        aria-controls={listId}
        aria-activedescendant={chosen === null ? undefined : `${listId}-${chosen}`}
        aria-label={label}
        placeholder={label}
        autoComplete="off"
        spellCheck={false}
        value={text}
        onChange={(event) => onText(event.target.value)}
        onKeyDown={onKeyDown}
      />
      {children}
    </div>
  );
}
