/** A failure inside a dialog: what, and the next step. */
import type { Failure } from '../client.ts';
import { HealthGlyph } from '../ui/Glyph.tsx';

export function FailureText({ failure }: { failure: Failure }) {
  return (
    <div className="row g4" role="alert" style={{ alignItems: 'flex-start' }}>
      <span style={{ paddingTop: 3 }}>
        <HealthGlyph level="crit" silent />
      </span>
      <div>
        <div className="md error-text">{failure.message}</div>
        {failure.hint ? <div className="s2">{failure.hint}</div> : null}
      </div>
    </div>
  );
}
