/**
 * What running a configuration file on the bundled engine would do, found out without running anything of it: what
 * listens where, which application, which lines run commands, and the digest that trust is given to.
 */

import { createHash } from 'node:crypto';
import { readdir, readFile, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { findCommands } from '../../../engine/config/commands.ts';
import { ENGINE_TARGET } from '../../../engine/config/diagnostics.ts';
import { findOption } from '../../../engine/config/option-table.ts';
import { type Resolved, resolveConfig } from '../../../engine/config/resolve.ts';
import { loadingArguments } from '../../../engine/config/sources.ts';
import type { Inspection } from '../../contract/model.ts';
import { readConfigText } from '../config/config-files.ts';
import { diagnose } from '../config/diagnose.ts';
import { LISTED_APPLICATIONS } from '../config/effective-config.ts';
import { createConfigHost } from '../config/node-config-host.ts';
import { readEffectiveConfig } from '../config/read-effective.ts';
import { CoreError, describe } from '../errors.ts';
import { localMachine } from '../machine/local-machine.ts';

export interface InspectOptions {
  env: Readonly<Record<string, string | undefined>>;
  version: string;
  homeFolder: string;
  isTrusted: (path: string, digest: string) => boolean;
}

const LISTENERS = [
  'http',
  'https',
  'https2',
  'http-socket',
  'http11-socket',
  'https-socket',
  'socket',
  'uwsgi-socket',
  'suwsgi-socket',
  'fastcgi-socket',
  'fastcgi-nph-socket',
  'scgi-socket',
  'scgi-nph-socket',
];
const APPS = [...LISTED_APPLICATIONS, 'php-app', 'php-docroot', 'cgi'];

/** `path`: a configuration file, or a folder with one. Throws `config-…`. */
export async function inspectPath(path: string, options: InspectOptions): Promise<Inspection> {
  const { chosen, candidates } = await chooseFile(resolve(path.replace(/^~(?=$|\/)/, options.homeFolder)));
  const { text } = await readConfigText(localMachine, chosen);
  const host = createConfigHost({
    cwd: dirname(chosen),
    env: options.env,
    binaryPath: process.execPath,
    version: options.version,
  });
  const resolved = resolveConfig(loadingArguments(chosen), host);
  const effective = readEffectiveConfig(loadingArguments(chosen), host);
  const digest = await digestOf(resolved.ok ? [...resolved.files, ...resolved.otherFiles] : resolved.files);
  return {
    path: chosen,
    candidates: candidates.filter((candidate) => candidate !== chosen),
    commands: findCommands(resolved, host),
    listeners: resolved.ok ? valuesOf(resolved, LISTENERS).map(({ name, value }) => `${name} = ${value}`) : [],
    app: resolved.ok ? (valuesOf(resolved, APPS).map(({ name, value }) => `${name} = ${value}`)[0] ?? null) : null,
    statsAddress: effective.statsAddress,
    diagnostics: await diagnose({
      machine: localMachine,
      path: chosen,
      text,
      target: ENGINE_TARGET,
      env: options.env,
      version: options.version,
    }),
    digest,
    trusted: options.isTrusted(chosen, digest),
  };
}

function valuesOf(resolved: Resolved, names: readonly string[]): { name: string; value: string }[] {
  const wanted = new Set(names.map((name) => findOption(name)?.name ?? name));
  return resolved.applied
    .filter(({ key }) => wanted.has(findOption(key)?.name ?? key))
    .map(({ key, value }) => ({ name: key, value }));
}

async function chooseFile(path: string): Promise<{ chosen: string; candidates: string[] }> {
  try {
    const found = await stat(path);
    if (!found.isDirectory()) return { chosen: path, candidates: [] };
    const names = (await readdir(path)).filter((name) => name.endsWith('.ini') && !name.startsWith('.')).toSorted();
    const candidates = names.map((name) => join(path, name));
    const chosen = (await findBest(candidates)) ?? null;
    if (chosen === null) throw new CoreError('config-not-found', { path });
    return { chosen, candidates };
  } catch (error) {
    if (error instanceof CoreError) throw error;
    throw new CoreError('config-unreadable', { path, reason: describe(error) }, { cause: error });
  }
}

/** `uwsgi.ini`, or the first file that has a section of uWSGI's. */
async function findBest(candidates: readonly string[]): Promise<string | undefined> {
  const usual = candidates.find((path) => path.endsWith('/uwsgi.ini') || path.endsWith('\\uwsgi.ini'));
  if (usual !== undefined) return usual;
  for (const path of candidates) {
    const text = await readConfigText(localMachine, path).catch(() => null);
    if (text !== null && /^\s*\[uwsgi\]/m.test(text.text)) return path;
  }
  return undefined;
}

/** Over the names and contents of every file that is read; a file that can't be read counts by its name. */
async function digestOf(paths: readonly string[]): Promise<string> {
  const hash = createHash('sha256');
  for (const path of paths) {
    const bytes = await readFile(path).catch(() => Buffer.alloc(0));
    hash.update(`${path}\0${bytes.length}\0`).update(bytes);
  }
  return hash.digest('hex');
}
