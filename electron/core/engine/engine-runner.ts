/**
 * One bundled engine as a process: carries out what runner-machine.ts decides, keeps its log, and makes sure that
 * nothing of it is left behind. What the engine is started with is prepared anew for each start by the caller.
 */
import type { LogLine } from '../../contract/logs-model.ts';
import type { EngineState } from '../../contract/model.ts';
import { describe } from '../errors.ts';
import { failureText, LogRing } from '../logs/log-ring.ts';
import type { Clock, EngineChild, EngineExit, EngineSpawn } from '../ports.ts';
import {
  engineStateOf,
  initialRunner,
  type RunnerEffect,
  type RunnerEvent,
  type RunnerState,
  stepRunner,
} from './runner-machine.ts';

export interface EngineRunnerOptions {
  clock: Clock;
  /** What to start; failing with an error that is shown as the reason. */
  prepare: () => Promise<EngineSpawn>;
  spawn: (what: EngineSpawn) => EngineChild;
  /** Brings in what the log has elsewhere (`logto`), before the reason of an end is looked for in it. */
  drainLog: () => Promise<void>;
  onState: (state: EngineState) => void;
  onLines: (lines: LogLine[]) => void;
}

const STOP_MERCY_MS = 6_000;
const DISPOSE_MERCY_MS = 1_200;

export class EngineRunner {
  readonly log = new LogRing();
  readonly #options: EngineRunnerOptions;
  #state: RunnerState = initialRunner();
  #child: EngineChild | null = null;
  #cancelMercy: (() => void) | null = null;
  #mercyMs = STOP_MERCY_MS;
  #startSeq = 0;
  #disposed = false;
  readonly #settledWaiters = new Set<() => void>();

  constructor(options: EngineRunnerOptions) {
    this.#options = options;
  }

  get state(): EngineState {
    const state = engineStateOf(this.#state);
    // A host may learn the pid only after the spawn.
    return { ...state, pid: this.#child?.pid ?? state.pid };
  }

  get wanted(): RunnerState['wanted'] {
    return this.#state.wanted;
  }

  /** Like `restart` without effect once it is disposed: a call that was on its way starts nothing that nobody ends. */
  start(): void {
    if (!this.#disposed) this.#dispatch({ type: 'start' });
  }

  restart(): void {
    if (!this.#disposed) this.#dispatch({ type: 'restart' });
  }

  /** Resolves when it has stopped. */
  async stop(): Promise<void> {
    this.#dispatch({ type: 'stop' });
    await this.#untilSettled();
  }

  /** Its stats address gave a document with workers. */
  answered(): void {
    if (this.#state.status === 'starting') this.#dispatch({ type: 'answered' });
  }

  /** More of the log from elsewhere: the file that `logto` names. */
  addOutput(chunk: Uint8Array): void {
    const lines = this.log.push(chunk, this.#options.clock.now());
    if (lines.length > 0) this.#options.onLines(lines);
  }

  /** A line of the console's own in its log. */
  say(text: string): void {
    this.#options.onLines([this.log.add(text, this.#options.clock.now())]);
  }

  async dispose(): Promise<void> {
    this.#disposed = true;
    this.#mercyMs = DISPOSE_MERCY_MS;
    await this.stop();
  }

  #dispatch(event: RunnerEvent): void {
    const before = this.#state;
    const { state, effects } = stepRunner(before, event, this.#options.clock.now());
    this.#state = state;
    if (before.status !== state.status || before.pid !== state.pid) this.#options.onState(this.state);
    for (const effect of effects) this.#carryOut(effect);
    if (this.#isSettled()) {
      for (const resolve of this.#settledWaiters) resolve();
      this.#settledWaiters.clear();
    }
  }

  #carryOut(effect: RunnerEffect): void {
    switch (effect.type) {
      case 'spawn':
        void this.#spawn();
        return;
      case 'interrupt':
        // Not spawned yet: #spawn notices that it is not wanted any more.
        this.#child?.kill('SIGINT');
        return;
      case 'kill':
        this.#child?.kill('SIGKILL');
        return;
      case 'armMercy':
        this.#disarmMercy();
        this.#cancelMercy = this.#options.clock.setTimer(() => this.#dispatch({ type: 'mercyOver' }), this.#mercyMs);
        return;
      case 'disarmMercy':
        this.#disarmMercy();
        return;
      case 'say':
        this.say(effect.text);
    }
  }

  async #spawn(): Promise<void> {
    this.#startSeq = this.log.lastSeq;
    let child: EngineChild;
    try {
      const what = await this.#options.prepare();
      if (this.#state.status !== 'starting') {
        this.#dispatch({ type: 'exited', text: '', code: 0, signal: null });
        return;
      }
      child = this.#options.spawn(what);
    } catch (error) {
      this.#dispatch({ type: 'exited', text: describe(error), code: null, signal: null });
      return;
    }
    this.#child = child;
    child.onOutput = (chunk) => this.addOutput(chunk);
    child.onExit = (exit) => void this.#exited(child, exit);
    this.#dispatch({ type: 'spawned', pid: child.pid });
  }

  async #exited(child: EngineChild, exit: EngineExit): Promise<void> {
    if (this.#child !== child) return;
    this.#child = null;
    // What it left in its process group goes with it.
    child.kill('SIGKILL');
    await this.#options.drainLog();
    const lines = this.log.end(this.#options.clock.now());
    if (lines.length > 0) this.#options.onLines(lines);
    const text =
      exit.error === null
        ? failureText(this.log.since(this.#startSeq))
        : `The engine could not be started: ${exit.error}`;
    this.#dispatch({ type: 'exited', text, code: exit.code, signal: exit.signal });
  }

  #disarmMercy(): void {
    this.#cancelMercy?.();
    this.#cancelMercy = null;
  }

  #isSettled(): boolean {
    return this.#state.status === 'stopped' || this.#state.status === 'failed';
  }

  async #untilSettled(): Promise<void> {
    if (this.#isSettled()) return;
    const { promise, resolve } = Promise.withResolvers<undefined>();
    this.#settledWaiters.add(() => resolve(undefined));
    await promise;
  }
}
