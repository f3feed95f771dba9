/** Leads from a problem to the page of what the checks say there. */
import { reference } from './reference-store.ts';

export interface WhyButtonProps {
  code: string;
  label?: string;
  /** False in lists with keys of their own. */
  isTabStop?: boolean;
}

export function WhyButton({ code, label = 'Why?', isTabStop = true }: WhyButtonProps) {
  return (
    <button
      type="button"
      className="btn-link"
      tabIndex={isTabStop ? undefined : -1}
      onClick={(event) => {
        event.stopPropagation();
        reference.open({ type: 'rule', code });
      }}
    >
      {label}
    </button>
  );
}
