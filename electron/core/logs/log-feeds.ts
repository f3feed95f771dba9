/**
 * Who follows which log. A source that nobody follows is not read: after a short grace, for those who only change the
 * page, its tail is ended and its lines are forgotten.
 */
import type { LogLine, RevealedLine } from '../../contract/logs-model.ts';
import type { Connection } from '../../rpc/server.ts';
import { CoreError } from '../errors.ts';
import type { Instance } from '../instances/instance.ts';
import type { Clock } from '../ports.ts';
import { CommandTail } from './command-tail.ts';
import { dockerSource } from './docker-source.ts';
import { FileTail } from './file-tail.ts';
import { journalSource } from './journal-source.ts';
import { LogFeed } from './log-feed.ts';
import { compileLogFormat } from './log-format.ts';
import type { LogRing } from './log-ring.ts';
import { parseSourceId, type SourceName } from './log-source-id.ts';
import type { LogTail, TailSink } from './log-tail.ts';

const GRACE_MS = 10_000;
/** Bytes before the end of a file for each line that is asked for: more than most lines have. */
const BYTES_A_LINE = 300;
const MOST_BACK_BYTES = 1_000_000;

interface Followed {
  connection: Connection;
  instanceId: string;
  key: string;
}

export class LogFeeds {
  readonly #clock: Clock;
  readonly #showsSecrets: boolean;
  readonly #feeds = new Map<string, LogFeed>();
  readonly #graces = new Map<string, () => void>();
  #followed: Followed[] = [];

  constructor(clock: Clock, showsSecrets = false) {
    this.#clock = clock;
    this.#showsSecrets = showsSecrets;
  }

  /** Throws `log-source` when it is none. */
  async follow(instance: Instance, source: string, most: number, connection: Connection): Promise<LogFeed> {
    const key = `${instance.id} ${source}`;
    const known = this.#feeds.get(key);
    const feed = known ?? this.#open(instance, source, most);
    this.#feeds.set(key, feed);
    this.#graces.get(key)?.();
    this.#graces.delete(key);
    this.unfollow(instance.id, connection, key);
    feed.follow(connection);
    this.#followed.push({ connection, instanceId: instance.id, key });
    await feed.untilBegun();
    return feed;
  }

  /** `except`: a feed that goes on being followed. */
  unfollow(instanceId: string, connection: Connection, except: string | null = null): void {
    this.#drop((one) => one.instanceId === instanceId && one.connection === connection, except);
  }

  closed(connection: Connection): void {
    this.#drop((one) => one.connection === connection, null);
  }

  /** The newest lines of a source that is followed; of the engine always. */
  read(instance: Instance, source: string, most: number): LogLine[] {
    return this.#ringOf(instance, source)?.read(most) ?? [];
  }

  /** Its lines after `sinceSeq` that have secrets, with them. */
  reveal(instance: Instance, source: string, sinceSeq: number): RevealedLine[] {
    return this.#ringOf(instance, source)?.reveal(sinceSeq) ?? [];
  }

  forget(instanceId: string): void {
    this.#followed = this.#followed.filter((one) => one.instanceId !== instanceId);
    for (const key of this.#feeds.keys()) if (key.startsWith(`${instanceId} `)) this.#end(key);
  }

  dispose(): void {
    for (const key of this.#feeds.keys()) this.#end(key);
    this.#followed = [];
  }

  #ringOf(instance: Instance, source: string): LogRing | null {
    if (source === 'engine') return instance.runner?.log ?? null;
    return this.#feeds.get(`${instance.id} ${source}`)?.ring ?? null;
  }

  #open(instance: Instance, source: string, most: number): LogFeed {
    const name = parseSourceId(source);
    if (name === null) throw new CoreError('log-source', { source: source.slice(0, 200) });
    const format = instance.config?.logFormat ?? null;
    const ring = name.type === 'engine' ? instance.runner?.log : undefined;
    if (name.type === 'engine' && ring === undefined)
      throw new CoreError('log-no-engine', { name: instance.record.name });
    return new LogFeed({
      instanceId: instance.id,
      source,
      clock: this.#clock,
      showsSecrets: this.#showsSecrets,
      parser: format === null ? null : compileLogFormat(format),
      ...(ring === undefined ? {} : { ring }),
      openTail: (sink, feed) => this.#openTail(instance, name, most, sink, feed),
    });
  }

  #openTail(instance: Instance, name: SourceName, most: number, sink: TailSink, feed: LogFeed): LogTail {
    const common = { machine: instance.machine, clock: this.#clock, sink };
    switch (name.type) {
      case 'engine':
        sink.onFollowing();
        return { dispose: instance.listen({ onLines: (lines) => feed.tell(lines) }) };
      case 'file':
        return new FileTail({ ...common, path: name.path, backBytes: Math.min(most * BYTES_A_LINE, MOST_BACK_BYTES) });
      case 'journal':
        return new CommandTail({ ...common, source: journalSource(name.unit, most) });
      case 'docker':
        return new CommandTail({ ...common, source: dockerSource(name.container, most) });
    }
  }

  #drop(which: (one: Followed) => boolean, except: string | null): void {
    const [gone, kept] = [this.#followed.filter(which), this.#followed.filter((one) => !which(one))];
    this.#followed = kept;
    for (const { key, connection } of gone) {
      if (key === except) continue;
      const feed = this.#feeds.get(key);
      feed?.unfollow(connection);
      if (feed?.followerCount === 0 && !this.#graces.has(key)) {
        this.#graces.set(
          key,
          this.#clock.setTimer(() => this.#end(key), GRACE_MS),
        );
      }
    }
  }

  #end(key: string): void {
    this.#graces.get(key)?.();
    this.#graces.delete(key);
    this.#feeds.get(key)?.dispose();
    this.#feeds.delete(key);
  }
}
