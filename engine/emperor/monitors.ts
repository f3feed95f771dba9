/**
 * Where vassals come from. A monitor is asked every `emperor-freq` seconds what is there now; what is new, changed or
 * gone is for vassals.ts to find out. Folders and patterns are here, as uWSGI reads them: files with the ending of a
 * configuration, their time of change, their owner.
 */
import { accessSync, constants, lstatSync, readdirSync, readFileSync, type Stats, statSync } from 'node:fs';
import { basename } from 'node:path';
import type { EmperorSettings, MonitorSetting } from '../config/emperor-settings.ts';
import { globPaths } from '../config/glob.ts';
import { formatByExtension } from '../config/sources.ts';
import { createConfigHost } from '../config-host.ts';
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
      const found = await this.#look(id, file);
      if (found !== null) seen.set(id, found);
    }
    this.#seen = seen;
    return [...seen.values()];
  }

  dispose(): void {
    this.#seen.clear();
  }

  #list(): { id: string; file: string }[] | null {
    const setting = this.#setting;
    if (setting.type === 'glob') {
      const paths = globPaths(setting.pattern, createConfigHost({ cwd: this.#place.cwd }));
      return paths.filter((path) => this.#isConfiguration(path)).map((path) => ({ id: path, file: path }));
    }
    try {
      const names = readdirSync(setting.path).filter((name) => this.#isConfiguration(name));
      this.#trouble = '';
      return names.sort().map((name) => ({ id: name, file: `${setting.path}/${name}` }));
    } catch (error) {
      const trouble = errorCode(error);
      if (trouble !== this.#trouble) {
        this.#place.log(`[emperor] ${setting.path} can not be read (${trouble}); its vassals stay as they are`);
      }
      this.#trouble = trouble;
      return null;
    }
  }

  #isConfiguration(path: string): boolean {
    if (basename(path).length >= MAX_NAME_LENGTH) return false;
    return formatByExtension(path) !== null || this.#settings.extraExtensions.some((end) => path.endsWith(end));
  }

  /** null: there is no such file (any more). */
  async #look(id: string, file: string): Promise<FoundVassal | null> {
    const { isTyrant, magicExec, nofollow, tyrantNofollow } = this.#settings;
    const stats = statsOf(file);
    const link = statsOf(file, true);
    if (stats === null || link === null || !stats.isFile()) {
      // Node knows names as text only.
      if (!id.includes('\ufffd')) return null;
      return { ...NOTHING, id, file, folder: this.#folder, refusal: 'its name is no UTF-8 text' };
    }
    const changed = nofollow ? link : stats;
    const { uid, gid } = isTyrant && tyrantNofollow ? link : stats;
    const mark = `${changed.mtimeMs} ${changed.ino}`;
    const found: FoundVassal = { ...NOTHING, id, file, folder: this.#folder, mtimeMs: changed.mtimeMs, mark, uid, gid };
    if (isTyrant && (uid === 0 || gid === 0))
      return { ...found, refusal: 'invalid permissions: its file belongs to root' };
    found.onDemand = await this.#socketOf(id, file, mark);
    if (!magicExec || !isExecutable(file)) return found;
    const before = this.#seen.get(id);
    if (before?.mark === mark && before.uid === uid)
      return { ...found, config: before.config, refusal: before.refusal };
    const rights = isTyrant ? { uid, gid } : {};
    const printed = await runHelper([file], { ...this.#place, cwd: this.#folder, ...rights });
    if (printed.ok) return { ...found, config: printed.output };
    return { ...found, refusal: `could not be run: ${printed.reason}` };
  }

  /** Folder that vassals run in. */
  get #folder(): string {
    return this.#setting.type === 'folder' ? this.#setting.path : this.#place.cwd;
  }

  async #socketOf(id: string, file: string, mark: string): Promise<string> {
    const { command, extension, folder } = this.#settings.onDemand;
    if (extension !== null) {
      const text =
        contentOf(file + extension)
          ?.split('\n', 1)[0]
          ?.trim() ?? '';
      if (text !== '') return text;
    }
    if (folder !== null) return `${folder}/${basename(id)}.socket`;
    if (command === null) return '';
    const before = this.#seen.get(id);
    if (before?.mark === mark) return before.onDemand;
    const printed = await runHelper(['/bin/sh', '-c', `${command} "$1"`, 'sh', id], {
      ...this.#place,
      cwd: this.#folder,
    });
    if (!printed.ok) this.#place.log(`[emperor] emperor-on-demand-exec for ${id}: ${printed.reason}`);
    return printed.ok ? (printed.output.split('\n', 1)[0]?.trim() ?? '') : '';
  }
}

const NOTHING = { config: null, mtimeMs: 0, mark: '', uid: 0, gid: 0, onDemand: '', refusal: null };

function statsOf(file: string, ofLink = false): Stats | null {
  try {
    return ofLink ? lstatSync(file) : statSync(file);
  } catch {
    // Gone since the folder was read, a link to nowhere, or not for us.
    return null;
  }
}

function contentOf(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    // No such file: the vassal starts at once.
    return null;
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
