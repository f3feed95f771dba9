/**
 * What an instance serves beside the requests of its application: files, routes that answer themselves, websockets. One
 * quiet line, for instances that have any of it.
 */
import { useState } from 'react';
import type { Figures } from '../../../electron/contract/model.ts';
import { formatCount, formatRate, type Quantity } from '../../format/quantity.ts';
import { Figure } from '../../ui/Figure.tsx';

export function ServedLine({ figures }: { figures: Figures | null }) {
  // The last websocket that closes does not move the page.
  const [hadSockets, setHadSockets] = useState(false);
  if (figures === null) return null;
  const { staticPerSec, staticTotal, routedPerSec, routedTotal, websockets } = figures;
  if (websockets > 0 && !hadSockets) setHadSockets(true);
  if (staticTotal === 0 && routedTotal === 0 && websockets === 0 && !hadSockets) return null;
  return (
    <section className="served" aria-label="Served beside the application">
      {staticTotal === 0 ? null : <Served what="Static files" rate={formatRate(staticPerSec)} total={staticTotal} />}
      {routedTotal === 0 ? null : <Served what="Routed" rate={formatRate(routedPerSec)} total={routedTotal} />}
      {websockets === 0 && !hadSockets ? null : (
        <span>
          Websockets <Figure of={{ text: formatCount(websockets), unit: 'open', isZero: websockets === 0 }} />
        </span>
      )}
    </section>
  );
}

function Served({ what, rate, total }: { what: string; rate: Quantity; total: number }) {
  return (
    <span>
      {what} <Figure of={rate} />, <span className="m">{formatCount(total)}</span> since the start
    </span>
  );
}
