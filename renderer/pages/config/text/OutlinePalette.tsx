/** The outline of the text as a list to go to: sections, commented groups, logic. Typing filters, Enter goes there. */
import { ListTree } from 'lucide-react';
import { type KeyboardEvent, useEffect, useId, useRef, useState } from 'react';
import type { OutlineEntry } from '../../../editor/ini-outline.ts';
import { PaletteBox } from '../../../ui/PaletteBox.tsx';
import { PaletteField } from '../../../ui/PaletteField.tsx';

export interface OutlinePaletteProps {
  opened: boolean;
  /** Asked when it opens. */
  outline: () => OutlineEntry[];
  onGo: (line: number) => void;
  onClose: () => void;
}

export function OutlinePalette({ opened, outline, onGo, onClose }: OutlinePaletteProps) {
  return (
    <PaletteBox label="Outline" opened={opened} widthPx={480} returnFocus={false} onClose={onClose}>
      <OutlineList outline={outline} onGo={onGo} />
    </PaletteBox>
  );
}

function OutlineList({ outline, onGo }: Pick<OutlinePaletteProps, 'outline' | 'onGo'>) {
  const [entries] = useState(outline);
  const [text, setText] = useState('');
  const [chosen, setChosen] = useState(0);
  const listId = useId();
  const list = useRef<HTMLDivElement>(null);
  const shown = entries.filter(({ title }) => title.toLowerCase().includes(text.trim().toLowerCase()));
  const index = Math.min(chosen, Math.max(0, shown.length - 1));

  useEffect(() => {
    list.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: 'nearest' });
  });

  function onKeyDown(event: KeyboardEvent): void {
    const count = Math.max(1, shown.length);
    const entry = shown[index];
    if (event.key === 'ArrowDown') setChosen((index + 1) % count);
    else if (event.key === 'ArrowUp') setChosen((index - 1 + count) % count);
    else if (event.key === 'Enter' && entry) onGo(entry.line);
    else return;
    event.preventDefault();
  }

  return (
    <>
      <PaletteField
        icon={ListTree}
        label="Go to a part of the file"
        listId={listId}
        chosen={shown[index] ? index : null}
        text={text}
        onText={(typed) => {
          setText(typed);
          setChosen(0);
        }}
        onKeyDown={onKeyDown}
      />
      <div className="pal-list outline-list" role="listbox" id={listId} aria-label="Parts of the file" ref={list}>
        {shown.map((entry, at) => (
          // The field keeps the focus; its keys choose.
          <button
            type="button"
            key={entry.line}
            id={`${listId}-${at}`}
            role="option"
            aria-selected={at === index}
            tabIndex={-1}
            className={`pal-item ${entry.kind}`}
            onMouseMove={() => setChosen(at)}
            onClick={() => onGo(entry.line)}
          >
            <span className={entry.kind === 'group' ? 'name ell' : 'name m ell'}>{entry.title}</span>
            <span className="grow" />
            {entry.isRead ? null : <span className="q t11">not read</span>}
            {entry.kind === 'logic' ? null : (
              <span className="q t11">{entry.optionCount === 1 ? '1 option' : `${entry.optionCount} options`}</span>
            )}
            <span className="m q outline-line">{entry.line}</span>
          </button>
        ))}
        {shown.length === 0 ? (
          <div className="calm">
            {entries.length === 0
              ? 'The file has no sections yet. Begin with a line [uwsgi].'
              : `No part is called “${text.trim()}”.`}
          </div>
        ) : null}
      </div>
    </>
  );
}
