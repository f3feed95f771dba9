/**
 * Fills the history of configuration files: a version at each save, another one whenever a server's files are read and
 * say something new, and what the reload after it came to. One piece of work at a time for each file, so that a save is
 * never taken for the work of another program.
 */
import { hostname } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { summaryWords } from '../../../engine/config/change-words.ts';
import { compareEffective } from '../../../engine/config/semantic-diff.ts';
import type { FileVersion } from '../../contract/model.ts';
import type { ReloadRun } from '../../contract/reload-model.ts';
import { currentUser } from '../current-user.ts';
import type { ConfigHistory } from '../history/config-history.ts';
import type { Instance } from '../instances/instance.ts';
import type { FileAccess } from '../machine/file-saver.ts';
import type { Machine } from '../machine/machine.ts';
import type { Ports } from '../ports.ts';
import { sshAddress } from '../stats/target.ts';
import { Turns } from '../turns.ts';
import { type ConfigText, makeConfigText, readConfigText, type SaveOutcome, saveConfigText } from './config-files.ts';
import { readingOf, readingOfFile, readOptions } from './option-reading.ts';

/** Reloads that renew workers only: the master goes on with the configuration it has. */
const WITHOUT_FILES: ReadonlySet<string> = new Set(['fifo-chain', 'fifo-workers', 'touch-chain', 'touch-workers']);

export class ConfigVersions {
  readonly history: ConfigHistory;
  readonly #ports: Ports;
  readonly #turns = new Turns();
  readonly #running = new Set<Promise<void>>();
  /** Engines by instance, and when each was spawned. */
  readonly #spawned = new Map<string, { pid: number; atMs: number; hasServed: boolean }>();
  /** Of each file as it was read last, for the case that it is removed. */
  readonly #accesses = new Map<string, FileAccess>();
  #isDisposed = false;

  constructor(history: ConfigHistory, ports: Ports) {
    this.history = history;
    this.#ports = ports;
  }

  /** The configuration of the instance was read: keeps what its files say. */
  follow(instance: Instance): void {
    const files = instance.config?.files ?? [];
    if (files.length === 0) return;
    const work = this.noteDisk(instance, files).finally(() => this.#running.delete(work));
    this.#running.add(work);
  }

  /** Keeps what these files say now; those that can't be read are left out. */
  async noteDisk(instance: Instance, paths: readonly string[]): Promise<void> {
    const { machine } = instance;
    await Promise.all(
      paths.map(async (path) => {
        const place = await placeOf(machine, path);
        await this.#turns.take(place, async () => {
          if (this.#isDisposed) return;
          const file = await readConfigText(machine, path).catch(() => null);
          if (file !== null) await this.#note(instance, file, place, 'seen');
        });
      }),
    );
  }

  /** Saves, and keeps both what was there and what is there then. Throws as saveConfigText does. */
  async save(instance: Instance, path: string, text: string, base: FileVersion): Promise<SaveOutcome> {
    return this.#keeping(instance, path, async () => saveConfigText(instance.machine, path, text, base));
  }

  /** Makes a file anew that is gone, for whom it was when it was read last. Throws as makeConfigText does. */
  async makeAnew(instance: Instance, path: string, text: string): Promise<SaveOutcome> {
    return this.#keeping(instance, path, async (place) =>
      makeConfigText(instance.machine, path, text, this.#accesses.get(place) ?? null),
    );
  }

  async #keeping(
    instance: Instance,
    path: string,
    write: (place: string) => Promise<SaveOutcome>,
  ): Promise<SaveOutcome> {
    const place = await placeOf(instance.machine, path);
    return this.#turns.take(place, async () => {
      const before = await readConfigText(instance.machine, path).catch(() => null);
      if (before !== null) await this.#note(instance, before, place, 'seen');
      const outcome = await write(place);
      if (outcome.status === 'saved') await this.#note(instance, outcome.file, place, 'saved');
      return outcome;
    });
  }

  noteReload(run: ReloadRun): void {
    if (run.phase !== 'finished' || run.verdict === null) return;
    const { status, title } = run.verdict;
    const readsFiles = !WITHOUT_FILES.has(run.method.id);
    this.history.noteLoad(run.instanceId, {
      atMs: run.startedAtMs,
      kind: 'reload',
      status: status === 'died' ? 'failed' : status,
      title,
      reloadId: run.id,
      readsFiles,
    });
  }

  /** An engine of the console's was spawned, and reads its files then; or it has failed. */
  noteEngine(instance: Instance): void {
    const state = instance.runner?.state;
    if (state === undefined || state.status === 'stopped') {
      this.#spawned.delete(instance.id);
      return;
    }
    const known = this.#spawned.get(instance.id);
    const { pid } = state;
    const fresh = pid !== null && known?.pid !== pid ? { pid, atMs: this.#ports.clock.now(), hasServed: false } : null;
    const spawned = fresh ?? known;
    if (spawned === undefined) return;
    if (state.status === 'running') spawned.hasServed = true;
    // One that failed later has read its files all the same.
    const failed = state.status === 'failed' && !spawned.hasServed;
    if (fresh === null && !failed) return;
    this.#spawned.set(instance.id, spawned);
    this.history.noteLoad(instance.id, {
      atMs: spawned.atMs,
      kind: 'start',
      status: failed ? 'failed' : 'done',
      title: failed ? 'It did not start.' : 'Started with it.',
      reloadId: null,
      readsFiles: true,
    });
  }

  async dispose(): Promise<void> {
    this.#isDisposed = true;
    await Promise.all(this.#running);
    await this.#turns.idle();
    this.history.dispose();
  }

  async #note(instance: Instance, file: ConfigText, place: string, kind: 'saved' | 'seen'): Promise<void> {
    this.#accesses.set(place, file.access);
    const { path, text } = file;
    const { mtimeMs, sha256 } = file.version;
    if (this.history.versions(place)[0]?.sha256 === sha256) return;
    const who = kind === 'saved' ? `${currentUser().name} on ${hostname()}` : null;
    const before = this.history.newestText(place);
    const summary = before === null ? null : await this.#summarise(instance, path, before, text);
    const atMs = this.#ports.clock.now();
    this.history.note({ path: place, instanceId: instance.id, atMs, mtimeMs, text, kind, who, summary });
  }

  /** What a text changes, as far as its server's other files can be read. */
  async #summarise(instance: Instance, path: string, before: string, after: string): Promise<string> {
    const ports = this.#ports;
    const optionsOf = async (content: string) => {
      const reading = await readingOf(instance, ports).catch(() => readingOfFile(instance.machine, path, ports));
      return (await readOptions(reading, new Map([[path, content]]))).options;
    };
    try {
      const [old, now] = await Promise.all([optionsOf(before), optionsOf(after)]);
      return summaryWords(compareEffective(old, now), before, after);
    } catch {
      // A link that was lost after the save is no reason to lose the version.
      return 'changed';
    }
  }
}

/** The name under which versions of a file are kept: its machine, and its folder with links followed. */
export async function placeOf(machine: Machine, path: string): Promise<string> {
  const folder = await machine.files.realPath(dirname(path)).catch(() => dirname(path));
  return sshAddress(machine.id, join(folder, basename(path)));
}
