/** The line below the editor: how many problems, the one that matters with its fix, and where the cursor is. */
import type { ConfigDiagnostic } from '../../../electron/contract/model.ts';
import type { CursorPlace } from '../../editor/ini-view.ts';
import { countProblems, leadingProblem } from '../../editor/problems.ts';
import { HealthGlyph } from '../../ui/Glyph.tsx';
import { WhyButton } from './reference/WhyButton.tsx';

export interface ProblemsLineProps {
  diagnostics: readonly ConfigDiagnostic[];
  cursor: CursorPlace;
  lineEnds: 'LF' | 'CRLF';
  isListOpen: boolean;
  onList: () => void;
  onShow: (problem: ConfigDiagnostic) => void;
  onFix: (problem: ConfigDiagnostic) => void;
}

export function ProblemsLine({ diagnostics, cursor, lineEnds, isListOpen, onList, onShow, onFix }: ProblemsLineProps) {
  const counts = countProblems(diagnostics);
  const problem = leadingProblem(diagnostics, cursor.line);
  return (
    <div className="problems">
      <button
        type="button"
        className="problem-counts focus-inset"
        onClick={onList}
        aria-expanded={isListOpen}
        title="List of problems, Ctrl+Shift+M. F8 goes to the next"
        aria-label={`${counts.error} errors, ${counts.warning} warnings, ${counts.info} notes. List of problems`}
      >
        {counts.error > 0 ? (
          <>
            <HealthGlyph level="crit" silent />
            <span className="m">{counts.error}</span>
          </>
        ) : null}
        {counts.warning > 0 ? (
          <>
            <HealthGlyph level="warn" silent />
            <span className="m">{counts.warning}</span>
          </>
        ) : null}
        {counts.error === 0 && counts.warning === 0 && counts.info > 0 ? (
          <>
            <HealthGlyph level="off" silent />
            <span className="m">{counts.info}</span>
          </>
        ) : null}
        {diagnostics.length === 0 ? <HealthGlyph level="ok" silent /> : null}
      </button>
      <span className="ell grow" role="status">
        {problem ? (
          <>
            <button type="button" className="problem-text ell" onClick={() => onShow(problem)} title={problem.message}>
              {problem.line > 0 ? `Line ${problem.line}: ` : ''}
              {problem.message}
            </button>
            {problem.fix ? (
              <button type="button" className="btn-link problem-fix" onClick={() => onFix(problem)}>
                {problem.fix.title}
              </button>
            ) : null}
            <WhyButton code={problem.code} />
          </>
        ) : (
          <span className="q">No problems</span>
        )}
      </span>
      <span className="m q">
        Ln {cursor.line}, Col {cursor.column}
      </span>
      <span className="m q place-more">{cursor.section === '' ? 'no section' : `[${cursor.section}]`}</span>
      <span className="m q place-more">{lineEnds}</span>
    </div>
  );
}
