/** Crons under clocks that stall and are corrected: never twice for a minute, never lost by less than is made up for. */
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { CronSetting } from '../config/cron-settings.ts';
import { isDue, MINUTE_MS } from '../config/cron-time.ts';
import { emptySchedule, type ScheduleEvent, stepSchedule } from './schedule.ts';

const START_MS = Date.UTC(2026, 10, 23, 4, 10);
const MAX_STEP_MS = 5 * MINUTE_MS;

const fields = fc.record({
  minute: fc.integer({ min: -60, max: 61 }),
  hour: fc.constantFrom(-1, -2, 4, 5),
  day: fc.constantFrom(-1, 23, 31),
  month: fc.constantFrom(-1, 11),
  week: fc.constantFrom(-1, 1, 7),
});
/** Where the clock stands at each look, as seen from the latest time that it has shown. */
const looks = fc.array(fc.integer({ min: -MAX_STEP_MS, max: MAX_STEP_MS }), { minLength: 1, maxLength: 60 });

test('each minute that the clock has passed counts once, however late the look and however it is corrected', () => {
  fc.assert(
    fc.property(fields, looks, (time, steps) => {
      const cron: CronSetting = { time, kind: 'command', command: 'x', isUnique: false, harakiriSeconds: null };
      let schedule = emptySchedule();
      const play = (event: ScheduleEvent, nowMs: number): number => {
        const step = stepSchedule(schedule, event, nowMs);
        schedule = step.schedule;
        return step.effects.filter(({ type }) => type === 'start').length;
      };
      play({ type: 'configure', crons: [cron], harakiriSeconds: 0 }, START_MS);
      const isDueAt = (minute: number): boolean => isDue(time, new Date(minute * MINUTE_MS));
      let latestMs = START_MS;
      expect(play({ type: 'tick' }, latestMs)).toBe(Number(isDueAt(START_MS / MINUTE_MS)));
      for (const step of steps) {
        const nowMs = latestMs + step;
        let isAny = false;
        for (let minute = Math.floor(latestMs / MINUTE_MS) + 1; minute <= Math.floor(nowMs / MINUTE_MS); minute++) {
          isAny ||= isDueAt(minute);
        }
        expect(play({ type: 'tick' }, nowMs)).toBe(Number(isAny));
        latestMs = Math.max(latestMs, nowMs);
      }
    }),
  );
});
