/** Time used against harakiri, to scale: a bar, a mark at the deadline. Without harakiri it is only a track. */
import { shortTimeText } from '../../format/time.ts';
import { deadlineText, isLong } from '../requests/lane-scale.ts';
import './inspector.css';

export function DeadlineBar({ elapsedMs, harakiriMs }: { elapsedMs: number | null; harakiriMs: number | null }) {
  if (harakiriMs === null) return <div className="deadline-none q t11">no harakiri set</div>;
  const share = Math.min((elapsedMs ?? 0) / harakiriMs, 1);
  const tone = elapsedMs !== null && isLong(elapsedMs, harakiriMs) ? ' warn-fill' : '';
  return (
    <div
      className={`deadline${tone}`}
      role="img"
      aria-label={`${shortTimeText(elapsedMs)} of ${deadlineText(harakiriMs)} until harakiri`}
    >
      <i style={{ width: `${share * 100}%` }} />
    </div>
  );
}
