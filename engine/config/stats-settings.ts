/** What the configuration says about statistics, beside the addresses in settings.ts. Pure data. */
import type { SocketAddress } from './settings.ts';

interface Pushed {
  /** null: `stats-pusher-default-freq`. */
  everySeconds: number | null;
  /** As written, for messages. */
  text: string;
}

/** `stats-push`: a document appended to a file, or metrics in UDP datagrams. */
export type StatsPushSetting =
  | (Pushed & { type: 'file'; path: string; separator: string })
  | (Pushed & {
      type: 'socket' | 'statsd';
      address: Extract<SocketAddress, { type: 'tcp' }>;
      prefix: string;
    });

export interface StatsSettings {
  pushes: StatsPushSetting[];
  /** `stats-pusher-default-freq` */
  pushSeconds: number;
  /** `prometheus`: addresses that answer /metrics. */
  prometheus: SocketAddress[];
  /** `memory-report = 2`: the shares of shared memory as well. */
  memoryShares: boolean;
}

export function defaultStatsSettings(): StatsSettings {
  return { pushes: [], pushSeconds: 3, prometheus: [], memoryShares: false };
}
