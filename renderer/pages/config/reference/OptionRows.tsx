/** A list of options with what each does: results of a search, a section. */
import type { OptionInfo } from '../../../../engine/config/option-table.ts';
import { reference } from './reference-store.ts';

export interface OptionRowsProps {
  options: readonly OptionInfo[];
  /** Of a listbox: the chosen row and how ids are made; null: the rows are links of a page. */
  chosen: number | null;
  idOf?: (index: number) => string;
}

export function OptionRows({ options, chosen, idOf }: OptionRowsProps) {
  return options.map(({ name, help }, index) => (
    <button
      type="button"
      key={name}
      className="ref-row focus-inset"
      {...(chosen === null
        ? {}
        : { id: idOf?.(index), role: 'option', 'aria-selected': index === chosen, tabIndex: -1 })}
      onClick={() => reference.go({ type: 'option', name })}
    >
      <span className="m">{name}</span>
      <span className="q">{help}</span>
    </button>
  ));
}
