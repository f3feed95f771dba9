/**
 * Who looks at an emperor: all of it first, then with each poll the rows that are others than before, as there may be a
 * thousand vassals. Nothing is made for nobody.
 */
import type { Emperor, VassalRow } from '../../contract/emperor-model.ts';
import type { Connection } from '../../rpc/server.ts';
import type { Instance } from '../instances/instance.ts';
import type { Clock } from '../ports.ts';
import { emperorTree } from './emperor-tree.ts';

export interface EmperorFeedsOptions {
  clock: Clock;
  all: () => Instance[];
}

interface Feed {
  readonly connections: Set<Connection>;
  /** Rows as every connection has them, by key. */
  sent: Map<string, string>;
  stop: () => void;
}

export class EmperorFeeds {
  readonly #options: EmperorFeedsOptions;
  readonly #feeds = new Map<string, Feed>();

  constructor(options: EmperorFeedsOptions) {
    this.#options = options;
  }

  /** null: it has not answered yet, or is no emperor. */
  watch(instance: Instance, connection: Connection): Emperor | null {
    const feed = this.#feeds.get(instance.id) ?? this.#open(instance);
    // Those who look already have what is sent now; the new one gets all of it.
    this.#tell(instance, feed, this.#options.clock.now());
    feed.connections.add(connection);
    const emperor = emperorTree(instance, this.#options.all(), this.#options.clock.now());
    feed.sent = new Map((emperor?.vassals ?? []).map((row) => [row.key, JSON.stringify(row)]));
    return emperor;
  }

  unwatch(instanceId: string, connection: Connection): void {
    const feed = this.#feeds.get(instanceId);
    if (feed?.connections.delete(connection) === true && feed.connections.size === 0) this.forget(instanceId);
  }

  closed(connection: Connection): void {
    for (const id of this.#feeds.keys()) this.unwatch(id, connection);
  }

  /** The instance was removed, or nobody looks any more. */
  forget(instanceId: string): void {
    this.#feeds.get(instanceId)?.stop();
    this.#feeds.delete(instanceId);
  }

  dispose(): void {
    for (const id of this.#feeds.keys()) this.forget(id);
  }

  #open(instance: Instance): Feed {
    const feed: Feed = {
      connections: new Set(),
      sent: new Map(),
      stop: instance.listen({ onDocument: (_, atMs) => this.#tell(instance, feed, atMs) }),
    };
    this.#feeds.set(instance.id, feed);
    return feed;
  }

  #tell(instance: Instance, feed: Feed, atMs: number): void {
    if (feed.connections.size === 0) return;
    const emperor = emperorTree(instance, this.#options.all(), atMs);
    if (emperor === null) return;
    const changed: VassalRow[] = [];
    const sent = new Map<string, string>();
    for (const row of emperor.vassals) {
      const text = JSON.stringify(row);
      sent.set(row.key, text);
      if (feed.sent.get(row.key) !== text) changed.push(row);
    }
    const isSameOrder = sameKeys([...feed.sent.keys()], [...sent.keys()]);
    feed.sent = sent;
    const order = isSameOrder ? null : emperor.vassals.map(({ key }) => key);
    for (const connection of feed.connections) {
      connection.emit('emperor.changed', { instanceId: instance.id, head: emperor.head, changed, order });
    }
  }
}

function sameKeys(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((key, i) => key === b[i]);
}
