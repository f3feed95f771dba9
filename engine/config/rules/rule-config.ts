/**
 * A resolved configuration as rules ask for it: by an option's name whatever alias was written, numbers as uWSGI reads
 * them, listeners with their addresses, paths from where the server looks for them. Made once for a check; each
 * question is a look into a map, so that rules cost nothing in large files.
 */
import { parseAddress } from '../address.ts';
import type { CheckTarget } from '../diagnostics.ts';
import { type ConfigHost, resolvePath } from '../host.ts';
import { findOption } from '../option-table.ts';
import type { Resolved } from '../resolve.ts';
import type { ResolvedOption } from '../resolve-state.ts';
import type { SocketAddress } from '../settings.ts';
import { isOn, leadingInteger } from '../values.ts';
import type { FixMaker } from './fixes.ts';

/** Options that make a server listen; those without `http` in their name are for front servers. */
export const FRONT_SOCKETS = [
  'socket',
  'uwsgi-socket',
  'puwsgi-socket',
  'fastcgi-socket',
  'fastcgi-nph-socket',
  'scgi-socket',
  'scgi-nph-socket',
  'raw-socket',
] as const;
export const HTTP_SOCKETS = ['http-socket', 'http11-socket'] as const;
export const TLS_SOCKETS = ['https', 'https2', 'https-socket', 'suwsgi-socket'] as const;
const LISTENERS = [...FRONT_SOCKETS, ...HTTP_SOCKETS, ...TLS_SOCKETS, 'http', 'shared-socket', 'zerg', 'fastrouter'];

/** Options that name the application. */
export const APPLICATIONS = [
  'module',
  'wsgi-file',
  'eval',
  'paste',
  'mount',
  'asgi',
  'js-app',
  'rack',
  'psgi',
] as const;

export interface Listener {
  item: ResolvedOption;
  address: SocketAddress;
}

export interface RuleConfig {
  resolved: Resolved;
  target: CheckTarget;
  host: ConfigHost;
  fix: FixMaker;
  /** It listens somewhere, so it is no part that another file includes. */
  isWhole: boolean;
  /** All lines of an option, in order. */
  all(name: string): readonly ResolvedOption[];
  /** The line that counts; null when the option is not given. */
  last(name: string): ResolvedOption | null;
  has(...names: string[]): boolean;
  /** False when the option is not given. */
  isOn(name: string): boolean;
  /** The number as uWSGI reads it; null when the option is not given or its value is not known here. */
  number(name: string): number | null;
  /** Addresses of these options, those that can not be read left out. */
  listeners(names: readonly string[]): Listener[];
  /** Absolute path of a value, from where `chdir` leads. */
  path(value: string): string;
}

/** True for a value with a placeholder or a variable that stands for itself because nothing sets it. */
export function isOpen(value: string): boolean {
  return /[$%@]\(/.test(value);
}

export function ruleConfigOf(resolved: Resolved, target: CheckTarget, fix: FixMaker): RuleConfig {
  const byName = new Map<string, ResolvedOption[]>();
  for (const item of resolved.applied) {
    const name = findOption(item.key)?.name ?? item.key;
    const list = byName.get(name);
    if (list === undefined) byName.set(name, [item]);
    else list.push(item);
  }
  const { host } = resolved;
  const all = (name: string): readonly ResolvedOption[] => byName.get(findOption(name)?.name ?? name) ?? [];
  const last = (name: string): ResolvedOption | null => all(name).at(-1) ?? null;
  const chdir = last('chdir')?.value ?? '';
  const folder = chdir === '' || isOpen(chdir) ? host.cwd : resolvePath(host.cwd, chdir);
  return {
    resolved,
    target,
    host,
    fix,
    isWhole: LISTENERS.some((name) => byName.has(name)) || byName.has('emperor'),
    all,
    last,
    has: (...names) => names.some((name) => last(name) !== null),
    isOn: (name) => isOn(last(name)?.value ?? 'false'),
    number: (name) => {
      const value = last(name)?.value;
      return value === undefined || isOpen(value) ? null : (leadingInteger(value) ?? 0);
    },
    listeners: (names) =>
      names.flatMap(all).flatMap((item) => {
        const address = addressOf(item.value);
        return address === null ? [] : [{ item, address }];
      }),
    path: (value) => resolvePath(folder, value),
  };
}

/** The address of a listening option: what follows its first comma is about certificates, `addr=` begins https2's. */
function addressOf(value: string): SocketAddress | null {
  const text = (value.split(',')[0] ?? '').replace(/^addr=/, '');
  if (text === '' || isOpen(text) || /^=\d+$/.test(text)) return null;
  const parsed = parseAddress(text);
  return parsed.ok ? parsed.address : null;
}

/** True for an address that other machines can reach: all interfaces. */
export function isEverywhere(address: SocketAddress): boolean {
  return address.type === 'tcp' && /^(|0(\.0){0,3}|::|0:0:0:0:0:0:0:0)$/.test(address.host);
}
