/** Below a row of the form: problems with their fixes, what changed and when that counts, lines that count only sometimes. */
import type { ReactNode } from 'react';
import { HealthGlyph } from '../../../ui/Glyph.tsx';
import { WhyButton } from '../reference/WhyButton.tsx';
import { useFormDesk } from './form-desk.ts';
import type { FieldLine, FormField } from './form-model.ts';
import { changeWords, effectWords, lackWords, notesId } from './form-words.ts';
import { LineButton } from './LineButton.tsx';

const MOST_PROBLEMS = 4;

export function FieldNotes({ field }: { field: FormField }) {
  const desk = useFormDesk();
  const { name, option, lines, conditional, outside, isChanged } = field;
  const notes: ReactNode[] = field.problems.slice(0, MOST_PROBLEMS).map((problem) => (
    <p key={`${problem.line} ${problem.code} ${problem.message}`} className="form-problem">
      <HealthGlyph level={problem.severity === 'error' ? 'crit' : 'warn'} />
      <span>
        {problem.message}{' '}
        {problem.fix ? (
          <button type="button" className="btn-link" onClick={() => desk.fix(problem)}>
            {problem.fix.title}
          </button>
        ) : null}{' '}
        <WhyButton code={problem.code} />
      </span>
    </p>
  ));
  if (isChanged) {
    notes.push(
      <p key="change">
        {changeWords(field, desk.server)} {lackWords(option, desk.target) ?? effectWords(option, desk.server)}
      </p>,
    );
  }
  if (lines.length > 1 && !option?.repeatable) {
    notes.push(<p key="others">Given {lines.length} times; the last one counts.</p>);
  }
  if (outside !== null) notes.push(<p key="outside">From {outside.place}; change it there.</p>);
  for (const line of conditional) notes.push(<ConditionalNote key={`line ${line.number}`} line={line} label={name} />);
  if (notes.length === 0) return null;
  return (
    <div className="form-notes" id={notesId(name)}>
      {notes}
    </div>
  );
}

function ConditionalNote({ line, label }: { line: FieldLine; label: string }) {
  return (
    <p className="form-condition">
      <span>
        <span className="m s2">{line.value === '' ? label : line.value}</span> within{' '}
        <span className="m">{line.condition}</span>
      </span>
      <LineButton line={line.number} label={label} />
    </p>
  );
}
