/** What failed, what it means, what to do next. `detail` is text as a program said it (a traceback), kept as it is. */
import { CircleAlert } from 'lucide-react';
import type { ReactNode } from 'react';

export interface ErrorBandProps {
  title: ReactNode;
  text?: ReactNode;
  detail?: string | null;
  icon?: ReactNode;
  actions?: ReactNode;
}

export function ErrorBand({ title, text, detail, icon, actions }: ErrorBandProps) {
  return (
    <div className="band" role="alert">
      <span className="crit">{icon ?? <CircleAlert size={18} strokeWidth={1.75} aria-hidden />}</span>
      <div className="grow">
        <div className="title">{title}</div>
        {text ? <div className="body">{text}</div> : null}
        {detail ? <pre className="error-text">{detail}</pre> : null}
      </div>
      {actions ? <div className="row g4">{actions}</div> : null}
    </div>
  );
}
