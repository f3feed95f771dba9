/** What happened in the window of the charts, newest first: time, shape, what, detail. Reloads open their report. */
import type { InstanceEvent } from '../../../electron/contract/model.ts';
import { formatClock } from '../../format/time.ts';
import { MarkGlyph } from '../../ui/Glyph.tsx';

export interface EventListProps {
  events: readonly InstanceEvent[];
  windowMs: number;
  nowMs: number;
  onOpen: (event: InstanceEvent) => void;
}

const MOST_SHOWN = 100;

export function EventList({ events, windowMs, nowMs, onOpen }: EventListProps) {
  const newest = events.slice(-MOST_SHOWN).toReversed();
  return (
    <section aria-label="Events">
      <h2 className="events-head">
        Events <span className="m">{events.length}</span> in {Math.round(windowMs / 60_000)} min
      </h2>
      {newest.map((event, index) => (
        <div className="event" key={`${event.atMs}:${event.type}:${newest.length - index}`}>
          <span className="m s2">{formatClock(event.atMs, nowMs)}</span>
          <MarkGlyph type={event.type} />
          <span className="ell" title={event.title}>
            {event.title}
          </span>
          <span className="s2 ell" title={event.detail ?? undefined}>
            {event.detail}
          </span>
          {event.reloadId === null ? null : (
            <button type="button" className="btn-link" onClick={() => onOpen(event)}>
              Open report
            </button>
          )}
        </div>
      ))}
    </section>
  );
}
