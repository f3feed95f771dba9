/**
 * A ConfigHost for a machine that can only be asked asynchronously. Reading a configuration is synchronous and pure, so
 * it is done with what is known so far; what it asked for beyond that is fetched in one go, and it is read again, until
 * nothing is missing.
 */
import { ALL_READERS } from '../../../engine/config/formats/all-readers.ts';
import { type ConfigHost, type ReadResult, resolvePath } from '../../../engine/config/host.ts';
import { hostFacts } from '../../../engine/config/host-facts.ts';
import type { ConfigHostOptions } from '../config/node-config-host.ts';
import { CoreError } from '../errors.ts';

export type Asked = { type: 'stat' | 'read' | 'list' | 'real'; path: string };

export type Stat = { kind: 'file' | 'folder' | 'other'; inode: string; mode: number } | null;

export interface Snapshot {
  stat(path: string): Promise<Stat>;
  read(path: string): Promise<ReadResult>;
  list(path: string): Promise<string[]>;
  real(path: string): Promise<string | null>;
  facts(): Promise<MachineFacts>;
}

/** Who reads there, and where. */
export type MachineFacts = Pick<ConfigHost, 'hostname' | 'cpus' | 'uid' | 'user' | 'gid' | 'group'>;

/** A configuration that includes another that includes another: deeper than this it is a loop. */
const MOST_ROUNDS = 60;

/** Throws `ssh-…` when the machine does not answer. */
export async function readFromSnapshot<T>(
  machine: Snapshot,
  options: ConfigHostOptions,
  read: (host: ConfigHost) => T,
): Promise<T> {
  const facts = await machine.facts();
  const known = new Known();
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    const outcome = attempt(read, knownHost(known, facts, options));
    const missing = known.takeMissing();
    if (missing.length === 0) {
      if (outcome.ok) return outcome.value;
      throw outcome.error;
    }
    await Promise.all(missing.map(async (asked) => known.fetch(machine, asked)));
  }
  throw new CoreError('config-unreadable', { path: options.cwd, reason: 'it asks for more and more files' });
}

/** What `read` throws while something is missing may come from just that. */
function attempt<T>(
  read: (host: ConfigHost) => T,
  host: ConfigHost,
): { ok: true; value: T } | { ok: false; error: unknown } {
  try {
    return { ok: true, value: read(host) };
  } catch (error) {
    return { ok: false, error };
  }
}

class Known {
  readonly stats = new Map<string, Stat>();
  readonly reads = new Map<string, ReadResult>();
  readonly lists = new Map<string, string[]>();
  readonly reals = new Map<string, string | null>();
  readonly #missing = new Map<string, Asked>();

  miss(type: Asked['type'], path: string): void {
    this.#missing.set(`${type} ${path}`, { type, path });
  }

  takeMissing(): Asked[] {
    const missing = [...this.#missing.values()];
    this.#missing.clear();
    return missing;
  }

  async fetch(machine: Snapshot, { type, path }: Asked): Promise<void> {
    switch (type) {
      case 'stat':
        this.stats.set(path, await machine.stat(path));
        break;
      case 'read':
        this.reads.set(path, await machine.read(path));
        break;
      case 'list':
        this.lists.set(path, await machine.list(path));
        break;
      case 'real':
        this.reals.set(path, await machine.real(path));
        break;
    }
  }
}

function knownHost(known: Known, facts: MachineFacts, options: ConfigHostOptions): ConfigHost {
  const { cwd, env, override } = options;
  const statOf = (path: string): Stat => lookUp(known, 'stat', known.stats, path, null);
  const readOf = (path: string): ReadResult =>
    lookUp(known, 'read', known.reads, path, { ok: false, reason: 'not found' });
  const full = (path: string): string => resolvePath(cwd, path);
  return {
    readFile: (path) => {
      const resolved = full(path);
      if (resolved === override?.path) return { ok: true, bytes: Buffer.from(override.text) };
      return readOf(resolved);
    },
    readStdin: () => ({ ok: false, reason: 'failed' }),
    kindOf: (path) => statOf(full(path))?.kind ?? null,
    realFolder: (path) => lookUp(known, 'real', known.reals, full(path), null),
    list: (path) => lookUp(known, 'list', known.lists, full(path), []),
    inode: (path) => statOf(full(path))?.inode ?? null,
    env,
    cwd,
    readers: ALL_READERS,
    ...facts,
    binaryPath: options.binaryPath,
    version: options.version,
    reloading: false,
    nowMicros: () => Date.now() * 1000,
    ...factsFor(options, statOf, readOf),
  };
}

function lookUp<V>(known: Known, type: Asked['type'], values: ReadonlyMap<string, V>, path: string, unknown: V): V {
  const value = values.get(path);
  if (value !== undefined) return value;
  known.miss(type, path);
  return unknown;
}

function factsFor(
  { env, machine }: ConfigHostOptions,
  statOf: (path: string) => Stat,
  readOf: (path: string) => ReadResult,
): Pick<ConfigHost, 'facts'> {
  if (machine === null) return {};
  const there = hostFacts({
    env,
    readText: (path) => {
      const read = readOf(path);
      return read.ok ? Buffer.from(read.bytes).toString('utf8') : null;
    },
    exists: (path) => statOf(path) !== null,
    modeOf: (path) => statOf(path)?.mode ?? null,
  });
  if (machine === undefined) return { facts: there };
  return {
    facts: {
      get maxBacklog() {
        return there.maxBacklog;
      },
      get supervisor() {
        return there.supervisor === 'container' ? there.supervisor : machine.supervisor;
      },
      isWorldWritable: (folder) => there.isWorldWritable(folder),
    },
  };
}
