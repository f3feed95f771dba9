/** The rows of a diff in one column: both line numbers, what is gone and what is new, each change with its way back. */
import { Undo2 } from 'lucide-react';
import { IconButton } from '../../../ui/IconButton.tsx';
import type { Mark, UnifiedDiff, UnifiedRow } from './unified-rows.ts';

export interface DiffRowsProps {
  diff: UnifiedDiff;
  /** Takes one change back; null: nothing can be changed here. */
  onRevert: ((hunk: number) => void) | null;
  onGoTo: (line: number) => void;
}

export function DiffRows({ diff, onRevert, onGoTo }: DiffRowsProps) {
  return (
    <table className="diff-rows">
      <tbody>
        {diff.rows.map((row) => (
          <DiffRow key={keyOf(row)} row={row} onRevert={onRevert} onGoTo={onGoTo} />
        ))}
      </tbody>
    </table>
  );
}

function DiffRow({ row, onRevert, onGoTo }: Omit<DiffRowsProps, 'diff'> & { row: UnifiedRow }) {
  if (row.type === 'skipped' || row.type === 'cut') {
    const lines = row.count === 1 ? '1 line' : `${row.count} lines`;
    const changes = row.count === 1 ? 'The rest of the change is' : `The rest of ${row.count} changes is`;
    return (
      <tr className="skipped">
        <td className="n" />
        <td className="n" />
        <td className="sign" />
        <td>
          {row.type === 'skipped' ? `${lines} the same` : `${changes} not shown here; side by side shows all of it.`}
        </td>
        <td className="act" />
      </tr>
    );
  }
  const { text } = row;
  if (row.type === 'same') {
    return (
      <tr onDoubleClick={() => onGoTo(row.b)}>
        <td className="n">{row.a}</td>
        <td className="n">{row.b}</td>
        <td className="sign" />
        <td className="text">{text}</td>
        <td className="act" />
      </tr>
    );
  }
  const isAdded = row.type === 'added';
  const { hunk } = row;
  return (
    <tr className={isAdded ? 'add' : 'del'} onDoubleClick={isAdded ? () => onGoTo(row.b) : undefined}>
      <td className="n">{isAdded ? '' : row.a}</td>
      <td className="n">{isAdded ? row.b : ''}</td>
      <td className="sign">
        <span aria-hidden>{isAdded ? '+' : '-'}</span>
        <span className="sr-only">{isAdded ? 'new' : 'gone'}</span>
      </td>
      <td className="text">
        <Marked text={text} mark={row.mark} />
      </td>
      <td className="act">
        {row.isFirst && onRevert !== null ? (
          <IconButton
            size="sm"
            label="Take this change back"
            icon={<Undo2 size={12} strokeWidth={1.75} aria-hidden />}
            onClick={() => onRevert(hunk)}
          />
        ) : null}
      </td>
    </tr>
  );
}

function Marked({ text, mark }: { text: string; mark: Mark }) {
  if (mark === null || mark[0] === mark[1]) return text;
  return (
    <>
      {text.slice(0, mark[0])}
      <mark>{text.slice(mark[0], mark[1])}</mark>
      {text.slice(mark[1])}
    </>
  );
}

function keyOf(row: UnifiedRow): string {
  if (row.type === 'cut') return 'cut';
  return row.type === 'removed' ? `a${row.a}` : `${row.type}${row.b}`;
}
