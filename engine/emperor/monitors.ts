/**
 * Where vassals come from. A monitor is asked every `emperor-freq` seconds what is there now; what is new, changed or
 * gone is for vassals.ts to find out. Folders and patterns are here, as uWSGI reads them: files with the ending of a
 * configuration, their time of change, their owner.
 */
import { accessSync, constants, lstatSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename } from 'node:path';
import type { EmperorSettings, MonitorSetting } from '../config/emperor-settings.ts';
import { globPaths } from '../config/glob.ts';
import { resolvePath } from '../config/host.ts';
import { formatByExtension } from '../config/sources.ts';
import { errorCode } from '../master/engine-log.ts';
import { openDatabaseMonitor } from './database-monitors.ts';
import { runHelper } from './helpers.ts';
import type { FoundVassal } from './vassal-state.ts';

export interface Monitor {
  /** What is there now; null: it can not be looked at, and everything stays as it is. */
  scan: () => Promise<FoundVassal[] | null>;
  dispose: () => void;
}

export interface MonitorPlace {
  env: NodeJS.ProcessEnv;
  cwd: string;
  log: (text: string) => void;
}

const MAX_NAME_LENGTH = 255;

type FileSetting = Extract<MonitorSetting, { type: 'folder' | 'glob' }>;

export function openMonitor(setting: MonitorSetting, settings: EmperorSettings, place: MonitorPlace): Monitor {
  return setting.type === 'folder' || setting.type === 'glob'
    ? new FileMonitor(setting, settings, place)
    : openDatabaseMonitor(setting, settings, place);
}

class FileMonitor implements Monitor {
  readonly #setting: FileSetting;
  readonly #settings: EmperorSettings;
  readonly #place: MonitorPlace;
  /** What was seen of each file at the last scan, so that nothing is run twice for the same file. */
  #seen = new Map<string, FoundVassal>();
  /** Why a file was left as it was before, or the mark with which it could not be run. */
  readonly #failed = new Map<string, string>();
  #trouble = '';

  constructor(setting: FileSetting, settings: EmperorSettings, place: MonitorPlace) {
    this.#setting = setting;
    this.#settings = settings;
    this.#place = place;
  }

  async scan(): Promise<FoundVassal[] | null> {
    const names = this.#list();
    if (names === null) return null;
    const seen = new Map<string, FoundVassal>();
    for (const { id, file } of names) {
      const found = await this.#lookOrKeep(id, file);
      if (found !== null) seen.set(id, found);
    }
    this.#seen = seen;
    for (const id of this.#failed.keys()) if (!seen.has(id)) this.#failed.delete(id);
    return [...seen.values()];
  }

  dispose(): void {
    this.#seen.clear();
  }

  #list(): { id: string; file: string }[] | null {
    const setting = this.#setting;
    try {
      const names = setting.type === 'glob' ? this.#glob(setting.pattern) : readdirSync(setting.path).sort();
      this.#trouble = '';
      const folder = setting.type === 'glob' ? '' : `${setting.path}/`;
      return names.filter((name) => this.#isConfiguration(name)).map((name) => ({ id: name, file: folder + name }));
    } catch (error) {
      const trouble = errorCode(error);
      if (trouble !== this.#trouble) {
        this.#place.log(`[emperor] ${setting.text} can not be read (${trouble}); its vassals stay as they are`);
      }
      this.#trouble = trouble;
      return null;
    }
  }

  #glob(pattern: string): string[] {
    const at = (path: string): string => resolvePath(this.#place.cwd, path);
    return globPaths(pattern, {
      list: (path) => ifThere(() => readdirSync(at(path))) ?? [],
      kindOf: (path) => {
        const stats = ifThere(() => statSync(at(path)));
        if (stats === null) return null;
        return stats.isFile() ? 'file' : stats.isDirectory() ? 'folder' : 'other';
      },
    });
  }

  #isConfiguration(path: string): boolean {
    if (basename(path).length >= MAX_NAME_LENGTH) return false;
    return formatByExtension(path) !== null || this.#settings.extraExtensions.some((end) => path.endsWith(end));
  }

