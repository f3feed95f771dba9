/** A page with nothing in it: what it is, then one to four ways to start, each with its button. */
import type { ReactNode } from 'react';

export interface EmptyAction {
  id: string;
  icon: ReactNode;
  title: ReactNode;
  text: ReactNode;
  control: ReactNode;
}

export function EmptyState({
  title,
  text,
  actions,
}: {
  title: string;
  text: ReactNode;
  actions?: readonly EmptyAction[];
}) {
  return (
    <section className="empty" aria-label={title}>
      <div className="h">
        <h2 className="title">{title}</h2>
        <p className="s2">{text}</p>
      </div>
      {(actions ?? []).map((action) => (
        <div className="e" key={action.id}>
          {action.icon}
          <div className="grow">
            <div className="md t13">{action.title}</div>
            <div className="s2">{action.text}</div>
          </div>
          {action.control}
        </div>
      ))}
    </section>
  );
}
