/**
 * The master's end of the commons: starts their thread, gives it the settings and keeps what it last reported. A crash of
 * the thread is a bug; it is started again, and what it held is lost, which the log says.
 */
import { Worker } from 'node:worker_threads';
import type { CommonsBoot, CommonsToMaster, MasterToCommons } from '../commons/messages.ts';
import type { CommonsReport } from '../commons/state.ts';
import { compileCacheFolder } from '../compile-cache.ts';
import type { CommonsSettings } from '../config/commons-settings.ts';
import type { EngineSettings } from '../config/settings.ts';
import { EngineError } from '../errors.ts';

const STOP_WAIT_MS = 2000;
/** Requests are garbage as soon as they are answered; see gateway-handle.ts. */
const YOUNG_GENERATION_MB = 4;
/** Twice as long after each crash. */
const FIRST_RESTART_DELAY_MS = 100;
const MAX_RESTART_DELAY_MS = 5000;

export class Commons {
  report: CommonsReport = { locks: [], caches: [], metrics: [], mailboxes: [] };
  readonly #log: (text: string) => void;
  #boot: CommonsBoot = { endpoint: '', token: '' };
  #thread: Worker | null = null;
  #settings: CommonsSettings | null = null;
  /** In the order in which they told the thread its settings. */
  #adopting: ((problem: string | null) => void)[] = [];
  #crashes = 0;
  #restart: NodeJS.Timeout | null = null;
  #mailboxBytes: number | null = null;
  #metrics: Extract<MasterToCommons, { type: 'metrics' }> | null = null;
  #isStopping = false;

  constructor(log: (text: string) => void) {
    this.#log = log;
  }

  /** Listens; resolves to the endpoint for the runtimes. Throws when the thread does not start. */
  async start(runFolder: string, token: string): Promise<string> {
    const endpoint = process.platform === 'win32' ? '127.0.0.1:0' : `${runFolder}/commons`;
    this.#boot = { endpoint, token };
    return new Promise((resolve, reject) => {
      this.#run(resolve, reject);
    });
  }

  /** Goes over to these settings, and resolves when that is done. Throws EngineError when they can not be followed. */
  async adopt(settings: CommonsSettings): Promise<void> {
    this.#settings = settings;
    const problem = await new Promise<string | null>((resolve) => {
      this.#adopting.push(resolve);
      this.#tell({ type: 'settings', settings });
    });
    if (problem !== null) throw new EngineError('commons-not-made', problem, null);
  }

  /**
   * Metrics for the application: those that it can change, with their first value, and what the master has measured of all
   * others. To be told again whenever something was measured.
   */
  tellMetrics(declared: [name: string, initial: number][], measured: [name: string, value: number][]): void {
    this.#metrics = { type: 'metrics', declared, measured };
    this.#tell(this.#metrics);
  }

  /** Changes a metric that the application can change. */
  setMetric(name: string, value: number): void {
    this.#tell({ type: 'set-metric', name, value });
  }

  /** A message for a mule, 0: for whichever is free; false: there is no such mule. */
  sendToMule(mule: number, text: string, { mules }: Pick<EngineSettings, 'mules'>): boolean {
    if (mules.commands.length < Math.max(1, mule)) return false;
    this.#tell({ type: 'message', mailbox: mule === 0 ? 'mules' : `mule ${mule}`, text });
    return true;
  }

  /** `mule-msg-size`: bytes that may wait for one mule or farm. */
  limitMailboxes(bytes: number): void {
    this.#mailboxBytes = bytes;
    this.#tell({ type: 'mailbox-size', bytes });
  }

  dispose(): void {
    this.#isStopping = true;
    if (this.#restart !== null) clearTimeout(this.#restart);
    const thread = this.#thread;
    if (thread === null) return;
    this.#tell({ type: 'stop' });
    const timer = setTimeout(() => void thread.terminate(), STOP_WAIT_MS);
    thread.once('exit', () => clearTimeout(timer));
  }

  #tell(message: MasterToCommons): void {
    this.#thread?.postMessage(message, []);
  }

  #run(ready: (endpoint: string) => void, failed: (error: Error) => void): void {
    // The build finds the thread by this very expression and makes it a file of its own.
    const thread = new Worker(new URL('../commons/commons-thread.ts', import.meta.url), {
      workerData: this.#boot,
      name: 'commons',
      resourceLimits: { maxYoungGenerationSizeMb: YOUNG_GENERATION_MB },
      env: threadEnv(),
    });
    this.#thread = thread;
    let reason = 'it ended by itself';
    thread.on('message', (message: CommonsToMaster) => {
      if (message.type === 'ready') {
        // Where it listens it does again: the runtimes know it.
        this.#boot = { ...this.#boot, endpoint: message.endpoint };
        // What was told before the thread was there.
        if (this.#metrics !== null) this.#tell(this.#metrics);
        ready(message.endpoint);
      } else if (message.type === 'adopted') this.#adopting.shift()?.(message.problem);
      else if (message.type === 'report') this.report = message.report;
      else this.#log(message.text);
    });
    thread.on('error', (error) => {
      reason = error instanceof Error ? (error.stack ?? error.message) : String(error);
    });
    thread.on('exit', () => {
      this.#thread = null;
      if (this.#isStopping) return;
      failed(new Error(`The commons do not start: ${reason}`));
      for (const adopted of this.#adopting.splice(0)) adopted(null);
      this.#log(
        `*** BUG: the thread of locks and caches crashed and is started again; what they held is lost ***\n${reason}`,
      );
      const delayMs = Math.min(MAX_RESTART_DELAY_MS, FIRST_RESTART_DELAY_MS * 2 ** this.#crashes++);
      this.#restart = setTimeout(() => this.#startAgain(), delayMs);
    });
  }

  #startAgain(): void {
    const failed = (error: Error): void => this.#log(error.message);
    this.#run(() => {
      if (this.#settings !== null) this.#tell({ type: 'settings', settings: this.#settings });
      if (this.#mailboxBytes !== null) this.limitMailboxes(this.#mailboxBytes);
    }, failed);
  }
}

/** A thread has a compile cache of its own, and takes it from its environment only. */
function threadEnv(): NodeJS.ProcessEnv {
  const folder = compileCacheFolder();
  return folder === null ? process.env : { ...process.env, NODE_COMPILE_CACHE: folder };
}
