/**
 * The master's part in spoolers: makes their folders, kills a process whose task takes too long, and knows what the
 * statistics show of tasks and processes. Tasks are run by resources/runtimes/python/reeve_spooler.py.
 */
import { mkdirSync } from 'node:fs';
import type { StatsSpool, StatsSpooler } from '../api/stats.ts';
import type { SpoolerSetting } from '../config/companion-settings.ts';
import type { EngineSettings } from '../config/settings.ts';
import { EngineError } from '../errors.ts';
import { type CompanionEvent, type CompanionsState, companionKey, companionOf } from './companions.ts';
import { errorCode } from './engine-log.ts';
import { handOver, isRoot, resolveIdentity } from './identity.ts';
import { boardPath, readBoard, type SpoolBoard } from './spool-boards.ts';
import { countTasks, emptyCount, type SpoolCount, type SpoolLook } from './spool-count.ts';

export interface SpoolsHost {
  settings: () => EngineSettings;
  runFolder: () => string;
  companions: CompanionSource;
}

/** The part of CompanionProcesses that is needed here. */
export interface CompanionSource {
  readonly state: CompanionsState;
  handle: (event: CompanionEvent) => void;
}

export interface SpoolStats {
  spoolers: StatsSpooler[];
  spools: StatsSpool[];
  locks: Record<string, number>[];
}

/** A folder is counted anew no more often than so many times as long as that takes. */
const COUNT_SHARE = 20;
/** But not later than this. */
const MOST_WAIT_MS = 10_000;
const LOOK_MS = 950;
/** uWSGI makes folders with this mode, less the umask. */
const FOLDER_MODE = 0o770;

interface Counted {
  count: SpoolCount;
  isRunning: boolean;
  nextMs: number;
}

/** Makes the folders that are missing; the user of `uid` has them. Throws EngineError when one can not be made. */
export function makeSpoolFolders(settings: EngineSettings): void {
  for (const { path } of settings.spooler.folders) {
    try {
      // As uWSGI: the folder it is in has to be there.
      mkdirSync(path, { mode: FOLDER_MODE });
      const identity = isRoot() ? resolveIdentity(settings) : null;
      if (identity !== null) handOver(identity, [path]);
    } catch (error) {
      if (errorCode(error) === 'EEXIST') continue;
      const message = `The folder ${path} of 'spooler' can not be made (${errorCode(error)}).`;
      throw new EngineError('spool-folder-not-made', message, null, { cause: error });
    }
  }
}

export class Spools {
  readonly #host: SpoolsHost;
  readonly #counts = new Map<string, Counted>();
  /** Runs and failures of generations that are over, by folder. */
  readonly #before = new Map<string, { attempts: number; failures: number }>();
  #generation = 0;
  #lookedMs = 0;
  #last: { setting: SpoolerSetting; board: SpoolBoard }[] = [];

  constructor(host: SpoolsHost) {
    this.#host = host;
  }

  /** Called at least once a cycle; looks once a second. */
  tick(nowMs: number): void {
    const { spooler } = this.#host.settings();
    if (spooler.folders.length === 0 || Math.abs(nowMs - this.#lookedMs) < LOOK_MS) return;
    this.#lookedMs = nowMs;
    this.#readBoards();
    for (const { setting, board } of this.#last) {
      if (board.deadlineMs === 0 || board.startedMs === 0 || nowMs <= board.deadlineMs) continue;
      const companion = companionOf(this.#host.companions.state, setting);
      if (companion === null || companion.pid !== board.pid) continue;
      const text = `*** HARAKIRI ON THE SPOOLER (pid: ${board.pid}) ***`;
      this.#host.companions.handle({ type: 'kill', spawnId: companion.spawnId, text });
    }
    for (const { path } of spooler.folders) this.#count(path, nowMs);
  }

  stats(nowMs: number): SpoolStats {
    const { companions, spooler } = this.#host.settings();
    if (spooler.folders.length === 0) return { spoolers: [], spools: [], locks: [] };
    this.#readBoards();
    const { state } = this.#host.companions;
    const boardOf = (setting: SpoolerSetting): SpoolBoard | undefined =>
      this.#last.find((one) => one.setting === setting)?.board;
    const settings = companions.filter((setting) => setting.role === 'spooler');
    const spoolers = settings.map((setting): StatsSpooler => {
      const board = boardOf(setting);
      return {
        dir: setting.folder,
        pid: companionOf(state, setting)?.pid ?? 0,
        tasks: board?.tasks ?? 0,
        respawns: Math.max(0, (state.seats.get(companionKey(setting))?.spawns ?? 0) - 1),
        running: board !== undefined && board.startedMs !== 0 ? 1 : 0,
      };
    });
    const spools = spooler.folders.map(({ path }): StatsSpool => {
      const { due, later, failed, oldest } = this.#counts.get(path)?.count ?? emptyCount();
      const running = spoolers.filter((one) => one.dir === path && one.running === 1).length;
      const before = this.#before.get(path) ?? { attempts: 0, failures: 0 };
      const boards = this.#last.filter(({ setting }) => setting.folder === path);
      return {
        dir: path,
        waiting: Math.max(0, due - running),
        later,
        running,
        failed,
        oldest_age: oldest === null ? 0 : Math.max(0, Math.floor(nowMs / 1000 - oldest)),
        attempts: boards.reduce((sum, { board }) => sum + board.attempts, before.attempts),
        failures: boards.reduce((sum, { board }) => sum + board.failures, before.failures),
      };
    });
    return { spoolers, spools, locks: settings.map(({ folder }) => ({ [`spooler on ${folder}`]: 0 })) };
  }

  /** Boards belong to a generation: what those of the last one said is kept. */
  #readBoards(): void {
    const { generation } = this.#host.companions.state;
    if (generation !== this.#generation) {
      this.#generation = generation;
      for (const { setting, board } of this.#last) {
        const sum = this.#before.get(setting.folder) ?? { attempts: 0, failures: 0 };
        sum.attempts += board.attempts;
        sum.failures += board.failures;
        this.#before.set(setting.folder, sum);
      }
    }
    const settings = this.#host.settings().companions.filter((setting) => setting.role === 'spooler');
    this.#last = settings.flatMap((setting) => {
      const board = readBoard(boardPath(this.#host.runFolder(), generation, setting.number));
      return board === null ? [] : [{ setting, board }];
    });
  }

  #lookAt(folder: string): SpoolLook | null {
    const board = this.#last.find(({ setting }) => setting.folder === folder)?.board;
    // Nothing found: most likely it has not looked yet.
    if (board === undefined || (board.later === 0 && board.oldestMs === 0)) return null;
    return { later: board.later, oldest: board.oldestMs === 0 ? null : board.oldestMs / 1000 };
  }

  #count(folder: string, nowMs: number): void {
    const counted = this.#counts.get(folder) ?? { count: emptyCount(), isRunning: false, nextMs: 0 };
    this.#counts.set(folder, counted);
    if (counted.isRunning || nowMs < counted.nextMs) return;
    void this.#countAnew(folder, counted, nowMs);
  }

  async #countAnew(folder: string, counted: Counted, nowMs: number): Promise<void> {
    counted.isRunning = true;
    try {
      counted.count = await countTasks(folder, nowMs / 1000, this.#lookAt(folder));
    } catch {
      // It can not be read now: what was known stands.
    }
    counted.isRunning = false;
    counted.nextMs = nowMs + Math.min((Date.now() - nowMs) * COUNT_SHARE, MOST_WAIT_MS);
  }
}
