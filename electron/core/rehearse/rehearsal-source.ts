/**
 * What is rehearsed: the edited text in the place of its file, with the arguments, folder and environment the server has.
 * The environment loses what would make the engine speak for the real server: options in UWSGI_*, sockets and the
 * notification address of a service manager.
 */
import { delimiter, dirname } from 'node:path';
import { explain } from '../../../engine/config/commands.ts';
import type { ConfigHost } from '../../../engine/config/host.ts';
import { findOption } from '../../../engine/config/option-table.ts';
import type { ResolvedOption } from '../../../engine/config/resolve-state.ts';
import type { Origin } from '../../../engine/config/settings.ts';
import { loadingArguments } from '../../../engine/config/sources.ts';
import { createConfigHost } from '../config/node-config-host.ts';
import { readingOf } from '../config/option-reading.ts';
import type { Instance } from '../instances/instance.ts';
import type { Ports } from '../ports.ts';
import { fateOf } from './rehearsal-options.ts';

export interface RehearsalSource {
  path: string;
  argv: readonly string[];
  cwd: string;
  /** As the server sees it, UWSGI_* included. */
  env: Readonly<Record<string, string | undefined>>;
  /** `env` is that of the server's own process. */
  hasServerEnvironment: boolean;
  server: 'engine' | 'uwsgi';
  host: ConfigHost;
}

/** `text` null: the file as it is. */
export function sourceOfFile(
  path: string,
  text: string | null,
  ports: Pick<Ports, 'env' | 'version'>,
): RehearsalSource {
  const place = { path, argv: loadingArguments(path), cwd: dirname(path), env: ports.env };
  return withHost({ ...place, hasServerEnvironment: false, server: 'engine' }, text, ports.version);
}

/** An attached server is read as its own process was started, where that can be seen. */
export async function sourceOfInstance(instance: Instance, path: string, text: string, ports: Ports) {
  if (instance.record.kind === 'engine') return sourceOfFile(path, text, ports);
  const reading = await readingOf(instance, ports);
  const { argv, cwd } = reading;
  const hasServerEnvironment = Object.keys(reading.env).length > 0;
  // Its environment may know no interpreter: uWSGI has one built in.
  const PATH = [reading.env['PATH'], ports.env['PATH']].filter(Boolean).join(delimiter);
  const env = hasServerEnvironment ? { ...reading.env, PATH } : ports.env;
  const server = instance.isReeveEngine ? 'engine' : 'uwsgi';
  return withHost({ path, argv, cwd, env, hasServerEnvironment, server }, text, ports.version);
}

function withHost(source: Omit<RehearsalSource, 'host'>, text: string | null, version: string): RehearsalSource {
  const { path, cwd, env } = source;
  const override = text === null ? {} : { override: { path, text } };
  return { ...source, host: createConfigHost({ cwd, env, binaryPath: process.execPath, version, ...override }) };
}

const NOT_FOR_ENGINES = /^(UWSGI_|REEVE_|LISTEN_(FDS|PID|FDNAMES)$|NOTIFY_SOCKET$|WATCHDOG_|MAINPID$|INVOCATION_ID$)/;

/** For the engine of the rehearsal, which gets all options in its file. Python leaves no compiled files behind. */
export function environmentOf({ env }: Pick<RehearsalSource, 'env'>): Record<string, string> {
  const kept = Object.entries(env).filter(
    (entry): entry is [string, string] => entry[1] !== undefined && !NOT_FOR_ENGINES.test(entry[0]),
  );
  return { ...Object.fromEntries(kept), PYTHONDONTWRITEBYTECODE: '1' };
}

const APP =
  /^(module|wsgi-file|file|mount|eval|asgi|js-app|psgi|rack|php-(app|docroot|exec-.*)|cgi|paste|pump|web3|virtualenv|home|pythonpath|py(thon-)?import|import|shared-import|rb-(lib|require)|shared-rb-require|perl-(local-lib|exec.*)|chdir|env)$/;

const NAMES_APP = /^(module|wsgi-file|mount|eval|asgi|js-app|psgi|rack|php-(app|docroot)|cgi|paste)$/;

/** The lines that say whose code is loaded, and those that run or load something else and are kept. */
export function applicationLines(applied: readonly ResolvedOption[]): ResolvedOption[] {
  return applied.filter(({ key, value }) => {
    const option = findOption(key);
    if (option === null || fateOf(option).type !== 'keep') return false;
    return [option.name, ...option.aliases].some((name) => APP.test(name)) || explain(key, value) !== null;
  });
}

/** Where the application is named, of which a failure to load it speaks; null: nowhere. */
export function applicationOrigin(applied: readonly ResolvedOption[]): Origin | null {
  const named = applied.findLast(({ key }) => NAMES_APP.test(findOption(key)?.name ?? ''));
  return named?.origin ?? null;
}

/** As it is shown: what stands in the environment may be secret. */
export function lineWords({ key, value }: ResolvedOption): string {
  return `${key} = ${key === 'env' ? `${value.split('=')[0] ?? ''}=…` : value}`;
}
