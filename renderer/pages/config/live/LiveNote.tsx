/** Below the field that is being looked at: what its option comes to on the running server, and what that suggests. */
import { useLiveFigure } from './live-context.ts';

export interface LiveNoteProps {
  /** Main name of the option. */
  option: string;
  value: string;
  /** null: nothing can be changed here. */
  onUse: ((value: string) => void) | null;
}

export function LiveNote({ option, value, onUse }: LiveNoteProps) {
  const figure = useLiveFigure(option);
  if (figure === null) return null;
  const { parts, evidence, suggestion } = figure;
  const suggested = suggestion !== null && suggestion.value !== value ? suggestion.value : null;
  return (
    <p className="form-live">
      {parts.map(({ text, tone }) => (
        <span key={text} className={tone === 'label' ? 'q' : tone === 'value' ? 'm' : `m ${tone}`}>
          {text}{' '}
        </span>
      ))}
      <span className="q">{evidence}</span>{' '}
      {suggested !== null && onUse !== null ? (
        <button type="button" className="btn-link" onClick={() => onUse(suggested)}>
          Use {suggested}
        </button>
      ) : null}
    </p>
  );
}
