/** The link between this page and Reeve itself: a line while it is lost, a page when the host refuses us. */
import { RefreshCw } from 'lucide-react';
import { useEffect, useState } from 'react';
import { formatLongTime } from '../format/time.ts';
import type { LinkState } from '../stores/link.ts';
import { useLink, useStores } from '../stores/use-stores.ts';
import { Button } from '../ui/Button.tsx';
import { HealthGlyph } from '../ui/Glyph.tsx';
import { Mark } from './Mark.tsx';

export function LinkBand() {
  const link = useLink();
  return link.status === 'lost' ? <LostLine link={link} /> : null;
}

function LostLine({ link }: { link: LinkState & { status: 'lost' } }) {
  const { retryLink } = useStores();
  const [nowMs, setNowMs] = useState(Date.now);
  // The core's clock is out of reach here; this one is only for the countdown.
  useEffect(() => {
    const timer = setInterval(() => setNowMs(Date.now()), 500);
    return () => clearInterval(timer);
  }, []);
  const waitMs = Math.max(0, link.nextTryAtMs - nowMs);
  return (
    <div className="att crit" role="alert">
      <HealthGlyph level="crit" silent />
      <span className="grow">
        {link.reason} Figures are <span className="m">{formatLongTime(nowMs - link.sinceMs)}</span> old.
      </span>
      <span className="s2">
        {waitMs > 0 ? (
          <>
            next try in <span className="m s1">{formatLongTime(waitMs)}</span>
          </>
        ) : (
          'trying now'
        )}
      </span>
      <Button size="sm" icon={<RefreshCw size={12} strokeWidth={1.75} aria-hidden />} onClick={retryLink}>
        Try now
      </Button>
    </div>
  );
}

/** Instead of everything else: the page may not talk to this host. */
export function DeniedPage({ reason }: { reason: string }) {
  const { retryLink } = useStores();
  return (
    <main className="blank">
      <section className="empty" aria-label="No session">
        <div className="h col g4">
          <Mark size={20} />
          <h1 className="title">This page has no session with Reeve</h1>
          <p className="s2 t13">{reason}</p>
          <span>
            <Button onClick={retryLink}>Try again</Button>
          </span>
        </div>
      </section>
    </main>
  );
}
