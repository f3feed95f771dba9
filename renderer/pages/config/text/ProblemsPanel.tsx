/**
 * All problems of the text in a list, worst first. Arrows choose, Enter goes there, Mod+. applies the fix of the chosen
 * one; the reason behind a finding unfolds below it.
 */
import { ChevronDown, Wand2 } from 'lucide-react';
import { type KeyboardEvent, useEffect, useId, useRef, useState } from 'react';
import type { ConfigDiagnostic } from '../../../../electron/contract/model.ts';
import { countProblems, listProblems } from '../../../editor/problems.ts';
import { Button } from '../../../ui/Button.tsx';
import { HealthGlyph } from '../../../ui/Glyph.tsx';
import { IconButton } from '../../../ui/IconButton.tsx';
import { Segmented } from '../../../ui/Segmented.tsx';
import { reference } from '../reference/reference-store.ts';
import { WhyButton } from '../reference/WhyButton.tsx';

export interface ProblemsPanelProps {
  /** The file that is edited: other lines of it can be gone to. */
  path: string;
  diagnostics: readonly ConfigDiagnostic[];
  readOnly: boolean;
  onShow: (problem: ConfigDiagnostic) => void;
  onFix: (problem: ConfigDiagnostic) => void;
  onFixAll: () => void;
  onGoTo: (line: number) => void;
  onClose: () => void;
}

type Filter = ConfigDiagnostic['severity'] | 'all';

const LEVELS = { error: 'crit', warning: 'warn', info: 'off' } as const;
/** A file of another kind can have thousands; the first ones are the ones to mend. */
const MOST_ROWS = 300;
const WORDS = { error: 'Error', warning: 'Warning', info: 'Note' } as const;

