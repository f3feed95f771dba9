/**
 * The values of `attach-daemon` and its kin: a command, a pidfile and a command, or `key=value` pairs with commas between.
 * Pure.
 */
import { resolvePath } from './host.ts';
import type { DaemonSetting } from './system-settings.ts';
import { isOn, wholeNumber } from './values.ts';

const DEFAULT_CHECK_SECONDS = 10;
const SIGTERM = 15;

/** Keys of uWSGI that change what would run; left out they would do harm. */
const UNSUPPORTED_KEYS = new Map([
  ['ns_pid', 'a namespace of its own'],
  ['notifypid', 'a signal to another process'],
]);

/** `attach-daemon = COMMAND`: lives and ends with the server. */
export function attachedDaemon(command: string): DaemonSetting {
  return {
    command,
    pidfile: null,
    isForeground: true,
    checkSeconds: DEFAULT_CHECK_SECONDS,
    isControl: false,
    touch: [],
    stopSignal: SIGTERM,
    reloadSignal: null,
    hasStdin: false,
    user: null,
    group: null,
    chdir: null,
    maxThrottleSeconds: 0,
  };
}

/** `smart-attach-daemon = PIDFILE COMMAND`; null: one of them is missing. */
export function parseSmartDaemon(value: string, folder: string, isForeground: boolean): DaemonSetting | null {
  const { pidfile, command } = /^(?<pidfile>\S+)\s+(?<command>\S.*)$/.exec(value)?.groups ?? {};
  if (pidfile === undefined || command === undefined) return null;
  return { ...attachedDaemon(command), pidfile: resolvePath(folder, pidfile), isForeground };
}

/** `attach-daemon2 = cmd=COMMAND,key=value,...`; a text says what is wrong. */
export function parseDaemon(value: string, folder: string): DaemonSetting | string {
  const daemon = attachedDaemon('');
  let isDaemonized = false;
  for (const pair of splitPairs(value)) {
    const equals = pair.indexOf('=');
    const key = (equals === -1 ? pair : pair.slice(0, equals)).trim();
    const text = equals === -1 ? '' : pair.slice(equals + 1);
    if (key === 'daemonize') isDaemonized = isOn(text);
    else {
      const wrong = readKey(daemon, key, text, folder);
      if (wrong !== null) return wrong;
    }
  }
  if (daemon.command === '') return "needs a 'cmd': the command to run.";
  daemon.isForeground = daemon.pidfile === null || isDaemonized;
  return daemon;
}

function readKey(daemon: DaemonSetting, key: string, text: string, folder: string): string | null {
  switch (key) {
    case 'cmd':
    case 'command':
    case 'exec':
      daemon.command = text;
      return null;
    case 'pidfile':
      daemon.pidfile = resolvePath(folder, text);
      return null;
    case 'control':
      daemon.isControl = isOn(text);
      return null;
    case 'touch':
      daemon.touch = text.split(';').map((path) => resolvePath(folder, path));
      return null;
    case 'stdin':
      daemon.hasStdin = isOn(text);
      return null;
    case 'uid':
      daemon.user = text;
      return null;
    case 'gid':
      daemon.group = text;
      return null;
    case 'chdir':
      daemon.chdir = resolvePath(folder, text);
      return null;
    default:
      return readNumberKey(daemon, key, text);
  }
}

function readNumberKey(daemon: DaemonSetting, key: string, text: string): string | null {
  const number = wholeNumber(text);
  const use = (take: (number: number) => void, least = 0): string | null => {
    if (number === null || number < least) return `has '${key}=${text}', which is no number from ${least} up.`;
    take(number);
    return null;
  };
  switch (key) {
    case 'freq':
      return use((seconds) => (daemon.checkSeconds = seconds), 1);
    case 'stop_signal':
    case 'stopsignal':
      return use((signal) => (daemon.stopSignal = signal), 1);
    case 'reload_signal':
    case 'reloadsignal':
      return use((signal) => (daemon.reloadSignal = signal), 1);
    case 'max_throttle':
      return use((seconds) => (daemon.maxThrottleSeconds = seconds));
    default: {
      const what = UNSUPPORTED_KEYS.get(key);
      if (what !== undefined) return `has the key '${key}' (${what}), which the engine does not support.`;
      return `has the key '${key}', which is unknown.`;
    }
  }
}

/** Splits at commas that stand neither in quotes nor behind a backslash. */
function splitPairs(value: string): string[] {
  const pairs: string[] = [];
  let pair = '';
  let quote = '';
  for (let at = 0; at < value.length; at++) {
    const char = value[at] ?? '';
    if (char === '\\' && value[at + 1] === ',') {
      pair += ',';
      at++;
    } else if (char === ',' && quote === '') {
      pairs.push(pair);
      pair = '';
    } else {
      if (quote === '' && (char === '"' || char === "'")) quote = char;
      else if (char === quote) quote = '';
      pair += char;
    }
  }
  pairs.push(pair);
  return pairs.filter((one) => one.trim() !== '');
}
