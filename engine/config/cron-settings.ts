/** What the configuration says about cron: commands and URLs at times of the day. Part of EngineSettings (settings.ts); pure data. */
import type { CronTime } from './cron-time.ts';

export interface CronSetting {
  time: CronTime;
  /** `url`: `curl-cron`; the command is the URL that is asked for. */
  kind: 'command' | 'url';
  command: string;
  /** Left out while the run before still goes on. */
  isUnique: boolean;
  /** Killed when it takes longer; null: as `cron-harakiri` says, 0: never. */
  harakiriSeconds: number | null;
}

export interface CronSettings {
  /** In the order in which they were written. */
  crons: CronSetting[];
  /** `cron-harakiri`; 0: none. */
  harakiriSeconds: number;
}

export function defaultCronSettings(): CronSettings {
  return { crons: [], harakiriSeconds: 0 };
}
