/**
 * The gateway's workers of PHP: php-cgi processes that listen on a socket each and say nothing of their own accord.
 * They are asked whether they answer, given to the dispatcher as workers with one core, and let go when the master
 * says that they have ended. What is spoken with one of them is in php-worker.ts.
 */
import { bytesOf } from '../byte-text.ts';
import type { PhpApp } from '../config/php-app.ts';
import { type DispatchWorker, newWorker } from './core-choice.ts';
import type { Dispatcher } from './dispatcher.ts';
import { encodeNameValue } from './environ-fastcgi.ts';
import type { MasterToGateway } from './messages.ts';
import { PhpRecycling } from './php-recycling.ts';
import { PhpScripts } from './php-scripts.ts';
import { PhpWorker } from './php-worker.ts';

export interface PhpHubEvents {
  connected(spawnId: number): void;
  /** A worker has lost its connection and lives on. */
  crippled(worker: DispatchWorker): void;
  log(text: string): void;
  /** Requests that the process with this place on the scoreboard has served. */
  served(slot: number): number;
}

/** As in worker-hub.ts: a process that dies is reported by then. */
const CRIPPLED_MS = 1000;

interface Entry {
  worker: DispatchWorker;
  php: PhpWorker;
  crippleTimer: NodeJS.Timeout | null;
}

/** What workers of one generation share. */
interface Generation {
  number: number;
  scripts: PhpScripts;
  variables: Buffer;
}

export class PhpHub {
  readonly #dispatcher: Dispatcher;
  readonly #isShared: boolean;
  readonly #events: PhpHubEvents;
  readonly #entries = new Map<number, Entry>();
  #generation: Generation | null = null;

  /** @param isShared there are several gateways */
  constructor(dispatcher: Dispatcher, isShared: boolean, events: PhpHubEvents) {
    this.#dispatcher = dispatcher;
    this.#isShared = isShared;
    this.#events = events;
  }

  expectWorker(message: Extract<MasterToGateway, { type: 'expect-worker' }>): void {
    const { spawnId, wid, pid, generation, php: setting, slots } = message;
    if (setting === null) return;
    const worker = newWorker({ spawnId, wid, pid, generation }, slots);
    const [core] = worker.cores;
    if (core === undefined) return;
    worker.isShared = true;
    const log = (text: string): void => this.#events.log(text);
    const recycling = new PhpRecycling(setting.recycling, worker, log);
    const { scripts, variables } = this.#settingsOf(generation, setting.app);
    const php = new PhpWorker(core, setting.endpoint, {
      scripts,
      variables,
      isShared: this.#isShared,
      ready: () => this.#ready(worker, php),
      lost: (unbegunId) => this.#lost(spawnId, unbegunId),
      frame: (at, type, flags, requestId, bytes, start, end) =>
        this.#dispatcher.frameReceived(at, type, flags, requestId, bytes, start, end),
      endFlags: (exception) => recycling.endFlags(this.#events.served(core.slot) + 1, exception),
      log,
    });
    worker.cancel = (requestId) => php.cancel(requestId);
    this.#entries.set(spawnId, { worker, php, crippleTimer: null });
    this.#dispatcher.workers.set(spawnId, worker);
    php.greet();
  }

  /** Nothing runs on it, and nothing shall: without a connection it ends when it is told to. */
  release(spawnId: number): void {
    this.#entries.get(spawnId)?.php.dispose();
  }

  /** Its process has ended. */
  forget(spawnId: number): void {
    const entry = this.#entries.get(spawnId);
    if (entry === undefined) return;
    if (entry.crippleTimer !== null) clearTimeout(entry.crippleTimer);
    this.#entries.delete(spawnId);
    entry.php.dispose();
    this.#coreLost(entry.worker);
    if (this.#dispatcher.workers.get(spawnId) === entry.worker) this.#dispatcher.workers.delete(spawnId);
  }

  dispose(): void {
    for (const spawnId of this.#entries.keys()) this.forget(spawnId);
  }

  #settingsOf(generation: number, app: PhpApp): Generation {
    if (this.#generation?.number === generation) return this.#generation;
    const pairs: [string, string][] = [['SERVER_SOFTWARE', app.serverSoftware], ...app.vars];
    const variables = Buffer.concat(pairs.map(([name, value]) => encodeNameValue(bytesOf(name), bytesOf(value))));
    this.#generation = { number: generation, scripts: new PhpScripts(app), variables };
    return this.#generation;
  }

  #ready(worker: DispatchWorker, php: PhpWorker): void {
    if (worker.connected) return;
    for (const core of worker.cores) core.wire = php;
    worker.connected = true;
    this.#events.connected(worker.spawnId);
    this.#dispatcher.pump();
  }

  #lost(spawnId: number, unbegunId: number): void {
    const entry = this.#entries.get(spawnId);
    if (entry === undefined) return;
    if (unbegunId !== 0) {
      entry.worker.retiring = 'yes';
      this.#dispatcher.takeBackAnswered(entry.worker, unbegunId, true);
    }
    this.#coreLost(entry.worker);
    entry.crippleTimer ??= setTimeout(() => this.#events.crippled(entry.worker), CRIPPLED_MS);
  }

  #coreLost(worker: DispatchWorker): void {
    // It serves one request at a time: whatever it had, it has begun.
    for (const core of worker.cores) this.#dispatcher.coreLost(core, true);
  }
}
