/**
 * Reads a server's configuration for what the console needs to know of it (see effective-config.ts). Options the
 * bundled engine does not support are no error here: the server may be a real uWSGI. Pure but for the ConfigHost.
 */
import { formatAddress, parseAddress } from '../../../engine/config/address.ts';
import { buildSettings } from '../../../engine/config/build-settings.ts';
import { formatConfigError } from '../../../engine/config/errors.ts';
import { type ConfigHost, resolvePath } from '../../../engine/config/host.ts';
import { findOption } from '../../../engine/config/option-table.ts';
import { resolveConfig } from '../../../engine/config/resolve.ts';
import { isOn, leadingInteger } from '../../../engine/config/values.ts';
import { readBackgroundOptions } from '../background/background-options.ts';
import { logOptions } from '../logs/log-options.ts';
import { reachableHost } from '../stats/target.ts';
import {
  DEFAULT_HEARTBEAT_MS,
  DEFAULT_LISTEN,
  DEFAULT_MERCY_MS,
  type EffectiveConfig,
  LISTED_APPLICATIONS,
} from './effective-config.ts';

/** `argv`: the server's arguments, without its program. For the engine its refusals are errors, too. */
export function readEffectiveConfig(
  argv: readonly string[],
  host: ConfigHost,
  server: 'engine' | 'uwsgi' = 'uwsgi',
): EffectiveConfig {
  const resolved = resolveConfig(argv, host);
  const outcome = resolved.ok && server === 'engine' ? buildSettings(resolved) : resolved;
  const applied = resolved.ok ? resolved.applied : [];
  const values = new Map<string, string[]>();
  for (const { key, value } of applied) {
    const name = findOption(key)?.name ?? key;
    const list = values.get(name);
    if (list === undefined) values.set(name, [value]);
    else list.push(value);
  }
  const all = (name: string): string[] => values.get(canonical(name)) ?? [];
  const last = (name: string): string | null => all(name).at(-1) ?? null;
  const flag = (name: string): boolean => isOn(last(name) ?? 'false');
  const number = (name: string): number | null => {
    const value = last(name);
    return value === null ? null : leadingInteger(value);
  };
  // `chdir` takes effect before sockets and files with a relative path are made.
  const folder = resolvePath(host.cwd, last('chdir') ?? '.');
  const harakiri = number('harakiri') ?? 0;
  const mercy = number('worker-reload-mercy');
  const heartbeat = number('emperor-required-heartbeat');
  return {
    configPath: resolved.files[0] ?? null,
    files: resolved.files,
    optionCount: resolved.ok ? resolved.options.length : 0,
    application: LISTED_APPLICATIONS.flatMap((name) => all(name).map((value) => `${name} = ${value}`)).at(-1) ?? null,
    errors: outcome.ok ? [] : outcome.errors.map(formatConfigError),
    otherFormat:
      !resolved.ok && resolved.errors.some(({ code }) => code === 'format-not-supported' || code === 'not-supported'),
    statsAddress: statsAddressOf(all('stats'), flag('stats-http'), folder),
    masterFifos: all('master-fifo').map((path) => resolvePath(folder, path)),
    harakiriMs: harakiri > 0 ? harakiri * 1000 : null,
    touchReload: all('touch-reload').map((path) => resolvePath(folder, path)),
    touchWorkersReload: all('touch-workers-reload').map((path) => resolvePath(folder, path)),
    touchChainReload: all('touch-chain-reload').map((path) => resolvePath(folder, path)),
    lazyApps: flag('lazy-apps') || flag('lazy'),
    lazy: flag('lazy'),
    router: [...all('http'), ...all('https')].length > 0,
    mercyMs: mercy !== null && mercy > 0 ? mercy * 1000 : DEFAULT_MERCY_MS,
    listen: number('listen') ?? DEFAULT_LISTEN,
    processes: number('processes') ?? 1,
    url:
      urlOf('http', [...all('http-socket'), ...all('http11-socket'), ...all('http')]) ??
      urlOf('https', [...all('https'), ...all('https-socket')]),
    memoryReport: flag('memory-report'),
    cheaper: last('cheaper') !== null || flag('cheap'),
    pidfile: pidfileOf(
      last('pidfile'),
      last('pidfile2') ?? last('safe-pidfile') ?? last('safe-pidfile2'),
      host.cwd,
      folder,
    ),
    emperor: all('emperor'),
    emperorStatsAddress: statsAddressOf(all('emperor-stats'), flag('stats-http'), folder),
    heartbeatMs: heartbeat !== null && heartbeat > 0 ? heartbeat * 1000 : DEFAULT_HEARTBEAT_MS,
    logto: logtoOf(last('logto') ?? last('daemonize') ?? last('daemonize2'), host.cwd),
    logs: logOptions(all, host.cwd, folder),
    logFormat: last('log-format'),
    background: readBackgroundOptions(all, folder),
  };
}

function canonical(name: string): string {
  return findOption(name)?.name ?? name;
}

function statsAddressOf(addresses: readonly string[], http: boolean, folder: string): string | null {
  for (const text of addresses) {
    const parsed = parseAddress(text);
    if (!parsed.ok) continue;
    const { address } = parsed;
    if (address.type === 'unix') return resolvePath(folder, address.path);
    if (address.type === 'abstract') return formatAddress(address);
    // An inherited socket: where it listens stands nowhere in the configuration.
    if (address.type === 'fd') continue;
    const plain = formatAddress({ ...address, host: reachableHost(address.host) });
    return http ? `http://${plain}` : plain;
  }
  return null;
}

/** `pidfile` is written before `chdir` takes effect, the others after it. */
function pidfileOf(before: string | null, after: string | null, cwd: string, folder: string): string | null {
  if (before !== null) return resolvePath(cwd, before);
  return after === null ? null : resolvePath(folder, after);
}

/** A file, opened before `chdir` takes effect; `host:port` sends the log over UDP instead. */
function logtoOf(value: string | null, cwd: string): string | null {
  if (value === null || value === '' || /^[\w.-]*:\d+$/.test(value)) return null;
  return resolvePath(cwd, value);
}

function urlOf(scheme: 'http' | 'https', listeners: readonly string[]): string | null {
  for (const text of listeners) {
    const parsed = parseAddress(text.split(',', 1)[0] ?? '');
    if (!parsed.ok || parsed.address.type !== 'tcp' || parsed.address.port === 0) continue;
    const { host, port } = parsed.address;
    return `${scheme}://${formatAddress({ type: 'tcp', host: reachableHost(host), port })}`;
  }
  return null;
}
