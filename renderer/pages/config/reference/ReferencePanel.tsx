/**
 * The reference of options beside the page: search, the page that shows, back and forward. Keys: `/` into the search,
 * arrows and Enter in its results, Alt+Left and Alt+Right as in a browser, Esc closes; the focus goes back.
 */
import { ArrowLeft, ArrowRight, Search, X } from 'lucide-react';
import {
  type KeyboardEvent,
  type RefObject,
  useDeferredValue,
  useEffect,
  useEffectEvent,
  useId,
  useMemo,
  useRef,
  useState,
} from 'react';
import { useStore } from 'zustand';
import { IconButton } from '../../../ui/IconButton.tsx';
import { OptionArticle } from './OptionArticle.tsx';
import { OptionRows } from './OptionRows.tsx';
import { IndexPage, SectionPage } from './ReferencePages.tsx';
import { RuleArticle } from './RuleArticle.tsx';
import { RuleList } from './RuleList.tsx';
import './reference.css';
import { type Found, searchReference } from './reference-search.ts';
import { keyOf, type ReferencePlace, reference } from './reference-store.ts';
import { type InstanceFile, useInstanceFile } from './use-instance-file.ts';

const START: ReferencePlace = { type: 'index' };

export default function ReferencePanel() {
  const { trail, at, query, asked } = useStore(reference);
  const [chosen, setChosen] = useState(0);
  const shownQuery = useDeferredValue(query);
  const found = useMemo(() => searchReference(shownQuery), [shownQuery]);
  const file = useInstanceFile();
  const listId = useId();
  const field = useRef<HTMLInputElement>(null);
  const body = useRef<HTMLDivElement>(null);
  const place = trail[at] ?? START;
  const isSearching = shownQuery.trim() !== '';
  const idOf = (index: number) => `${listId}-${index}`;

  usePageStart(isSearching ? `search ${shownQuery}` : keyOf(place), body);
  useFocus(asked, () => (place.type === 'index' ? field.current : body.current));
  useEffect(() => {
    body.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: 'nearest' });
  });

  function goTo(name: string | undefined): void {
    if (name === undefined) return;
    reference.go({ type: 'option', name });
    body.current?.focus();
  }

  function onSearchKey(event: KeyboardEvent): void {
    const last = Math.max(found.options.length - 1, 0);
    if (event.key === 'ArrowDown') setChosen(Math.min(chosen + 1, last));
    else if (event.key === 'ArrowUp') setChosen(Math.max(chosen - 1, 0));
    // The results may be a moment behind a fast typist.
    else if (event.key === 'Enter') goTo((query === shownQuery ? found : searchReference(query)).options[chosen]?.name);
    else if (event.key === 'Escape' && query !== '') reference.search('');
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  function onKeyDown(event: KeyboardEvent): void {
    const isAlone = !event.ctrlKey && !event.metaKey && !event.shiftKey;
    if (event.key === 'Escape') reference.close();
    else if (event.altKey && isAlone && event.key === 'ArrowLeft') reference.back();
    else if (event.altKey && isAlone && event.key === 'ArrowRight') reference.forward();
    else if (event.key === 'F1' || (event.key === '/' && event.target !== field.current)) field.current?.select();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  return (
    // The keys of the whole panel; each has its button too.
    <div className="ref-inside" onKeyDown={onKeyDown} role="presentation">
      <div className="ref-head">
        <IconButton
          size="sm"
          label="Back"
          shortcut="Alt+←"
          disabledReason={at === 0 ? 'This is the first page' : null}
          icon={<ArrowLeft size={14} strokeWidth={1.75} aria-hidden />}
          onClick={() => reference.back()}
        />
        <IconButton
          size="sm"
          label="Forward"
          shortcut="Alt+→"
          disabledReason={at === trail.length - 1 ? 'This is the last page' : null}
          icon={<ArrowRight size={14} strokeWidth={1.75} aria-hidden />}
          onClick={() => reference.forward()}
        />
        <span className="inp sm grow">
          <Search size={12} strokeWidth={1.75} aria-hidden />
          <input
            ref={field}
            type="text"
            role="combobox"
            aria-expanded={isSearching}
            aria-controls={listId}
            aria-activedescendant={isSearching && found.options[chosen] ? idOf(chosen) : undefined}
            aria-label="Search the options"
            placeholder="Option, or what it does"
            autoComplete="off"
            spellCheck={false}
            value={query}
            onChange={(event) => {
              setChosen(0);
              reference.search(event.target.value);
            }}
            onKeyDown={onSearchKey}
          />
          {query === '' ? <kbd>/</kbd> : null}
        </span>
        <IconButton
          size="sm"
          label="Close the reference"
          shortcut="Esc"
          icon={<X size={14} strokeWidth={1.75} aria-hidden />}
          onClick={() => reference.close()}
        />
      </div>
      <div
        className="ref-body focus-inset"
        ref={body}
        // Arrows and Page Down scroll it.
        tabIndex={0}
        role="region"
        aria-label="Page of the reference"
      >
        {isSearching ? (
          <Results found={found} query={shownQuery} chosen={chosen} listId={listId} idOf={idOf} />
        ) : (
          <Page place={place} file={file} />
        )}
      </div>
    </div>
  );
}

function Page({ place, file }: { place: ReferencePlace; file: InstanceFile | null }) {
  switch (place.type) {
    case 'index':
      return <IndexPage />;
    case 'option':
      return <OptionArticle name={place.name} file={file} />;
    case 'rule':
      return <RuleArticle code={place.code} file={file} />;
    case 'section':
      return <SectionPage title={place.title} />;
  }
}

interface ResultsProps {
  found: Found;
  query: string;
  chosen: number;
  listId: string;
  idOf: (index: number) => string;
}

function Results({ found: { options, rules }, query, chosen, listId, idOf }: ResultsProps) {
  return (
    <>
      <div role="listbox" id={listId} aria-label="Options that match">
        <OptionRows options={options} chosen={chosen} idOf={idOf} />
      </div>
      {rules.length === 0 ? null : (
        <section aria-label="Findings of the checks that match">
          <h3 className="sec">What the checks say</h3>
          <RuleList rules={rules} />
        </section>
      )}
      {options.length === 0 && rules.length === 0 ? (
        <p className="calm">No option has “{query.trim()}” in its name or texts.</p>
      ) : null}
    </>
  );
}

/** Another page begins at its top; the focus of a link that was left behind goes to the new page. */
function usePageStart(page: string, body: RefObject<HTMLElement | null>): void {
  const shown = useRef('');
  useEffect(() => {
    if (shown.current === page) return;
    shown.current = page;
    body.current?.scrollTo(0, 0);
    if (document.activeElement === null || document.activeElement === document.body) body.current?.focus();
  }, [page, body]);
}

/** Takes the focus each time the reference is asked for, and gives it back when it is closed. */
function useFocus(asked: number, whereTo: () => HTMLElement | null): void {
  const answered = useRef(0);
  const before = useRef<Element | null>(null);
  const takeFocus = useEffectEvent(() => {
    const element = whereTo();
    if (element?.closest('.ref-inside')?.contains(document.activeElement) === false) {
      before.current = document.activeElement;
    }
    element?.focus();
  });
  useEffect(() => {
    if (answered.current === asked) return;
    answered.current = asked;
    takeFocus();
  }, [asked]);
  useEffect(
    () => () => {
      const { activeElement } = document;
      // Only when the focus went with the panel.
      if (activeElement !== null && activeElement !== document.body) return;
      if (before.current instanceof HTMLElement) before.current.focus();
    },
    [],
  );
}
