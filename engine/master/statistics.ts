/** The stats document in its forms: as it is, as text for the stats servers, as lines for the log. */
import { formatStats, STATS_HTTP_HEAD } from '../api/format-stats.ts';
import type { StatsDocument } from '../api/stats.ts';
import type { EngineSettings } from '../config/settings.ts';
import { statisticsLines } from './reports.ts';
import { buildStats, type StatsSources } from './stats-view.ts';

export interface StatisticsHost {
  sources: () => StatsSources;
  /** The configuration in effect. */
  settings: () => EngineSettings;
  /** Adds the metrics that are shown. */
  addMetrics: (document: StatsDocument) => StatsDocument;
}

export class Statistics {
  readonly #host: StatisticsHost;

  constructor(host: StatisticsHost) {
    this.#host = host;
  }

  document(): StatsDocument {
    return buildStats(this.#host.sources());
  }

  text(): string {
    const { statsMinified, statsNoCores } = this.#host.settings();
    return formatStats(this.#host.addMetrics(this.document()), { minified: statsMinified, noCores: statsNoCores });
  }

  /** What a stats server answers. */
  render(): string {
    return (this.#host.settings().statsHttp ? STATS_HTTP_HEAD : '') + this.text();
  }

  lines(): string[] {
    return statisticsLines(this.document(), this.#host.settings());
  }
}
