/** The line number at the right of a row: goes there. */
import { useFormDesk } from './form-desk.ts';

export function LineButton({ line, label, isComment = false }: { line: number; label: string; isComment?: boolean }) {
  const desk = useFormDesk();
  const what = isComment ? `line ${line} is a comment, go there` : `go to line ${line}`;
  return (
    <button
      type="button"
      className="m q t11 form-line"
      title={isComment ? `Line ${line} is a comment` : 'Go to the line'}
      aria-label={`${label}: ${what}`}
      onClick={() => desk.goToLine(line)}
    >
      {isComment ? `; ${line}` : line}
    </button>
  );
}
