/**
 * What each option that works means to the engine: one reader for each, by its main name. A reader gets the value and
 * writes into the draft of the settings, or says what it expected instead. Paths become absolute here, as uWSGI
 * takes them: `logto` and `pidfile` from the folder it was started in, everything else from the folder of `chdir`.
 */
import { MAX_SOCKET_PATH_BYTES, parseAddress } from './address.ts';
import { globPaths } from './glob.ts';
import { type ConfigHost, resolvePath } from './host.ts';
import type { EngineSettings, ListenerKind, Origin, SocketAddress } from './settings.ts';
import { encodeText } from './text-bytes.ts';
import { isFlagWord, isOn, wholeNumber } from './values.ts';

/** The settings while they are made, with what has to wait for the whole list. */
export interface Draft {
  settings: EngineSettings;
  host: ConfigHost;
  /** Folder that relative paths start from: that of `chdir` when there is one. */
  folder: string;
  python: {
    wsgiFile: string | null;
    module: string | null;
    callable: string;
    pythonpath: string[];
    home: string | null;
  };
  jsApp: { file: string; origin: Origin } | null;
  httpTo: { address: SocketAddress; text: string; origin: Origin }[];
  /** Protocol of `socket`. */
  protocol: 'uwsgi' | 'http-socket';
  sockets: { kind: ListenerKind | 'socket'; address: SocketAddress; text: string; origin: Origin }[];
  warn(message: string): void;
}

/** null: the value was taken. Otherwise what is wrong, as the end of a sentence that begins with the line itself. */
export type Reader = (draft: Draft, value: string, origin: Origin) => string | null;

type FlagName = {
  [Name in keyof EngineSettings]: EngineSettings[Name] extends boolean ? Name : never;
}[keyof EngineSettings];
type NumberName = {
  [Name in keyof EngineSettings]: EngineSettings[Name] extends number ? Name : never;
}[keyof EngineSettings];

/** Reader of each option with status `works`, beside those that resolve.ts has dealt with already. */
export const readers: Readonly<Record<string, Reader>> = {
  http: socket('http'),
  'http-socket': socket('http-socket'),
  socket: socket('socket'),
  'uwsgi-socket': socket('uwsgi'),
  protocol: readProtocol,
  'http-to': readHttpTo,
  'chmod-socket': readMode,
  listen: number('listen', 1),
  'http-keepalive': readKeepalive,
  'http-timeout': number('httpTimeoutSeconds', 1),
  master: flag('master'),
  processes: number('processes', 1),
  threads: number('threads', 1),
  'enable-threads': flag('enableThreads'),
  'lazy-apps': flag('lazyApps'),
  'single-interpreter': flag('singleInterpreter'),
  pidfile: (draft, value) => take(value, (path) => (draft.settings.pidfile = resolvePath(draft.host.cwd, path))),
  'auto-procname': flag('autoProcname'),
  'procname-prefix': (draft, value) => take(value, (text) => (draft.settings.procnamePrefix = text)),
  'procname-prefix-spaced': (draft, value) => take(value, (text) => (draft.settings.procnamePrefix = `${text} `)),
  vacuum: flag('vacuum'),
  strict: flag('strict'),
  'show-config': flag('showConfig'),
  'wsgi-file': (draft, value) => take(value, (path) => (draft.python.wsgiFile = resolvePath(draft.folder, path))),
  module: (draft, value) => take(value, (name) => (draft.python.module = name)),
  callable: (draft, value) => take(value, (name) => (draft.python.callable = name)),
  pythonpath: readPythonPath,
  home: (draft, value) => take(value, (path) => (draft.python.home = resolvePath(draft.folder, path))),
  chdir: (_draft, value) => take(value, () => undefined),
  env: readEnv,
  'need-app': flag('needApp'),
  'js-app': (draft, value, origin) =>
    take(value, (path) => (draft.jsApp = { file: resolvePath(draft.folder, path), origin })),
  harakiri: number('harakiriSeconds'),
  'harakiri-verbose': flag('harakiriVerbose'),
  'max-requests': number('maxRequests'),
  'min-worker-lifetime': number('minWorkerLifetimeSeconds'),
  'worker-reload-mercy': number('workerReloadMercySeconds'),
  'buffer-size': number('bufferSizeBytes', 1024),
  'limit-post': number('limitPostBytes'),
  'socket-timeout': number('socketTimeoutSeconds', 1),
  'touch-reload': (draft, value) =>
    take(value, (path) => draft.settings.touchReload.push(resolvePath(draft.folder, path))),
  'master-fifo': (draft, value) =>
    take(value, (path) => draft.settings.masterFifos.push(resolvePath(draft.folder, path))),
  'die-on-term': flag('dieOnTerm'),
  stats: readStats,
  'stats-http': flag('statsHttp'),
  'stats-minified': flag('statsMinified'),
  'stats-no-cores': flag('statsNoCores'),
  'memory-report': flag('memoryReport'),
  logto: readLogto,
  'log-format': (draft, value) => take(value, (text) => (draft.settings.logFormat = text)),
  'disable-logging': flag('disableLogging'),
  'log-date': readLogDate,
};

