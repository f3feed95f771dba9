/**
 * The form beside the text: the same document seen as fields. Every change goes into the text as an edit and comes back
 * from there; the form keeps nothing but what is open in it.
 */
import { LayoutTemplate, Plus, Search, X } from 'lucide-react';
import { type KeyboardEvent, useDeferredValue, useEffect, useEffectEvent, useMemo, useRef, useState } from 'react';
import type { ConfigDiagnostic } from '../../../../electron/contract/model.ts';
import type { OptionInfo } from '../../../../engine/config/option-table.ts';
import { IconButton } from '../../../ui/IconButton.tsx';
import { AddOption } from './AddOption.tsx';
import { type AfterPress, watchPresses } from './after-press.ts';
import { EmptyForm } from './EmptyForm.tsx';
import { FormGroups } from './FormGroups.tsx';
import { type FormDesk, FormDeskContext } from './form-desk.ts';
import type { FormHost } from './form-host.ts';
import { createFormBuilder, fieldAtLine, isIni, OPTION_COUNT } from './form-model.ts';
import { rowId } from './form-words.ts';
import { useOutsideValues } from './use-outside-values.ts';
import { useTarget } from './use-target.ts';

export interface FormPanelProps {
  path: string;
  text: string;
  savedText: string;
  diagnostics: readonly ConfigDiagnostic[];
  /** Line of the cursor in the text. */
  cursorLine: number;
  readOnly: boolean;
  takesFocus: boolean;
  host: FormHost;
}