export function ProblemsPanel({
  path,
  diagnostics,
  readOnly,
  onShow,
  onFix,
  onFixAll,
  onGoTo,
  onClose,
}: ProblemsPanelProps) {
  const [filter, setFilter] = useState<Filter>('all');
  const [chosen, setChosen] = useState(0);
  const listId = useId();
  const list = useRef<HTMLDivElement>(null);
  const why = useReasons();
  const counts = countProblems(diagnostics);
  const found = listProblems(diagnostics, filter);
  const shown = found.slice(0, MOST_ROWS);
  const index = Math.min(chosen, Math.max(0, shown.length - 1));
  const fixCount = diagnostics.filter(({ fix }) => fix !== null).length;

  useEffect(() => {
    list.current?.focus();
  }, []);
  useEffect(() => {
    list.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: 'nearest' });
  });

  function onKeyDown(event: KeyboardEvent): void {
    const problem = shown[index];
    const isModified = event.ctrlKey || event.metaKey;
    if (event.key === 'ArrowDown') setChosen(Math.min(index + 1, shown.length - 1));
    else if (event.key === 'ArrowUp') setChosen(Math.max(index - 1, 0));
    else if (event.key === 'Home') setChosen(0);
    else if (event.key === 'End') setChosen(shown.length - 1);
    else if (event.key === 'Enter' && problem) onShow(problem);
    else if (event.key === '.' && isModified && problem?.fix && !readOnly) onFix(problem);
    else if (event.key === 'F1' && problem) reference.open({ type: 'rule', code: problem.code });
    else if (event.key === 'Escape') onClose();
    else return;
    event.preventDefault();
  }

  return (
    <section className="problems-panel" aria-label="Problems">
      <div className="problems-head">
        <h2 className="md">Problems</h2>
        <Segmented<Filter>
          label="Which problems"
          options={[
            { id: 'all', label: 'All', count: diagnostics.length },
            { id: 'error', label: 'Errors', count: counts.error },
            { id: 'warning', label: 'Warnings', count: counts.warning },
            { id: 'info', label: 'Notes', count: counts.info },
          ]}
          value={filter}
          onChange={setFilter}
        />
        <span className="grow" />
        <Button
          size="sm"
          variant="quiet"
          disabledReason={
            readOnly ? 'The file can only be read' : fixCount === 0 ? 'Nothing here has a safe fix' : null
          }
          icon={<Wand2 size={12} strokeWidth={1.75} aria-hidden />}
          onClick={onFixAll}
        >
          {fixCount > 1 ? `Apply ${fixCount} fixes` : 'Apply all fixes'}
        </Button>
        <IconButton
          size="sm"
          label="Close"
          shortcut="Mod+Shift+M"
          icon={<ChevronDown size={14} strokeWidth={1.75} aria-hidden />}
          onClick={onClose}
        />
      </div>
      <div
        className="problems-list focus-inset"
        role="listbox"
        aria-label="Problems, worst first"
        aria-activedescendant={shown[index] ? `${listId}-${index}` : undefined}
        tabIndex={0}
        ref={list}
        onKeyDown={onKeyDown}
      >
        {shown.map((problem, at) => (
          // Keys are those of the list.
          <div
            key={`${problem.line}:${problem.from}:${problem.code}:${problem.message}`}
            id={`${listId}-${at}`}
            role="option"
            aria-selected={at === index}
            tabIndex={-1}
            className="problem-row"
            onClick={() => {
              setChosen(at);
              onShow(problem);
            }}
            onKeyDown={() => undefined}
          >
            <HealthGlyph level={LEVELS[problem.severity]} silent />
            <span className="sr-only">{WORDS[problem.severity]}</span>
            <span className="problem-words">
              {problem.message}
              {at === index && why(problem.code) !== null ? <span className="q"> {why(problem.code)}</span> : null}
              {at === index ? (
                <>
                  {' '}
                  <WhyButton code={problem.code} label="All about it" isTabStop={false} />
                </>
              ) : null}
              {at === index ? <Related problem={problem} path={path} onGoTo={onGoTo} /> : null}
            </span>
            {problem.fix && !readOnly ? (
              <button
                type="button"
                className="btn-link problem-fix"
                tabIndex={-1}
                onClick={(event) => {
                  event.stopPropagation();
                  onFix(problem);
                }}
              >
                {problem.fix.title}
              </button>
            ) : null}
            <span className="m q">{problem.code}</span>
            <span className="m q problem-line">{problem.line > 0 ? problem.line : 'file'}</span>
          </div>
        ))}
        {found.length > shown.length ? (
          <p className="calm">{found.length - shown.length} more follow when some of these are mended.</p>
        ) : null}
        {shown.length === 0 ? (
          <p className="calm">{diagnostics.length === 0 ? 'No problems.' : 'None of this kind.'}</p>
        ) : null}
      </div>
    </section>
  );
}

/** Other lines that have to do with a problem; those of this file can be gone to. */
function Related({
  problem,
  path,
  onGoTo,
}: { problem: ConfigDiagnostic } & Pick<ProblemsPanelProps, 'path' | 'onGoTo'>) {
  return problem.related?.map(({ file, line, message }) => (
    <span className="problem-related q" key={`${file}:${line}:${message}`}>
      {file === path && line > 0 ? (
        <button
          type="button"
          className="btn-link"
          tabIndex={-1}
          onClick={(event) => {
            event.stopPropagation();
            onGoTo(line);
          }}
        >
          Line {line}
        </button>
      ) : (
        <span className="m">{line > 0 ? `${file}:${line}` : file}</span>
      )}{' '}
      {message}
    </span>
  ));
}

/** Why each code is said; fetched when the list first opens. */
function useReasons(): (code: string) => string | null {
  const [reason, setReason] = useState<(code: string) => string | null>(() => () => null);
  useEffect(() => {
    let isGone = false;
    const fetch = async (): Promise<void> => {
      const { findRule } = await import('../../../../engine/config/rules/catalogue.ts');
      if (!isGone) setReason(() => (code: string) => findRule(code)?.why ?? null);
    };
    void fetch();
    return () => {
      isGone = true;
    };
  }, []);
  return reason;
}
