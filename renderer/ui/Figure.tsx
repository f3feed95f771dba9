/**
 * A formatted quantity: the number in mono, its unit quiet, zero quiet, unknown as an en dash.
 * All figures on screen go through this or through `CountCell`, so that they look the same everywhere.
 */
import type { Quantity } from '../format/quantity.ts';

export interface FigureProps {
  of: Quantity;
  tone?: 'warn' | 'crit' | undefined;
}

export function Figure({ of: { text, unit, isZero }, tone }: FigureProps) {
  return (
    <span className={tone ? `m ${tone}` : isZero ? 'm z' : 'm'}>
      {text}
      {unit ? <span className="u">{unit}</span> : null}
    </span>
  );
}
