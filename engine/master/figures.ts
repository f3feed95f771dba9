/** Statistics beside the stats addresses: the endpoints of `prometheus` and the senders of `stats-push`. */
import { formatAddress } from '../config/address.ts';
import type { EngineSettings } from '../config/settings.ts';
import type { MetricsServer } from './metrics-server.ts';
import { type PushSource, StatsPush } from './stats-push.ts';

export interface FiguresSource extends PushSource {
  settings: () => EngineSettings;
}

export class Figures {
  readonly #source: FiguresSource;
  #servers: MetricsServer[] = [];
  #pushes: StatsPush[] = [];
  #pushed = '';

  constructor(source: FiguresSource) {
    this.#source = source;
  }

  /** Throws EngineError; `dispose` then takes back what was opened. */
  async open(settings: EngineSettings): Promise<void> {
    for (const address of settings.statistics.prometheus) {
      // It brings node:http with it: 4 MB that most engines have no use for.
      const server = await import('./metrics-server.ts');
      this.#servers.push(
        await server.MetricsServer.open(address, {
          document: this.#source.document,
          statsUri: () => statsUri(this.#source.settings()),
          noCores: () => this.#source.settings().statsNoCores,
        }),
      );
    }
    this.#startPushes(settings);
  }

  /** Goes over to the settings of a reload. Throws EngineError when an address can not be had. */
  async adopt(settings: EngineSettings): Promise<void> {
    const { prometheus } = settings.statistics;
    const wanted = new Set(prometheus.map(formatAddress));
    for (const server of this.#servers) if (!wanted.has(formatAddress(server.address))) server.dispose();
    const kept = this.#servers.filter((server) => wanted.has(formatAddress(server.address)));
    const present = new Set(kept.map((server) => formatAddress(server.address)));
    const added = prometheus.filter((address) => !present.has(formatAddress(address)));
    this.#servers = kept;
    await this.open({ ...settings, statistics: { ...settings.statistics, prometheus: added } });
  }

  dispose(): void {
    for (const server of this.#servers) server.dispose();
    for (const push of this.#pushes) push.dispose();
    this.#servers = [];
    this.#pushes = [];
  }

  #startPushes({ statistics: { pushes, pushSeconds } }: EngineSettings): void {
    const written = JSON.stringify([pushes, pushSeconds]);
    if (written === this.#pushed) return;
    for (const push of this.#pushes) push.dispose();
    this.#pushes = pushes.map((setting) => new StatsPush(setting, pushSeconds, this.#source));
    this.#pushed = written;
  }
}

/** How the exporter names an instance: by its first stats address. */
function statsUri({ stats, statistics, statsHttp }: EngineSettings): string {
  const [address] = [...stats, ...statistics.prometheus];
  if (address === undefined) return '';
  if (address.type === 'tcp') return `${stats.length > 0 && !statsHttp ? 'tcp' : 'http'}://${formatAddress(address)}`;
  return `unix://${formatAddress(address)}`;
}
