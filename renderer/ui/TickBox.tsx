/** A box to tick within a row: the row's own keys tick it too, so it is no tab stop of its own. */
import type { MouseEvent } from 'react';

export interface TickBoxProps {
  label: string;
  /** `some`: of what it stands for, a part is ticked. */
  checked: boolean | 'some';
  onTick: (event: MouseEvent) => void;
  isTabStop?: boolean;
}

export function TickBox({ label, checked, onTick, isTabStop = false }: TickBoxProps) {
  return (
    <button
      type="button"
      role="checkbox"
      className="tick-box"
      aria-label={label}
      aria-checked={checked === 'some' ? 'mixed' : checked}
      tabIndex={isTabStop ? 0 : -1}
      onClick={(event) => {
        event.stopPropagation();
        onTick(event);
      }}
    />
  );
}
