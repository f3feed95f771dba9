/** State chip: shape and word. One per header. It says the state; a button beside it does something about it. */
import type { Health, WorkerStatus } from '../../electron/contract/model.ts';
import { HealthGlyph, StateGlyph } from './Glyph.tsx';

const TONES: Record<Health['level'], string> = { ok: ' ok', warn: ' warn', crit: ' crit', lost: '', off: '' };

export function HealthChip({ level, word }: { level: Health['level']; word: string }) {
  return (
    <span className={`chip${TONES[level]}`}>
      <HealthGlyph level={level} silent />
      {word}
    </span>
  );
}

export function WorkerChip({ status, word, tone }: { status: WorkerStatus; word: string; tone?: 'warn' | 'crit' }) {
  return (
    <span className={`chip${tone ? ` ${tone}` : ''}`}>
      <StateGlyph status={status} silent />
      {word}
    </span>
  );
}
