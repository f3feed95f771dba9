/**
 * Who looks at what runs beside requests: told with each poll, and nothing is made of the document for nobody. Rates
 * begin with the first look, and are kept for a moment for those who only change the page.
 */
import type { StatsDocument } from '../../../engine/api/stats.ts';
import type { Background } from '../../contract/background-model.ts';
import type { Connection } from '../../rpc/server.ts';
import { clockAheadMs } from '../config/machine-clock.ts';
import type { Instance } from '../instances/instance.ts';
import type { Machine } from '../machine/machine.ts';
import type { Clock } from '../ports.ts';
import { makeBackground } from './background-view.ts';
import { CounterRates } from './counter-rates.ts';

const GRACE_MS = 20_000;

interface Feed {
  readonly connections: Set<Connection>;
  readonly rates: CounterRates;
  aheadMs: number;
  zoneAheadMs: number;
  stop: () => void;
  cancelGrace: (() => void) | null;
}

export class BackgroundFeeds {
  readonly #clock: Clock;
  readonly #feeds = new Map<string, Feed>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** null: the server has not answered yet. */
  watch(instance: Instance, connection: Connection): Background | null {
    const feed = this.#feeds.get(instance.id) ?? this.#open(instance);
    feed.cancelGrace?.();
    feed.cancelGrace = null;
    feed.connections.add(connection);
    const { document, figures } = instance.monitor;
    return document === null ? null : view(instance, feed, document, figures?.atMs ?? this.#clock.now());
  }

  unwatch(instanceId: string, connection: Connection): void {
    const feed = this.#feeds.get(instanceId);
    if (feed?.connections.delete(connection) !== true || feed.connections.size > 0) return;
    feed.cancelGrace = this.#clock.setTimer(() => this.forget(instanceId), GRACE_MS);
  }

  closed(connection: Connection): void {
    for (const id of this.#feeds.keys()) this.unwatch(id, connection);
  }

  /** The instance was removed, or nobody looks any more. */
  forget(instanceId: string): void {
    const feed = this.#feeds.get(instanceId);
    feed?.stop();
    feed?.cancelGrace?.();
    this.#feeds.delete(instanceId);
  }

  dispose(): void {
    for (const id of this.#feeds.keys()) this.forget(id);
  }

  #open(instance: Instance): Feed {
    const rates = new CounterRates();
    const feed: Feed = {
      connections: new Set(),
      rates,
      aheadMs: 0,
      zoneAheadMs: 0,
      stop: instance.listen({
        onDocument: (document, atMs) => {
          rates.see(document, atMs);
          if (feed.connections.size === 0) return;
          const background = view(instance, feed, document, atMs);
          for (const connection of feed.connections) {
            connection.emit('background.changed', { instanceId: instance.id, background });
          }
        },
      }),
      cancelGrace: null,
    };
    this.#feeds.set(instance.id, feed);
    void learnClock(instance.machine, feed);
    return feed;
  }
}

function view(instance: Instance, feed: Feed, document: StatsDocument, atMs: number): Background {
  const { rates, aheadMs, zoneAheadMs } = feed;
  const { config, cronRuns } = instance;
  const options = config?.background ?? null;
  return makeBackground(document, { options, rates, cronRuns, atMs, aheadMs, zoneAheadMs });
}

/** Where it can't be asked, its times are taken for ours. */
async function learnClock(machine: Machine, feed: Feed): Promise<void> {
  if (machine.isLocal) return;
  const zone = machine.run(['date', '+%z'], { deadlineMs: 5_000, mostBytes: 1_000 }).catch(() => null);
  feed.aheadMs = await clockAheadMs(machine);
  const offsetMs = parseZone((await zone)?.stdout.toString('latin1') ?? '');
  if (offsetMs !== null) feed.zoneAheadMs = offsetMs + new Date().getTimezoneOffset() * 60_000;
}

/** `+0530` in milliseconds east of UTC. */
function parseZone(text: string): number | null {
  const [, sign, hours, minutes] = /^([+-])(\d\d)(\d\d)\s*$/.exec(text) ?? [];
  if (hours === undefined || minutes === undefined) return null;
  return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * 60_000;
}