  /** One file that can not be looked at is as it was before. */
  async #lookOrKeep(id: string, file: string): Promise<FoundVassal | null> {
    try {
      return await this.#look(id, file);
    } catch (error) {
      const why = errorCode(error);
      const before = this.#seen.get(id) ?? null;
      this.#failOnce(id, why, `can not be looked at (${why})${before === null ? '' : '; its vassal stays as it is'}`);
      return before;
    }
  }

  #failOnce(id: string, failure: string, text: string): void {
    if (this.#failed.get(id) !== failure) this.#place.log(`[emperor] ${id} ${text}`);
    this.#failed.set(id, failure);
  }

  /** null: there is no such file (any more). Throws when it can not be told. */
  async #look(id: string, file: string): Promise<FoundVassal | null> {
    const { isTyrant, magicExec, nofollow, tyrantNofollow } = this.#settings;
    const before = this.#seen.get(id);
    const stats = ifThere(() => statSync(file));
    const link = ifThere(() => lstatSync(file));
    if (stats === null || link === null || !stats.isFile()) {
      // Node knows names as text only.
      if (!id.includes('\ufffd')) return null;
      return { ...NOTHING, id, file, folder: this.#folder, refusal: 'its name is no UTF-8 text' };
    }
    const changed = nofollow ? link : stats;
    const { uid, gid } = isTyrant && tyrantNofollow ? link : stats;
    // The size: a file that is seen half written may be complete within the same tick of the file system's clock.
    const mark = `${changed.mtimeMs} ${changed.ino} ${changed.size}`;
    const found: FoundVassal = { ...NOTHING, id, file, folder: this.#folder, mtimeMs: changed.mtimeMs, mark, uid, gid };
    if (isTyrant && (uid === 0 || gid === 0))
      return { ...found, refusal: 'invalid permissions: its file belongs to root' };
    found.onDemand = await this.#socketOf(id, file, mark);
    if (!magicExec || !isExecutable(file)) return found;
    if (before?.mark === mark && before.uid === uid)
      return { ...found, config: before.config, refusal: before.refusal };
    const isKept = before !== undefined && before.config !== null && before.uid === uid;
    if (isKept && this.#failed.get(id) === mark) return before;
    const rights = isTyrant ? { uid, gid } : {};
    const printed = await runHelper([file], { ...this.#place, cwd: this.#folder, ...rights });
    if (printed.ok) return { ...found, config: printed.output };
    const why = `could not be run: ${printed.reason}`;
    if (!isKept) return { ...found, refusal: why };
    // It runs on with what was printed before; the file is run again when it has changed once more.
    this.#failOnce(id, mark, `${why}; its vassal stays as it is`);
    return before;
  }

  /** Folder that vassals run in. */
  get #folder(): string {
    return this.#setting.type === 'folder' ? this.#setting.path : this.#place.cwd;
  }

  async #socketOf(id: string, file: string, mark: string): Promise<string> {
    const { command, extension, folder } = this.#settings.onDemand;
    const before = this.#seen.get(id);
    if (extension !== null) {
      const content = ifThere(() => readFileSync(file + extension, 'utf8'));
      const text = content?.split('\n', 1)[0]?.trim() ?? '';
      if (text !== '') return text;
      // Half written: as long as there is such a file, the socket stays the one that it was.
      if (content !== null && before !== undefined) return before.onDemand;
    }
    if (folder !== null) return `${folder}/${basename(id)}.socket`;
    if (command === null) return '';
    if (before?.mark === mark) return before.onDemand;
    const printed = await runHelper(['/bin/sh', '-c', `${command} "$1"`, 'sh', id], {
      ...this.#place,
      cwd: this.#folder,
    });
    if (!printed.ok) this.#place.log(`[emperor] emperor-on-demand-exec for ${id}: ${printed.reason}`);
    return printed.ok ? (printed.output.split('\n', 1)[0]?.trim() ?? '') : (before?.onDemand ?? '');
  }
}

const NOTHING = { config: null, mtimeMs: 0, mark: '', uid: 0, gid: 0, onDemand: '', refusal: null };

/** How the file system says that a file is gone, or a link to nowhere. */
const GONE = new Set(['ENOENT', 'ENOTDIR', 'ELOOP']);

/** null: it is gone. Throws what else the file system says: what can not be looked at now is not gone. */
function ifThere<T>(look: () => T): T | null {
  try {
    return look();
  } catch (error) {
    if (GONE.has(errorCode(error))) return null;
    throw error;
  }
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
