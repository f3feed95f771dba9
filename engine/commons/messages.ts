/** Messages between the master (main thread) and the thread of the commons, by `postMessage`. */
import type { CommonsSettings } from '../config/commons-settings.ts';
import type { CommonsReport } from './state.ts';

/** What the thread gets as `workerData`. */
export interface CommonsBoot {
  /** A unix socket's path, or `127.0.0.1:0` on Windows. */
  endpoint: string;
  /** Hex of the bytes that clients show. */
  token: string;
  /** What it has to know before it answers anybody; null: not yet settled, or not needed. */
  settings: CommonsSettings | null;
  mailboxBytes: number | null;
  metrics: DeclaredMetrics | null;
}

/** Metrics that the application can change, with their first value; and the values of all others. */
export interface DeclaredMetrics {
  declared: [name: string, initial: number][];
  measured: [name: string, value: number][];
}

export type MasterToCommons =
  /** Answered with `adopted`. */
  | { type: 'settings'; settings: CommonsSettings }
  | { type: 'metrics'; metrics: DeclaredMetrics }
  /** The master changes one of those that the application can change. */
  | { type: 'set-metric'; name: string; value: number }
  /** The value `sent` was handed on, and the metric begins anew; what was counted since then stays. */
  | { type: 'renew-metric'; name: string; sent: number; initial: number }
  /** A message of the master's own. */
  | { type: 'message'; mailbox: string; text: string }
  /** Bytes that may wait in one mailbox. */
  | { type: 'mailbox-size'; bytes: number }
  | { type: 'stop' };

export type CommonsToMaster =
  /** It listens; `problem` as with `adopted`. */
  | { type: 'ready'; endpoint: string; problem: string | null }
  /** null: all is as the settings say; a text: why it is not. */
  | { type: 'adopted'; problem: string | null }
  /** After something has changed, at most a few times a second. */
  | { type: 'report'; report: CommonsReport }
  | { type: 'log'; text: string };
