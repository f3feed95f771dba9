/**
 * The master's end of the commons: starts their thread when the settings or a process need it, gives it the settings and
 * keeps what it last reported. A crash of the thread is a bug; it is started again, and what it held is lost, which the
 * log says.
 */
import { Worker } from 'node:worker_threads';
import { lockNames } from '../commons/lock-names.ts';
import type { CommonsBoot, CommonsToMaster, DeclaredMetrics, MasterToCommons } from '../commons/messages.ts';
import type { CommonsReport } from '../commons/state.ts';
import { withCompileCache } from '../compile-cache.ts';
import type { CommonsSettings } from '../config/commons-settings.ts';
import type { EngineSettings } from '../config/settings.ts';
import { EngineError } from '../errors.ts';
import { Doorbell } from './doorbell.ts';

const STOP_WAIT_MS = 2000;
/** Requests are garbage as soon as they are answered; see gateway-handle.ts. */
const YOUNG_GENERATION_MB = 4;
/** Twice as long after each crash. */
const FIRST_RESTART_DELAY_MS = 100;
const MAX_RESTART_DELAY_MS = 5000;

export class Commons {
  report: CommonsReport = { locks: [], caches: [], metrics: [], mailboxes: [] };
  readonly #log: (text: string) => void;
  #place: Pick<CommonsBoot, 'endpoint' | 'token'> = { endpoint: '', token: '' };
  #bell: Doorbell | null = null;
  /** Resolves when it listens for the first time; null: nobody has needed it. */
  #begun: Promise<void> | null = null;
  #thread: Worker | null = null;
  #settings: CommonsSettings | null = null;
  /** In the order in which they told the thread its settings. */
  #adopting: ((problem: string | null) => void)[] = [];
  #crashes = 0;
  #restart: NodeJS.Timeout | null = null;
  #mailboxBytes: number | null = null;
  #metrics: DeclaredMetrics | null = null;
  #isStopping = false;

  constructor(log: (text: string) => void) {
    this.#log = log;
  }

  get isRunning(): boolean {
    return this.#thread !== null;
  }

  /** Waits for the first client; resolves to the endpoint for the runtimes. Throws when it can not listen. */
  async start(runFolder: string, token: string): Promise<string> {
    if (process.platform === 'win32') {
      this.#place = { endpoint: '127.0.0.1:0', token };
      await this.#begin();
    } else {
      this.#place = { endpoint: `${runFolder}/commons`, token };
      this.#bell = await Doorbell.open(this.#place.endpoint, () => this.#need());
      if (this.#metrics !== null) this.#needFor(this.#metrics);
    }
    return this.#place.endpoint;
  }

  /** Goes over to these settings, and resolves when that is done. Throws EngineError when they can not be followed. */
  async adopt(settings: CommonsSettings): Promise<void> {
    const isNeeded = settings.caches.length > 0 || settings.queue !== null;
    if (this.#begun === null && !isNeeded) {
      this.#settings = settings;
      this.report = { ...this.report, locks: lockNames(settings).map((name) => [name, 0]) };
      return;
    }
    await this.#begin();
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
    const metrics = { declared, measured };
    this.#metrics = metrics;
    this.#needFor(metrics);
    this.#tell({ type: 'metrics', metrics });
  }

  /** Changes a metric that the application can change. */
  setMetric(name: string, value: number): void {
    this.#need();
    this.#tell({ type: 'set-metric', name, value });
  }

  /** Lets one begin anew whose value `sent` was handed on. */
  renewMetric(name: string, sent: number, initial: number): void {
    this.#need();
    this.#tell({ type: 'renew-metric', name, sent, initial });
  }

  /** A message for a mule, 0: for whichever is free; false: there is no such mule. */
  sendToMule(mule: number, text: string, { mules }: Pick<EngineSettings, 'mules'>): boolean {
    if (mules.commands.length < Math.max(1, mule)) return false;
    this.#need();
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
    this.#bell?.takeDown();
    this.#bell?.letGo();
    const thread = this.#thread;
    if (thread === null) return;
    this.#tell({ type: 'stop' });
    const timer = setTimeout(() => void thread.terminate(), STOP_WAIT_MS);
    thread.once('exit', () => clearTimeout(timer));
  }

  /** Starts the thread when nothing has before; who can not wait for it goes on. */
  #need(): void {
    if (this.#begun !== null || this.#isStopping) return;
    // Its end is logged, and it is started again.
    this.#begin().catch((error: Error) => this.#log(error.message));
  }

  /** Only metrics of the application are kept by the thread. */
  #needFor({ declared }: DeclaredMetrics): void {
    if (declared.length > 0 && this.#place.endpoint !== '') this.#need();
  }

  async #begin(): Promise<void> {
    this.#begun ??= new Promise((resolve, reject) => {
      this.#bell?.takeDown();
      this.#run(() => {
        this.#bell?.letGo();
        resolve();
      }, reject);
    });
    return this.#begun;
  }

  #tell(message: MasterToCommons): void {
    this.#thread?.postMessage(message, []);
  }

  #run(ready: () => void, failed: (error: Error) => void): void {
    const boot: CommonsBoot = {
      ...this.#place,
      settings: this.#settings,
      mailboxBytes: this.#mailboxBytes,
      metrics: this.#metrics,
    };
    // They wait for the settings that it boots with.
    const adopting = this.#adopting.splice(0);
    // The build finds the thread by this very expression and makes it a file of its own.
    const thread = new Worker(new URL('../commons/commons-thread.ts', import.meta.url), {
      workerData: boot,
      name: 'commons',
      resourceLimits: { maxYoungGenerationSizeMb: YOUNG_GENERATION_MB },
      // A thread has a compile cache of its own, and takes it from its environment only.
      env: withCompileCache(process.env),
    });
    this.#thread = thread;
    let reason = 'it ended by itself';
    thread.on('message', (message: CommonsToMaster) => {
      if (message.type === 'ready') {
        // Where it listens it does again: the runtimes know it.
        this.#place = { ...this.#place, endpoint: message.endpoint };
        for (const adopted of adopting) adopted(message.problem);
        if (adopting.length === 0 && message.problem !== null) this.#log(message.problem);
        ready();
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
      for (const adopted of [...adopting, ...this.#adopting.splice(0)]) adopted(null);
      this.#log(
        `*** BUG: the thread of locks and caches crashed and is started again; what they held is lost ***\n${reason}`,
      );
      const delayMs = Math.min(MAX_RESTART_DELAY_MS, FIRST_RESTART_DELAY_MS * 2 ** this.#crashes++);
      this.#restart = setTimeout(() => this.#startAgain(), delayMs);
    });
  }

  #startAgain(): void {
    const failed = (error: Error): void => this.#log(error.message);
    this.#run(() => undefined, failed);
  }
}
