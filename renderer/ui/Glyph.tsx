/**
 * The shapes of states (10 px grid). Every state has its own shape, so that the page still reads without colour.
 * `StateGlyph` for a worker, `HealthGlyph` for an instance, link or check, `MarkGlyph` for an event on a time axis.
 */
import type { Health, InstanceEvent, WorkerStatus } from '../../electron/contract/model.ts';

interface GlyphProps {
  size?: number;
  /** Leave out the name where the word stands beside it. */
  silent?: boolean;
}

const WORKER_SHAPES: Record<WorkerStatus, React.ReactNode> = {
  idle: <circle cx="5" cy="5" r="3.5" fill="none" stroke="var(--st-idle)" strokeWidth="1.5" />,
  busy: <circle cx="5" cy="5" r="4.25" fill="var(--st-busy)" />,
  cheap: <rect x=".75" y="4" width="8.5" height="2" fill="var(--st-cheap)" />,
  pause: <path d="M1.5 1H4v8H1.5zM6 1h2.5v8H6z" fill="var(--st-pause)" />,
  sig: <path d="M5 .2 9.8 5 5 9.8.2 5z" fill="var(--st-sig)" />,
  down: <path d="M1.5 1.5 8.5 8.5M8.5 1.5 1.5 8.5" stroke="var(--st-down)" strokeWidth="2" fill="none" />,
};

const HEALTH_SHAPES: Record<Health['level'], React.ReactNode> = {
  ok: <circle cx="5" cy="5" r="2.5" fill="var(--ok)" />,
  warn: <path d="M5 .6 9.8 9.2H.2z" fill="var(--warn)" />,
  crit: (
    <>
      <rect x=".5" y=".5" width="9" height="9" fill="var(--crit)" />
      <path d="M5 2.2v3.4M5 7v1.2" stroke="var(--bg-1)" strokeWidth="1.5" />
    </>
  ),
  lost: <circle cx="5" cy="5" r="3.75" fill="none" stroke="var(--lost)" strokeWidth="1.5" strokeDasharray="2.6 1.6" />,
  off: <rect x="2.25" y="2.25" width="5.5" height="5.5" fill="none" stroke="var(--fg-3)" strokeWidth="1.5" />,
};

const HEALTH_WORDS: Record<Health['level'], string> = {
  ok: 'ok',
  warn: 'warning',
  crit: 'critical',
  lost: 'link lost',
  off: 'stopped',
};

const MARK_SHAPES: Record<InstanceEvent['type'], React.ReactNode> = {
  reload: <path d="M1 0h8v5L5 9 1 5z" fill="var(--accent)" />,
  config: <path d="M1.5 1.5h7v7h-7z" fill="var(--bg-1)" stroke="var(--fg-2)" />,
  harakiri: <path d="M1 1 9 9M9 1 1 9" stroke="var(--crit)" strokeWidth="1.75" fill="none" />,
  exception: <path d="M5 2l3.5 6.5h-7z" fill="var(--warn)" />,
  respawn: (
    <path d="M1.5 5a3.5 3.5 0 1 1 1 2.5M1.2 8.6l1.2-2.2 2 1.4" stroke="var(--fg-2)" strokeWidth="1.25" fill="none" />
  ),
  gap: <rect width="10" height="10" fill="var(--c-gap)" />,
  link: <circle cx="5" cy="5" r="3.75" fill="none" stroke="var(--lost)" strokeWidth="1.5" strokeDasharray="2.6 1.6" />,
};

function Shape({ size = 10, silent, name, children }: GlyphProps & { name: string; children: React.ReactNode }) {
  const a11y = silent ? { 'aria-hidden': true } : { role: 'img', 'aria-label': name };
  return (
    <svg className="gl" width={size} height={size} viewBox="0 0 10 10" {...a11y}>
      {children}
    </svg>
  );
}

export function StateGlyph({ status, ...rest }: GlyphProps & { status: WorkerStatus }) {
  return (
    <Shape name={status} {...rest}>
      {WORKER_SHAPES[status]}
    </Shape>
  );
}

export function HealthGlyph({ level, ...rest }: GlyphProps & { level: Health['level'] }) {
  return (
    <Shape name={HEALTH_WORDS[level]} {...rest}>
      {HEALTH_SHAPES[level]}
    </Shape>
  );
}

export function MarkGlyph({ type, ...rest }: GlyphProps & { type: InstanceEvent['type'] }) {
  return (
    <Shape name={type} {...rest}>
      {MARK_SHAPES[type]}
    </Shape>
  );
}
