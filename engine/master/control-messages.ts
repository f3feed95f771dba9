/** Checks what runtimes send on the control wire (control.ts) before anything believes it. Pure. */
import { COMPANION_ROLES } from '../config/companion-settings.ts';
import { parseCronTime } from '../config/cron-time.ts';
import { type LoadedApp, QUESTIONS, type RuntimeRole, type RuntimeToMaster, type SignalMessage } from './control.ts';

type Json = Record<string, unknown>;

const ROLES: readonly RuntimeRole[] = ['zygote', 'worker', ...COMPANION_ROLES];

/** The message, or null when it is not one. */
export function parseRuntimeMessage(text: string): RuntimeToMaster | null {
  const value = parseObject(text);
  if (value === null) return null;
  const spawnId = count(value['spawnId']);
  const pid = count(value['pid']);
  switch (value['type']) {
    case 'hello': {
      const role = ROLES.find((one) => one === value['role']);
      const token = value['token'];
      const generation = count(value['generation']);
      if (role === undefined || typeof token !== 'string') return null;
      if (spawnId === null || pid === null || generation === null) return null;
      return { type: 'hello', role, token, generation, spawnId, pid };
    }
    case 'loaded': {
      const apps = Array.isArray(value['apps']) ? value['apps'].map(parseApp) : [];
      return { type: 'loaded', apps: apps.filter((app) => app !== null), runtime: textOf(value['runtime']) };
    }
    case 'load-failed':
      return { type: 'load-failed', text: textOf(value['text']) };
    case 'forked':
      return spawnId === null || pid === null ? null : { type: 'forked', spawnId, pid };
    case 'fork-failed':
      return spawnId === null ? null : { type: 'fork-failed', spawnId, message: textOf(value['message']) };
    case 'exited':
      if (spawnId === null || pid === null) return null;
      return { type: 'exited', spawnId, pid, code: count(value['code']), signal: count(value['signal']) };
    case 'reload-requested':
      return { type: 'reload-requested' };
    case 'stop-requested':
      return { type: 'stop-requested' };
    case 'alarm':
      return { type: 'alarm', name: textOf(value['name']), text: textOf(value['text']) };
    case 'worn':
    case 'retiring':
    case 'retired':
    case 'given-up':
      return { type: value['type'] };
    case 'register-signal':
    case 'raise-signal':
    case 'signal-begun':
    case 'signal-done':
    case 'add-timer':
    case 'add-cron':
    case 'add-file-monitor':
      return parseSignalMessage(value['type'], value);
    case 'task-begun':
    case 'task-done':
      return { type: value['type'] };
    case 'question': {
      const id = count(value['id']);
      const what = QUESTIONS.find((question) => question === value['what']);
      return id === null || what === undefined ? null : { type: 'question', id, what };
    }
    case 'lifeline':
      return typeof value['token'] === 'string' ? { type: 'lifeline', token: value['token'] } : null;
    default:
      return null;
  }
}

/** uWSGI's signals are numbers of one byte. */
function parseSignalMessage(type: SignalMessage['type'], value: Json): RuntimeToMaster | null {
  const number = count(value['number']);
  if (number === null || number > 255) return null;
  switch (type) {
    case 'register-signal':
      return { type, number, target: textOf(value['target']) };
    case 'raise-signal':
    case 'signal-begun':
    case 'signal-done':
      return { type, number };
    case 'add-timer': {
      const kind = value['kind'] === 'rbtimer' ? 'rbtimer' : 'timer';
      const seconds = count(value['seconds']);
      const iterations = count(value['iterations']);
      if (seconds === null || seconds === 0 || iterations === null) return null;
      return { type, kind, number, seconds, iterations };
    }
    case 'add-cron': {
      const fields = Array.isArray(value['time']) ? value['time'].map(String) : [];
      const time = parseCronTime(fields);
      return time === null ? null : { type, number, time };
    }
    case 'add-file-monitor':
      return { type, number, path: textOf(value['path']) };
    case 'task-begun':
    case 'task-done':
      return { type };
  }
}

function parseObject(text: string): Json | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : null;
  } catch {
    // Not JSON: not a message.
    return null;
  }
}

function parseApp(value: unknown): LoadedApp | null {
  if (typeof value !== 'object' || value === null) return null;
  const app: Json = { ...value };
  const seconds = app['startupSeconds'];
  return {
    id: count(app['id']) ?? 0,
    modifier1: count(app['modifier1']) ?? 0,
    mountpoint: textOf(app['mountpoint']),
    startupSeconds: typeof seconds === 'number' && seconds > 0 ? seconds : 0,
    chdir: textOf(app['chdir']),
  };
}

function count(value: unknown): number | null {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 ? value : null;
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
