/**
 * What the machine wants done. The shell (master.ts) does these in order and reports back with events; an effect that
 * can fail fails by an event.
 */

/** A number: the one that the configuration names. */
export type KillSignal = 'SIGTERM' | 'SIGABRT' | 'SIGKILL' | 'SIGUSR2' | number;

export type Effect =
  /** Read the configuration again; answer `config-ready` or `config-failed`. */
  | { type: 'read-config' }
  /** Bind the listeners of the configuration that was read and are not bound yet; answer `listeners-ready`/`-failed`. */
  | { type: 'bind-listeners' }
  /** Undo `bind-listeners` and forget the configuration that was read. */
  | { type: 'discard-config' }
  /** The configuration that was read is the one in effect now: options to the gateways, listeners no longer wanted closed. */
  | { type: 'adopt-config'; generation: number }
  | { type: 'start-zygote'; generation: number }
  | { type: 'stop-zygote'; generation: number }
  | { type: 'kill-zygote'; generation: number }
  | { type: 'fork-worker'; generation: number; wid: number; spawnId: number; processes: number }
  | { type: 'start-worker'; generation: number; wid: number; spawnId: number; processes: number }
  /** Announce it to the gateways and let it connect. */
  | { type: 'admit-worker'; spawnId: number; wid: number; generation: number; pid: number }
  /** New requests go to this generation. */
  | { type: 'use-generation'; generation: number }
  | { type: 'retire-worker'; spawnId: number }
  | { type: 'exit-worker'; spawnId: number }
  /** An idle worker exits as with `exit-worker`; one that serves gets the signal. */
  | { type: 'cut-worker'; spawnId: number; pid: number; signal: 'SIGTERM' | 'SIGKILL' }
  | { type: 'signal-worker'; spawnId: number; pid: number; signal: KillSignal }
  /** 504 to the client; `attempt` counts the worker's overdue requests. */
  | {
      type: 'harakiri';
      spawnId: number;
      wid: number;
      pid: number;
      core: number;
      requestId: number;
      seconds: number;
      attempt: number;
      /** The worker may end by itself (`harakiri-graceful-timeout`). */
      isGraceful: boolean;
      /** The worker is asked to cancel the request, and serves on. */
      isCancelled: boolean;
    }
  /** It is killed for something else than a request. */
  | { type: 'count-harakiri'; spawnId: number }
  /** The worker's process is gone: fold its counters, free its slots. */
  | { type: 'forget-worker'; spawnId: number }
  | { type: 'forget-generation'; generation: number }
  | { type: 'pause'; paused: boolean }
  | { type: 'drain-gateways' }
  | { type: 'stop-gateways' }
  | { type: 'log'; text: string }
  | { type: 'finish'; exitCode: number };