export default function FormPanel(props: FormPanelProps) {
  const { path, text, savedText, diagnostics, cursorLine, readOnly, takesFocus, host } = props;
  const panel = useRef<HTMLElement>(null);
  const body = useRef<HTMLDivElement>(null);
  const presses = useRef<AfterPress | null>(null);
  const [build] = useState(createFormBuilder);
  const [section, setSection] = useState<string | null>(null);
  const [query, setQuery] = useState<string | null>(null);
  const [isAdding, setIsAdding] = useState(false);
  const [pinned, setPinned] = useState<ReadonlySet<string>>(new Set());
  const toFocus = useRef<string | null>(null);
  const [focused, setFocused] = useState<string | null>(null);
  const [epoch, setEpoch] = useState(0);
  const target = useTarget(host);
  const outside = useOutsideValues(host, path, text);

  // Typing in the text goes first; the form follows a moment later.
  const shownText = useDeferredValue(text);
  const shownQuery = useDeferredValue(query);
  const form = useMemo(
    () => build({ text: shownText, savedText, section, diagnostics, outside }),
    [build, shownText, savedText, section, diagnostics, outside],
  );
  const hasFields = useMemo(() => isIni(path, shownText), [path, shownText]);
  const atCursor = fieldAtLine(form, cursorLine)?.name ?? null;
  const desk = useMemo<FormDesk>(
    () => ({
      server: target?.server ?? 'uwsgi',
      target,
      act: (action, joins = false) => host.act(action, joins, form.section),
      goToLine: host.goToLine,
      fix: host.fix,
      pathsFor: host.pathsFor,
      afterPress: (action) => {
        if (presses.current) presses.current.run(action);
        else action();
      },
    }),
    [host, target, form.section],
  );
  useEffect(() => {
    const watched = watchPresses();
    presses.current = watched;
    return () => watched.dispose();
  }, []);

  // What is found begins at the top.
  useEffect(() => {
    if (body.current && shownQuery !== null) body.current.scrollTop = 0;
  }, [shownQuery]);

  const focusedLines = focused === null ? '' : linesOf(form.fields.get(focused));
  useEffect(() => {
    host.markLines(focusedLines === '' ? [] : focusedLines.split(' ').map(Number));
  }, [host, focusedLines]);
  useEffect(() => () => host.markLines([]), [host]);

  // The row of a chosen option is there after the next drawing.
  useEffect(() => {
    if (toFocus.current === null) return;
    const control = document.getElementById(rowId(toFocus.current));
    toFocus.current = null;
    control?.focus();
    control?.scrollIntoView({ block: 'nearest' });
  });

  const atFirst = useEffectEvent(() => {
    if (!takesFocus) return;
    const row = atCursor === null ? null : document.getElementById(rowId(atCursor));
    (row ?? panel.current?.querySelector<HTMLElement>('.form-row input, .form-row button'))?.focus();
  });
  useEffect(() => atFirst(), []);

  useEffect(() => {
    const root = panel.current;
    if (atCursor === null || !root || root.contains(document.activeElement)) return;
    root.querySelector(`[data-field="${CSS.escape(atCursor)}"]`)?.scrollIntoView({ block: 'nearest' });
  }, [atCursor]);

  function onKeyDown(event: KeyboardEvent): void {
    if (!(event.ctrlKey || event.metaKey) || event.altKey) return;
    const key = event.key.toLowerCase();
    if (key === 'f') setQuery((current) => current ?? '');
    else if ((key === 'z' || key === 'y') && isInRow(event.target)) {
      if (key === 'y' || event.shiftKey) host.redo();
      else host.undo();
      setEpoch((current) => current + 1);
    } else return;
    event.preventDefault();
  }

  function choose(option: OptionInfo): void {
    setIsAdding(false);
    setQuery(null);
    setPinned((current) => new Set(current).add(option.name));
    const isNew = (form.fields.get(option.name)?.lines.length ?? 0) === 0;
    if (option.kind === 'flag' && isNew) desk.act({ type: 'switch', name: option.name, isSet: true });
    toFocus.current = option.name;
  }

  /** The row with the focus gets more to show, and the one without less. */
  function followFocus(): void {
    desk.afterPress(() => {
      const { activeElement } = document;
      const row = panel.current?.contains(activeElement) ? activeElement?.closest<HTMLElement>('[data-field]') : null;
      setFocused(row?.dataset.field ?? null);
    });
  }

  return (
    <FormDeskContext value={desk}>
      <aside
        className="insp form-panel"
        aria-label="Form"
        ref={panel}
        onKeyDown={onKeyDown}
        onFocus={followFocus}
        onBlur={(event) => {
          // Within the panel the focus event follows.
          if (!event.currentTarget.contains(event.relatedTarget)) setTimeout(followFocus);
        }}
      >
        <div className="form-head">
          <h2 className="md">Form</h2>
          <span className="q ell">
            {hasFields ? `${form.setCount} of ${OPTION_COUNT.toLocaleString('en-US')} options set` : null}
          </span>
          <span className="grow" />
          <IconButton
            size="sm"
            label="Search"
            aria-pressed={query !== null}
            icon={<Search size={14} strokeWidth={1.75} aria-hidden />}
            onClick={() => setQuery((current) => (current === null ? '' : null))}
          />
          {readOnly || !hasFields ? null : (
            <>
              <IconButton
                size="sm"
                label="Presets"
                icon={<LayoutTemplate size={14} strokeWidth={1.75} aria-hidden />}
                onClick={() => host.openPresets(form.section)}
              />
              <IconButton
                size="sm"
                label="Add an option"
                aria-expanded={isAdding}
                icon={<Plus size={14} strokeWidth={1.75} aria-hidden />}
                onClick={() => setIsAdding(true)}
              />
            </>
          )}
        </div>
        {form.sections.length > 1 ? (
          <div className="form-section">
            <label className="q t11" htmlFor="form-section">
              Section
            </label>
            <span className="inp sm grow">
              <select
                id="form-section"
                className="m"
                value={form.section}
                onChange={(event) => setSection(event.target.value)}
              >
                {form.sections.map((name) => (
                  <option key={name} value={name}>
                    [{name}]
                  </option>
                ))}
              </select>
            </span>
          </div>
        ) : null}
        {query === null ? null : <SearchField query={query} onChange={setQuery} onClose={() => setQuery(null)} />}
        {isAdding ? (
          <AddOption
            isSet={(name) => (form.fields.get(name)?.lines.length ?? 0) > 0}
            onChoose={choose}
            onClose={() => setIsAdding(false)}
          />
        ) : null}
        <div className="form-body" ref={body}>
          {hasFields ? null : (
            <p className="calm">
              The form is for INI files. What this one comes to is in the tab Effective of the drawer.
            </p>
          )}
          {hasFields && form.isEmpty && !readOnly ? (
            <EmptyForm onPresets={() => host.openPresets(form.section)} />
          ) : null}
          {hasFields ? (
            <FormGroups
              form={form}
              query={shownQuery}
              pinned={pinned}
              current={focused ?? atCursor}
              readOnly={readOnly}
              epoch={epoch}
            />
          ) : null}
        </div>
      </aside>
    </FormDeskContext>
  );
}

/** Fields of the search have an undo of their own. */
function isInRow(target: EventTarget): boolean {
  return target instanceof Element && target.closest('[data-field]') !== null;
}

function linesOf(field: { lines: readonly { number: number }[] } | undefined): string {
  return (field?.lines ?? []).map(({ number }) => number).join(' ');
}

interface SearchFieldProps {
  query: string;
  onChange: (query: string) => void;
  onClose: () => void;
}

function SearchField({ query, onChange, onClose }: SearchFieldProps) {
  return (
    <div className="form-section">
      <span className="inp sm grow">
        <Search size={12} strokeWidth={1.75} aria-hidden />
        <input
          autoFocus
          aria-label="Search the form"
          placeholder="Name of an option, or what it does"
          autoComplete="off"
          spellCheck={false}
          value={query}
          onChange={(event) => onChange(event.target.value)}
          onKeyDown={(event) => {
            if (event.key !== 'Escape') return;
            event.stopPropagation();
            if (query === '') onClose();
            else onChange('');
          }}
        />
      </span>
      <IconButton
        size="sm"
        label="Close the search"
        icon={<X size={12} strokeWidth={1.75} aria-hidden />}
        onClick={onClose}
      />
    </div>
  );
}
