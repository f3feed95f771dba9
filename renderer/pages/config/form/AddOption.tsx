/** Over the form: all options by name or by what they do; the chosen one gets its row, with the focus in it. */
import { type KeyboardEvent, useId, useState } from 'react';
import type { OptionInfo } from '../../../../engine/config/option-table.ts';
import { useFormDesk } from './form-desk.ts';
import { groupTitleOf } from './form-groups.ts';
import { findOptions } from './form-search.ts';
import { lackWords } from './form-words.ts';

export interface AddOptionProps {
  isSet: (name: string) => boolean;
  onChoose: (option: OptionInfo) => void;
  onClose: () => void;
}

const MOST = 50;

export function AddOption({ isSet, onChoose, onClose }: AddOptionProps) {
  const id = useId();
  const { target } = useFormDesk();
  const [query, setQuery] = useState('');
  const [active, setActive] = useState(0);
  const found = findOptions(query, MOST);
  const at = Math.min(active, found.length - 1);

  function placeOf(option: OptionInfo): string {
    if (isSet(option.name)) return 'set';
    return lackWords(option, target) === null ? groupTitleOf(option) : 'not on this server';
  }

  function onKeyDown(event: KeyboardEvent): void {
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    const chosen = found[at];
    if (step !== 0) {
      const next = Math.min(Math.max(at + step, 0), found.length - 1);
      setActive(next);
      document.getElementById(`${id}-${next}`)?.scrollIntoView({ block: 'nearest' });
    } else if (event.key === 'Enter' && chosen) onChoose(chosen);
    else if (event.key === 'Escape') onClose();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  return (
    <div
      className="form-add"
      role="dialog"
      aria-label="Add an option"
      onBlur={(event) => {
        if (!event.currentTarget.contains(event.relatedTarget)) onClose();
      }}
    >
      <span className="inp">
        <input
          autoFocus
          role="combobox"
          aria-expanded
          aria-controls={id}
          aria-activedescendant={found.length > 0 ? `${id}-${at}` : undefined}
          aria-label="Option to add"
          placeholder="Option to add: its name, or what it does"
          autoComplete="off"
          spellCheck={false}
          value={query}
          onChange={(event) => {
            setQuery(event.target.value);
            setActive(0);
          }}
          onKeyDown={onKeyDown}
        />
      </span>
      <div className="form-found" role="listbox" id={id} aria-label="Options" tabIndex={-1}>
        {found.map((option, index) => (
          <div
            key={option.name}
            id={`${id}-${index}`}
            role="option"
            tabIndex={-1}
            aria-selected={index === at}
            onPointerDown={(event) => {
              event.preventDefault();
              onChoose(option);
            }}
          >
            <span className="row g3">
              <span className="m grow ell">{option.name}</span>
              <span className="q t11">{placeOf(option)}</span>
            </span>
            <span className="q ell">{option.help ?? `Option of uWSGI's ${option.plugin}.`}</span>
          </div>
        ))}
        {found.length === 0 ? <p className="q">No option has all these words in its name or help.</p> : null}
      </div>
    </div>
  );
}
