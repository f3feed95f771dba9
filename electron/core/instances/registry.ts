/**
 * All instances: made from what was kept, found by id, and told to every page in batches of what changed.
 */
import type { EventPayload } from '../../contract/api.ts';
import type { Status } from '../../contract/model.ts';
import { CoreError, toErrorData } from '../errors.ts';
import type { DocumentStore } from '../files/document-store.ts';
import type { History } from '../history/history-db.ts';
import type { Machines } from '../machine/machines.ts';
import type { Clock } from '../ports.ts';
import { Instance } from './instance.ts';
import type { InstanceRecord, InstancesFile } from './record.ts';
import { SentRows } from './sent-rows.ts';

export interface RegistryOptions {
  clock: Clock;
  homeFolder: string;
  history: History;
  machines: Machines;
  /** Whether one of these tags makes an instance read-only. */
  isReadOnly: (tags: readonly string[]) => boolean;
  store: DocumentStore<InstancesFile>;
  /** The configuration of an instance was read. */
  onConfig: (instance: Instance) => void;
  /** Whether a page is connected: rows are made for somebody. */
  isHeard: () => boolean;
  emitChanged: (payload: EventPayload<'instances.changed'>) => void;
  onTrouble: (text: string) => void;
}

const BATCH_MS = 100;
/** Figures of many come together, so that a page draws once for all of them. */
const LONGEST_FIGURES_BATCH_MS = 1_000;
const FIGURES_BATCH_MS_PER_INSTANCE = 20;

export class Registry {
  readonly #options: RegistryOptions;
  readonly #instances = new Map<string, Instance>();
  readonly #changed = new Set<Instance>();
  #removed: string[] = [];
  #batch: { atMs: number; cancel: () => void } | null = null;
  readonly #sent = new SentRows();
  #seq = 0;

  constructor(options: RegistryOptions) {
    this.#options = options;
    for (const record of options.store.value.instances) this.#make(record);
  }

  all(): Instance[] {
    return [...this.#instances.values()];
  }

  /** Throws `instance-unknown`. */
  get(id: string): Instance {
    const instance = this.#instances.get(id);
    if (instance === undefined) throw new CoreError('instance-unknown', { id });
    return instance;
  }

  find(predicate: (record: InstanceRecord) => boolean): Instance | null {
    return this.all().find((instance) => predicate(instance.record)) ?? null;
  }

  add(record: InstanceRecord): Instance {
    const instance = this.#make(record);
    this.#persist();
    this.#markChanged(instance);
    return instance;
  }

  /** What their rows are made from is another than before. */
  markAllChanged(): void {
    for (const instance of this.all()) this.#markChanged(instance);
  }

  async remove(id: string): Promise<void> {
    const instance = this.get(id);
    await instance.dispose();
    this.#instances.delete(id);
    this.#changed.delete(instance);
    this.#removed.push(id);
    this.#options.history.forget(id);
    this.#persist();
    this.#schedule();
  }

  /** A name that no instance has yet: `hello`, `hello 2`. */
  freeName(wanted: string): string {
    const names = new Set(this.all().map((instance) => instance.record.name));
    let name = wanted;
    for (let i = 2; names.has(name); i += 1) name = `${wanted} ${i}`;
    return name;
  }

  snapshot(): { seq: number; instances: ReturnType<Instance['row']>[]; status: Status } {
    this.flush();
    const instances = this.all().map((instance) => instance.row());
    return { seq: this.#seq, instances, status: this.status() };
  }

  status(): Status {
    const now = this.#options.clock.now();
    let up = 0;
    let down = 0;
    let enginesRunning = 0;
    let pollLagMs: number | null = null;
    let bytesPerSec = 0;
    let recordedMs = 0;
    for (const { monitor, runner } of this.#instances.values()) {
      const { status } = monitor.link;
      if (status === 'attached') up += 1;
      else if (status !== 'idle') down += 1;
      if (runner?.state.status === 'running') enginesRunning += 1;
      recordedMs = Math.max(recordedMs, monitor.ring.spanMs);
      const { tookMs, bytes, atMs } = monitor.lastPoll;
      if (now - atMs > 1_500) continue;
      pollLagMs = Math.max(pollLagMs ?? 0, tookMs);
      bytesPerSec += bytes;
    }
    return { up, down, pollLagMs, bytesPerSec, enginesRunning, recordedMs };
  }

  /** Tells at once what has changed so far. */
  flush(): void {
    this.#batch?.cancel();
    this.#batch = null;
    if (this.#changed.size === 0 && this.#removed.length === 0) return;
    this.#seq += 1;
    const changed = [...this.#changed];
    const removed = this.#removed;
    this.#changed.clear();
    this.#removed = [];
    for (const id of removed) this.#sent.forget(id);
    if (!this.#options.isHeard()) {
      this.#sent.clear();
      return;
    }
    const rows = this.#sent.split(changed.map((instance) => instance.row()));
    this.#options.emitChanged({ seq: this.#seq, ...rows, removed, status: this.status() });
  }

  async dispose(): Promise<void> {
    // Engines that stop change their rows: the timer goes after them.
    await Promise.all(this.all().map(async (instance) => instance.dispose()));
    this.#batch?.cancel();
    this.#batch = null;
  }

  #make(record: InstanceRecord): Instance {
    const { clock, homeFolder, history, machines, isReadOnly } = this.#options;
    const instance = new Instance({
      record,
      clock,
      homeFolder,
      history,
      machines,
      isReadOnly,
      onChanged: (changed) => this.#markChanged(changed),
      onFigures: (changed) => this.#markChanged(changed, this.#figuresBatchMs()),
      onConfig: (read) => this.#options.onConfig(read),
      onRecord: () => this.#persist(),
    });
    this.#instances.set(record.id, instance);
    return instance;
  }

  #markChanged(instance: Instance, withinMs = BATCH_MS): void {
    if (!this.#instances.has(instance.id)) return;
    this.#changed.add(instance);
    this.#schedule(withinMs);
  }

  #figuresBatchMs(): number {
    const wantedMs = FIGURES_BATCH_MS_PER_INSTANCE * this.#instances.size;
    return Math.min(LONGEST_FIGURES_BATCH_MS, Math.max(BATCH_MS, wantedMs));
  }

  #schedule(withinMs = BATCH_MS): void {
    const { clock } = this.#options;
    const atMs = clock.now() + withinMs;
    if (this.#batch !== null && this.#batch.atMs <= atMs) return;
    this.#batch?.cancel();
    this.#batch = { atMs, cancel: clock.setTimer(() => this.flush(), withinMs) };
  }

  #persist(): void {
    const instances = this.all().map((instance) => instance.record);
    this.#options.store.set({ version: 1, instances }).catch((error: unknown) => {
      this.#options.onTrouble(toErrorData(error).message);
    });
  }
}
