/**
 * What a running master offers beside its listeners: the FIFO, the stats servers, the pidfile, the watched files, what
 * its processes share.
 * `open` at the start fails as a whole; `adopt` at a reload changes what differs, and what can not be changed is said
 * in the log while the server goes on.
 */
import { formatAddress } from '../config/address.ts';
import type { EngineSettings, SocketAddress, TouchSetting } from '../config/settings.ts';
import { EngineError, formatEngineError } from '../errors.ts';
import { Commons } from './commons.ts';
import { MasterFifo } from './fifo.ts';
import { Figures, type FiguresSource } from './figures.ts';
import { Metrics, type MetricsHost } from './metrics.ts';
import { removePidfile, writePidfile } from './pidfile.ts';
import { makeSpoolFolders } from './spools.ts';
import { StatsServer, type StatsSource } from './stats-server.ts';
import { TouchWatch } from './touch-watch.ts';

export interface FacilityHandlers {
  letter: (letter: string) => void;
  touched: (touch: TouchSetting) => void;
  stats: StatsSource;
  figures: Omit<FiguresSource, 'pushed'>;
  metrics: Pick<MetricsHost, 'exceptionsOf' | 'raiseAlarm'>;
  log: (text: string) => void;
}

export class Facilities {
  readonly commons: Commons;
  readonly metrics: Metrics;
  readonly #handlers: FacilityHandlers;
  #fifo: MasterFifo | null = null;
  #stats: StatsServer[] = [];
  readonly #figures: Figures;
  readonly #touch = new TouchWatch();
  #pidfile: string | null = null;

  constructor(handlers: FacilityHandlers) {
    this.#handlers = handlers;
    this.commons = new Commons(handlers.log);
    const { figures } = handlers;
    this.metrics = new Metrics({
      ...handlers.metrics,
      settings: () => figures.settings().metrics,
      document: figures.document,
      own: () => this.commons.report.metrics,
      tell: (declared, measured) => this.commons.tellMetrics(declared, measured),
      set: (name, value) => this.commons.setMetric(name, value),
      beginAnew: (name, sent, initial) => this.commons.renewMetric(name, sent, initial),
      log: handlers.log,
    });
    this.#figures = new Figures({
      ...figures,
      document: () => this.metrics.addTo(figures.document()),
      pushed: () => this.metrics.pushed(),
    });
  }

  /** Throws EngineError; `dispose` then takes back what was opened. */
  async open(settings: EngineSettings): Promise<void> {
    makeSpoolFolders(settings);
    if (settings.masterFifos.length > 0) this.#fifo = new MasterFifo(settings.masterFifos, this.#handlers);
    for (const address of settings.stats) await this.#openStats(address, settings);
    await this.#figures.open(settings);
    this.metrics.adopt();
    this.writePidfile(settings);
    await this.#watch(settings);
  }

  /** Goes over to the settings of a reload. */
  async adopt(settings: EngineSettings): Promise<void> {
    await this.#attempt(() => makeSpoolFolders(settings));
    await this.#attempt(async () => this.#adoptStats(settings));
    await this.#attempt(async () => this.#watch(settings));
    await this.#attempt(async () => this.commons.adopt(settings.commons));
    await this.#attempt(async () => this.#figures.adopt(settings));
    await this.#attempt(() => this.metrics.adopt());
    await this.#attempt(async () => this.#adoptFifo(settings));
    await this.#attempt(async () => {
      if (settings.pidfile !== this.#pidfile) this.writePidfile(settings);
    });
  }

  writePidfile(settings: EngineSettings): void {
    if (this.#pidfile !== null && this.#pidfile !== settings.pidfile) removePidfile(this.#pidfile);
    this.#pidfile = settings.pidfile;
    if (settings.pidfile !== null) writePidfile(settings.pidfile);
  }

  /** Called once a cycle. */
  tick(): void {
    this.#fifo?.tick();
    void this.#look();
  }

  dispose(vacuum: boolean): void {
    this.commons.dispose();
    for (const server of this.#stats) server.dispose();
    this.#stats = [];
    this.#figures.dispose();
    this.metrics.dispose();
    this.#fifo?.dispose(vacuum);
    this.#fifo = null;
    if (vacuum && this.#pidfile !== null) removePidfile(this.#pidfile);
  }

  async #look(): Promise<void> {
    for (const touch of await this.#touch.look()) this.#handlers.touched(touch);
  }

  async #watch(settings: EngineSettings): Promise<void> {
    await this.#touch.watch(settings.touches);
  }

  async #adoptStats(settings: EngineSettings): Promise<void> {
    const wanted = new Map(settings.stats.map((address) => [formatAddress(address), address]));
    for (const server of this.#stats) {
      if (!wanted.delete(formatAddress(server.address))) server.dispose();
    }
    const kept = new Set(settings.stats.map(formatAddress));
    this.#stats = this.#stats.filter((server) => kept.has(formatAddress(server.address)));
    for (const address of wanted.values()) await this.#openStats(address, settings);
  }

  async #openStats(address: SocketAddress, { chmodSocket }: EngineSettings): Promise<void> {
    this.#stats.push(await StatsServer.open(address, chmodSocket, this.#handlers.stats));
  }

  #adoptFifo({ masterFifos, vacuum }: EngineSettings): void {
    if (this.#fifo !== null) this.#fifo.adopt(masterFifos, vacuum);
    else if (masterFifos.length > 0) this.#fifo = new MasterFifo(masterFifos, this.#handlers);
  }

  async #attempt(change: () => Promise<void> | void): Promise<void> {
    try {
      await change();
    } catch (error) {
      this.#handlers.log(`*** ${error instanceof EngineError ? formatEngineError(error) : String(error)} ***`);
    }
  }
}