/** Options that resolve.ts has dealt with: they set nothing. */
export const RESOLVED_OPTIONS: ReadonlySet<string> = new Set([
  'ini',
  'include',
  'inherit',
  'set',
  'set-placeholder',
  'declare-option',
  'declare-option2',
  'print',
  'iprint',
]);

const FLAG_EXPECTED = 'is a switch: write true or false.';

function flag(name: FlagName): Reader {
  return ({ settings }, value) => {
    if (!isFlagWord(value)) return FLAG_EXPECTED;
    settings[name] = isOn(value);
    return null;
  };
}

function number(name: NumberName, least = 0): Reader {
  return ({ settings }, value) => {
    const found = wholeNumber(value);
    if (found === null || found < least) return `needs a whole number from ${least} up, without a unit.`;
    settings[name] = found;
    return null;
  };
}

function take(value: string, use: (value: string) => unknown): string | null {
  if (value === '') return 'needs a value.';
  use(value);
  return null;
}

function socket(kind: ListenerKind | 'socket'): Reader {
  return (draft, value, origin) => {
    const found = readAddress(draft, value);
    if (typeof found === 'string') return found;
    draft.sockets.push({ kind, address: found, text: value, origin });
    return null;
  };
}

/** The address with an absolute path, or what is wrong with it. */
function readAddress(draft: Draft, value: string): SocketAddress | string {
  if (/^=\d+$/.test(value)) return 'names a shared socket, which the engine does not support; write the address here.';
  const parsed = parseAddress(value);
  if (!parsed.ok) return `is no address. ${parsed.message}`;
  const { address } = parsed;
  if (address.type !== 'unix') return address;
  const path = resolvePath(draft.folder, address.path);
  if (encodeText(path).length > MAX_SOCKET_PATH_BYTES) {
    return `makes the path ${path}, which is too long for a unix socket (${MAX_SOCKET_PATH_BYTES} bytes).`;
  }
  return { type: 'unix', path };
}

function readProtocol(draft: Draft, value: string): string | null {
  if (value !== 'uwsgi' && value !== 'http') return 'is not supported by the engine: write uwsgi or http.';
  draft.protocol = value === 'http' ? 'http-socket' : 'uwsgi';
  return null;
}

function readHttpTo(draft: Draft, value: string, origin: Origin): string | null {
  const address = readAddress(draft, value);
  if (typeof address === 'string') return address;
  draft.httpTo.push({ address, text: value, origin });
  return null;
}

function readStats(draft: Draft, value: string): string | null {
  const address = readAddress(draft, value);
  if (typeof address === 'string') return address;
  draft.settings.stats.push(address);
  return null;
}

function readMode(draft: Draft, value: string): string | null {
  const text = value === '' || value === 'true' ? '666' : value;
  if (!/^[0-7]{3,4}$/.test(text)) return 'needs an octal file mode such as 660.';
  draft.settings.chmodSocket = Number.parseInt(text, 8);
  return null;
}

const DEFAULT_KEEPALIVE_SECONDS = 30;

function readKeepalive(draft: Draft, value: string): string | null {
  const seconds = wholeNumber(value);
  if (seconds === null && !isFlagWord(value)) return 'needs a number of seconds; 0 switches keep-alive off.';
  if (seconds === null && isOn(value) && value !== '') {
    draft.warn(
      `means ${DEFAULT_KEEPALIVE_SECONDS} seconds here, but uWSGI reads it as 0, which is off; write a number.`,
    );
  }
  draft.settings.httpKeepaliveSeconds = seconds ?? (isOn(value) ? DEFAULT_KEEPALIVE_SECONDS : 0);
  return null;
}

function readPythonPath(draft: Draft, value: string): string | null {
  return take(value, (text) => {
    const pattern = resolvePath(draft.folder, text);
    const found = /[*?[]/.test(text) ? globPaths(pattern, draft.host) : [];
    draft.python.pythonpath.push(...(found.length > 0 ? found : [pattern]));
  });
}

function readEnv(draft: Draft, value: string): string | null {
  const equals = value.indexOf('=');
  if (equals < 1) return 'needs NAME=value.';
  draft.settings.env.push([value.slice(0, equals), value.slice(equals + 1)]);
  return null;
}

function readLogto(draft: Draft, value: string): string | null {
  if (/^[^/]+:\d+$/.test(value)) return 'is an address: the engine logs to files, not over UDP.';
  return take(value, (path) => (draft.settings.logto = resolvePath(draft.host.cwd, path)));
}

function readLogDate(draft: Draft, value: string): string | null {
  draft.settings.logDate = isOn(value);
  if (!isFlagWord(value)) draft.warn("is used without its format: the engine writes dates in uWSGI's standard form.");
  return null;
}
