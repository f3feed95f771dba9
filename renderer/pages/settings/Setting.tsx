/** One setting: what it is at the left, its control at the right. */
import type { ReactNode } from 'react';

export function Setting({ title, text, children }: { title: string; text: string; children: ReactNode }) {
  return (
    <section className="setting" aria-label={title}>
      <div>
        <h2 className="md t13">{title}</h2>
        <p className="s2">{text}</p>
      </div>
      <div>{children}</div>
    </section>
  );
}
