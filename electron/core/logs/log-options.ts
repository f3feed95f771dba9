/** What a configuration says about where the log goes. Pure. */
import { resolvePath } from '../../../engine/config/host.ts';

export interface LogOption {
  option: string;
  value: string;
  content: 'all' | 'server' | 'requests';
  /** The file it names; null: it goes elsewhere, to `kind`. */
  path: string | null;
  kind: string;
}

/** Options that send the whole log into a file, or over UDP when they name `host:port`. */
const WHOLE = ['logto', 'logto2', 'daemonize', 'daemonize2'];

/** `folders`: where a relative path is looked up for the first options, and for those that are opened after `chdir`. */
export function logOptions(all: (name: string) => string[], cwd: string, folder: string): LogOption[] {
  const found: LogOption[] = [];
  const hasRequestLog = all('req-logger').length > 0;
  const content = hasRequestLog ? 'server' : 'all';
  for (const option of WHOLE) {
    for (const value of all(option)) {
      if (value === '' || value === 'true') continue;
      const isUdp = /^[\w.-]*:\d+$/.test(value);
      const path = isUdp ? null : resolvePath(option === 'logto2' ? folder : cwd, value);
      found.push({ option, value, content, path, kind: isUdp ? 'UDP' : 'file' });
    }
  }
  for (const value of all('logger')) found.push(loggerOption('logger', value, content, folder));
  for (const value of all('req-logger')) found.push(loggerOption('req-logger', value, 'requests', folder));
  if (all('log-syslog').length > 0) {
    found.push({ option: 'log-syslog', value: all('log-syslog').at(-1) ?? '', content, path: null, kind: 'syslog' });
  }
  return found;
}

/** `[name ]plugin:arguments`; the plugin `file` takes a path, or `logfile=…,maxsize=…`. */
function loggerOption(option: string, value: string, content: LogOption['content'], folder: string): LogOption {
  const [, plugin = value, rest = ''] = /^(?:[^:\s]+ )?([\w-]+)(?::(.*))?$/s.exec(value) ?? [];
  const file = /(?:^|,)logfile=([^,]+)/.exec(rest)?.[1] ?? rest;
  const path = plugin === 'file' && file !== '' ? resolvePath(folder, file) : null;
  return { option, value, content, path, kind: plugin };
}
