/** A small button of a row. Its tooltip is the browser's own: there are hundreds of them, and hardly one is pointed at. */
import type { MouseEvent, ReactNode } from 'react';

export interface RowButtonProps {
  label: string;
  /** More than the label says. */
  hint?: string;
  icon: ReactNode;
  onClick: (event: MouseEvent) => void;
}

export function RowButton({ label, hint, icon, onClick }: RowButtonProps) {
  return (
    <button type="button" className="btn g sm ic" aria-label={label} title={hint ?? label} onClick={onClick}>
      {icon}
    </button>
  );
}
