/**
 * What the Python part of a configuration means: which applications a worker loads, where from, and how. The workers get
 * it as it stands (RuntimeBoot, engine/master/control.ts); resources/runtimes/python/reeve_apps.py reads it. Pure.
 */
import type { Origin } from './settings.ts';

/** Where an application comes from. */
export type AppSource =
  /** `wsgi-file`; `written` is the value as it stands in the file: the module's name is made from it, as in uWSGI. */
  | { type: 'file'; path: string; written: string }
  /** `module`: `pkg.mod`, `pkg.mod:callable` or `pkg.mod:factory()`. */
  | { type: 'module'; name: string }
  | { type: 'eval'; code: string }
  /** `paste`: `config:/path/file.ini`; `logging`: its logging sections are applied (`paste-logger`). */
  | { type: 'paste'; uri: string; logging: boolean };

export interface MountSetting {
  /** As written: a path, or any other name, which only UWSGI_APPID can choose. */
  mountpoint: string;
  source: AppSource;
}

interface PythonOptions {
  /** `callable`; uWSGI's default is `application`. */
  callable: string;
  mounts: MountSetting[];
  /** Mountpoints are moved from PATH_INFO to SCRIPT_NAME. */
  manageScriptName: boolean;
  /** False with `no-default-app`: a request that names no application is answered with 500. */
  hasDefaultApp: boolean;
  pythonpath: string[];
  /** `virtualenv`/`home`; null: the `python3` on PATH. */
  virtualenv: string | null;
  /** `pyargv`: sys.argv behind its first entry. */
  argv: string[];
  /** `py-executable`: sys.executable. */
  executable: string | null;
  /** `optimize`: 1 is python's -O, 2 is -OO. */
  optimize: number;
  noSite: boolean;
  /** Modules or files that are imported before the applications; a failure is logged and changes nothing. */
  sharedImports: string[];
  imports: string[];
  moduleAliases: [name: string, source: string][];
  postModuleAliases: [name: string, source: string][];
  /** 0: off. */
  autoReloadSeconds: number;
  autoReloadIgnore: string[];
  /** Unix socket of each worker, its number added. */
  tracebacker: string | null;
  disableFileWrapper: boolean;
  /** Stack of threads beside the main one; 0: as the system has it. */
  threadStackBytes: number;
  /** Tracebacks are shown to clients. */
  catchExceptions: boolean;
}

export interface PythonApp extends PythonOptions {
  language: 'python';
  /** The application for all that no mount is for; null: the first mount is, or there is none at all. */
  main: AppSource | null;
  /** `asgi`: the application and its mounts are ASGI; otherwise they are WSGI. */
  interface: 'wsgi' | 'asgi';
}

/** false: it is there for spoolers and mules alone. */
export function hasApp({ main, mounts }: PythonApp): boolean {
  return main !== null || mounts.length > 0;
}

/** The Python options as they are read, before it is decided which of them makes the main application. */
export interface PythonDraft extends PythonOptions {
  /** Sources of the main application that are given, by option name; the last value of each. */
  sources: Map<string, { source: AppSource; origin: Origin }>;
  pasteLogger: boolean;
}

export function pythonDraft(): PythonDraft {
  return { sources: new Map(), pasteLogger: false, ...pythonOptions() };
}

/** What holds where the configuration says nothing. */
export function pythonOptions(): PythonOptions {
  return {
    callable: 'application',
    mounts: [],
    manageScriptName: false,
    hasDefaultApp: true,
    pythonpath: [],
    virtualenv: null,
    argv: [],
    executable: null,
    optimize: 0,
    noSite: false,
    sharedImports: [],
    imports: [],
    moduleAliases: [],
    postModuleAliases: [],
    autoReloadSeconds: 0,
    autoReloadIgnore: [],
    tracebacker: null,
    disableFileWrapper: false,
    threadStackBytes: 0,
    catchExceptions: false,
  };
}

/** uWSGI loads them in this order (`asgi` is the engine's own), and the first one is the main application. */
const MAIN_ORDER = ['asgi', 'module', 'wsgi-file', 'eval', 'paste'];

/** The application, null when the configuration has none, and a caution for each source that is not used. */
export function finishPython(draft: PythonDraft): {
  app: PythonApp | null;
  unused: { option: string; origin: Origin; message: string }[];
} {
  const { sources, pasteLogger, ...options } = draft;
  const [used, ...unused] = MAIN_ORDER.filter((option) => sources.has(option));
  const main = used === undefined ? null : (sources.get(used)?.source ?? null);
  if (main === null && draft.mounts.length === 0 && !hasPython(options)) return { app: null, unused: [] };
  if (main?.type === 'paste') main.logging = pasteLogger;
  return {
    app: { language: 'python', main, interface: used === 'asgi' ? 'asgi' : 'wsgi', ...options },
    unused: unused.map((option) => ({
      option,
      origin: sources.get(option)?.origin ?? { file: '', line: 0 },
      message: `'${option}' is not used: '${used}' names the application already, and the first of ${MAIN_ORDER.join(', ')} counts.`,
    })),
  };
}

/** Without an application there are still spoolers and mules, which have their code from `import` and a virtual environment. */
function hasPython(options: PythonOptions): boolean {
  const { imports, sharedImports, moduleAliases, postModuleAliases, pythonpath } = options;
  const lists = [imports, sharedImports, moduleAliases, postModuleAliases, pythonpath];
  return options.virtualenv !== null || lists.some((list) => list.length > 0);
}

/** `FILE.py` or `MODULE[:CALLABLE]`, as `mount` takes them. */
export function mountSource(written: string, resolve: (path: string) => string): AppSource {
  if (/\.(py|wsgi)$/.test(written)) return { type: 'file', path: resolve(written), written };
  return { type: 'module', name: written };
}
