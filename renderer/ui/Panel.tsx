/** Head of a panel: title, a quiet fact, actions at the right. Panels touch; lines divide them. */
import type { ReactNode } from 'react';

export function PanelHead({ title, fact, children }: { title: ReactNode; fact?: ReactNode; children?: ReactNode }) {
  return (
    <div className="panel-head">
      <h2>{title}</h2>
      {fact ? <span className="q ell">{fact}</span> : null}
      <span className="grow" />
      {children}
    </div>
  );
}
