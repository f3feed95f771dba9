/** The module `uwsgi` that the engine gives to JavaScript applications (uwsgi.mjs). */
/// <reference types="node" />
declare module 'uwsgi' {
  type Bytes = string | Uint8Array;

  /** Number of this worker, from 1. */
  export function workerId(): number;
  export function masterPid(): number;
  /** How many workers there are to be. */
  export function workerCount(): number;
  /** The options of the configuration; repeated ones are arrays. */
  export function options(): Record<string, string | string[]>;
  /** Writes a line to the log. */
  export function log(message: unknown): void;
  /** Reloads the instance gracefully. */
  export function reload(): void;
  /** Stops the instance. */
  export function stop(): void;

  /** Waits for a lock that all processes of the instance share; it is given back when its holder dies. */
  export function lock(number?: number): Promise<void>;
  export function unlock(number?: number): Promise<void>;
  export function isLocked(number?: number): Promise<boolean>;
  /** Runs the function while the lock is held. */
  export function withLock<T>(number: number, run: () => T | Promise<T>): Promise<T>;

  /** `cache` names one of several caches (`cache2`); without it the first is meant. `expires`: seconds, 0 for ever. */
  export function cacheGet(key: Bytes, cache?: string): Promise<Buffer | null>;
  /** False: the key is there already, or there is no room. */
  export function cacheSet(key: Bytes, value: Bytes, expires?: number, cache?: string): Promise<boolean>;
  export function cacheUpdate(key: Bytes, value: Bytes, expires?: number, cache?: string): Promise<boolean>;
  export function cacheDelete(key: Bytes, cache?: string): Promise<boolean>;
  export function cacheExists(key: Bytes, cache?: string): Promise<boolean>;
  export function cacheClear(cache?: string): Promise<boolean>;
  /** Adds to a 64-bit integer, as `uwsgi.cache_inc` of Python. */
  export function cacheIncrement(key: Bytes, amount?: number, expires?: number, cache?: string): Promise<boolean>;
  export function cacheKeys(cache?: string): Promise<Buffer[]>;

  /**
   * Puts a task into a folder of `spooler-external`; gives the path of its file. Keys with a meaning: `spooler` (a folder,
   * or its number from 0), `priority` (a number), `at` (epoch seconds), `body` (what is larger than 64 KiB).
   */
  export function spool(task: Record<string, Bytes | number>): string;

  /** `target`: '' any worker, 'workers', 'worker1', 'mules', 'mule1' and so on, as in uWSGI. */
  export function registerSignal(number: number, target: string, handler: (number: number) => unknown): void;
  /** Raises a signal. */
  export function signal(number: number): void;
  /** Raises a signal every so many seconds. */
  export function addTimer(number: number, seconds: number): void;

  const uwsgi: {
    [Name in Exclude<keyof typeof import('uwsgi'), 'default'>]: typeof import('uwsgi')[Name];
  };
  export default uwsgi;
}
