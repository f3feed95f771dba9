/**
 * The presets under the headings of their languages, to choose one from: the language that fits the file first. Typing
 * in the field leaves those that have the words; `/` goes there, arrows go through the list.
 */
import { Search } from 'lucide-react';
import { type KeyboardEvent, useRef, useState } from 'react';
import type { Preset } from '../../../engine/config/preset-parts.ts';
import { findPresets } from '../../../engine/config/presets.ts';
import './presets.css';

const SERVER_ONLY = {
  both: '',
  engine: ' The engine of Reeve only: uWSGI does not have it.',
  uwsgi: ' uWSGI only: the engine of Reeve does not have it.',
};

export interface PresetListProps {
  /** The one for what the file says already. */
  fitting: Preset | undefined;
  chosen: Preset | undefined;
  onChoose: (preset: Preset) => void;
}

export function PresetList({ fitting, chosen, onChoose }: PresetListProps) {
  const [text, setText] = useState('');
  const list = useRef<HTMLDivElement>(null);
  const field = useRef<HTMLInputElement>(null);
  const groups = findPresets(fitting, text);
  const shown = groups.flatMap(({ presets }) => presets);
  // The list is entered at the chosen one; where the words have left that out, at the first.
  const entered = shown.find((preset) => preset === chosen) ?? shown[0];

  function go(to: number) {
    const next = shown[(to + shown.length) % shown.length];
    if (next === undefined) return;
    onChoose(next);
    list.current?.querySelector<HTMLElement>(`[data-preset="${next.id}"]`)?.focus();
  }

  function onListKey(event: KeyboardEvent) {
    const at = shown.findIndex((preset) => preset === chosen);
    if (event.key === '/') field.current?.focus();
    else if (event.key === 'ArrowDown') go(at + 1);
    else if (event.key === 'ArrowUp') go(at === -1 ? -1 : at - 1);
    else if (event.key === 'Home') go(0);
    else if (event.key === 'End') go(-1);
    else return;
    event.preventDefault();
  }

  function onFieldKey(event: KeyboardEvent) {
    if (event.key === 'ArrowDown' || event.key === 'Enter') {
      event.preventDefault();
      go(0);
    } else if (event.key === 'Escape' && text !== '') {
      // The first one empties the field, the second closes the dialog.
      setText('');
    }
  }

  return (
    <div className="preset-list">
      <div className="preset-search">
        <span className="inp sm">
          <Search size={12} strokeWidth={1.75} aria-hidden />
          <input
            ref={field}
            type="text"
            aria-label="Search the presets"
            placeholder="Language, or what it is for"
            autoComplete="off"
            spellCheck={false}
            // The dialog hears Escape before anybody else; this has it leave the key to a field with words in it.
            data-mantine-stop-propagation={text !== ''}
            value={text}
            onChange={(event) => setText(event.target.value)}
            onKeyDown={onFieldKey}
          />
          {text === '' ? <kbd>/</kbd> : null}
        </span>
      </div>
      <div role="radiogroup" aria-label="Preset" ref={list} onKeyDown={onListKey}>
        {groups.map(({ language, presets }) => (
          <div key={language} role="group" aria-label={language}>
            <div className="sec">{language}</div>
            {presets.map((preset) => (
              <button
                key={preset.id}
                type="button"
                role="radio"
                className="preset focus-inset"
                data-preset={preset.id}
                aria-checked={preset === chosen}
                tabIndex={preset === entered ? 0 : -1}
                data-autofocus={preset === chosen || undefined}
                onClick={() => onChoose(preset)}
              >
                <span className="md">{preset.title}</span>
                <span className="q">
                  {preset.text}
                  {SERVER_ONLY[preset.server ?? 'both']}
                </span>
              </button>
            ))}
          </div>
        ))}
      </div>
      {shown.length === 0 ? <p className="calm">No preset has these words.</p> : null}
    </div>
  );
}
