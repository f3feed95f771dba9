/**
 * `prometheus = ADDR`: an HTTP server with one page, /metrics. Clients are few and bounded, and none of them can hold
 * anything up: a head that does not come and an answer that is not read end the connection.
 */
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { formatMetrics, METRICS_CONTENT_TYPE, MetricCounters } from '../api/format-metrics.ts';
import type { StatsDocument } from '../api/stats.ts';
import type { SocketAddress } from '../config/settings.ts';
import { nodeHttp } from '../node-http.ts';
import { listenOn } from './listen-on.ts';

export interface MetricsSource {
  document: () => StatsDocument;
  /** The instance's name in the label `stats_uri`. */
  statsUri: () => string;
  noCores: () => boolean;
}

const MAX_CLIENTS = 64;
const HEAD_MS = 5000;
const IDLE_MS = 30_000;
const DEADLINE_MS = 10_000;

export class MetricsServer {
  readonly address: SocketAddress;
  readonly #server: Server;
  readonly #source: MetricsSource;
  readonly #counters = new MetricCounters();
  #scrapes = 0;
  #scrapeSeconds = 0;

  private constructor(address: SocketAddress, server: Server, source: MetricsSource) {
    this.address = address;
    this.#server = server;
    this.#source = source;
    server.on('request', (request, response) => this.#answer(request, response));
  }

  /** Throws EngineError when the address can not be had. */
  static async open(address: SocketAddress, source: MetricsSource): Promise<MetricsServer> {
    const server = nodeHttp().createServer({
      headersTimeout: HEAD_MS,
      requestTimeout: HEAD_MS,
      keepAliveTimeout: IDLE_MS,
    });
    server.maxConnections = MAX_CLIENTS;
    server.timeout = DEADLINE_MS;
    await listenOn(server, address);
    return new MetricsServer(address, server, source);
  }

  dispose(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    request.resume();
    const path = (request.url ?? '').replace(/\?.*$/, '');
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      this.#send(response, 405, 'only GET is answered here\n', { Allow: 'GET, HEAD' });
    } else if (path !== '/metrics') {
      this.#send(response, 404, 'the metrics are at /metrics\n', {});
    } else {
      this.#send(response, 200, this.#render(), { 'Content-Type': METRICS_CONTENT_TYPE });
    }
  }

  #send(response: ServerResponse, status: number, text: string, headers: Record<string, string>): void {
    const length = Buffer.byteLength(text);
    response.writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8', 'Content-Length': length, ...headers });
    response.end(text);
  }

  #render(): string {
    const startedMs = performance.now();
    const text = formatMetrics(this.#source.document(), {
      counters: this.#counters,
      statsUri: this.#source.statsUri(),
      scrapes: ++this.#scrapes,
      scrapeSeconds: this.#scrapeSeconds,
      noCores: this.#source.noCores(),
    });
    this.#scrapeSeconds += (performance.now() - startedMs) / 1000;
    return text;
  }
}
