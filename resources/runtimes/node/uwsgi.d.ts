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
  /** Raises an alarm of the configuration (`alarm = NAME ...`) with this text. */
  export function alarm(name: string, message: unknown): void;
  /** What the stats document says about each worker. */
  export function workers(): Promise<Record<string, unknown>[]>;
  /** Requests that all workers have served. */
  export function totalRequests(): Promise<number>;
  /** Requests that wait for a worker. */
  export function listenQueue(): Promise<number>;

  /** Sets a variable for the present request's line in the log, `%(name)` in `log-format`. From Node 24 on. */
  export function setLogVariable(name: string, value: unknown): void;
  /** Has the present request logged even though request logging is off. From Node 24 on. */
  export function logThisRequest(): void;
  /** A variable of the present request as uWSGI names it (`REMOTE_USER`, say), or null. From Node 24 on. */
  export function requestVariable(name: string): string | null;

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

  /** The queue of `queue`. False: the value is empty or too long, or there is no queue. */
  export function queuePush(value: Bytes): Promise<boolean>;
  /** Takes the value that was pushed last, or null. */
  export function queuePop(): Promise<Buffer | null>;
  /** Takes the oldest value, or null. */
  export function queuePull(): Promise<Buffer | null>;
  /** The value of a slot, which stays there, or null. */
  export function queueGet(slot: number): Promise<Buffer | null>;
  export function queueSet(slot: number, value: Bytes): Promise<boolean>;
  /** So many values (1), the one that was pushed last first. */
  export function queueLast(count?: number): Promise<Buffer[]>;

  /** A metric's value; null: there is no such metric. */
  export function metricGet(name: string): Promise<number | null>;
  /** False: there is no such metric, or none that can be set. */
  export function metricSet(name: string, value: number | bigint): Promise<boolean>;
  export function metricAdd(name: string, amount?: number | bigint): Promise<boolean>;
  export function metricChange(
    name: string,
    how: 'set' | 'add' | 'subtract' | 'multiply' | 'divide' | 'max' | 'min',
    amount?: number | bigint,
  ): Promise<boolean>;

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
