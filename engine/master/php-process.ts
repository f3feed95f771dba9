/**
 * How a worker of PHP is started: php-cgi listening on a socket in the run folder, which the gateways connect to. What the
 * configuration sets of PHP goes into a file of PHP's own format in the run folder, read after php.ini; code and
 * constants of the configuration into a script that PHP prepends to every other (auto_prepend_file).
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename, delimiter, join } from 'node:path';
import type { PhpApp } from '../config/php-app.ts';
import { EngineError } from '../errors.ts';
import { errorCode } from './engine-log.ts';
import type { Program } from './interpreter.ts';

/** Where the worker with this id listens. */
export function phpEndpoint(runFolder: string, spawnId: number): string {
  return join(runFolder, `php-${spawnId}`);
}

/** Throws EngineError when something that the configuration names is not there: php-cgi would say nothing. */
export function checkPhp(app: PhpApp): void {
  const files: [option: string, path: string | null][] = [
    ['php-app', app.app],
    ['php-ini', app.ini],
    ...app.iniAppend.map((path): [string, string] => ['php-ini-append', path]),
  ];
  if (app.docroot !== null) requireKind('php-docroot', app.docroot, 'folder');
  for (const [option, path] of files) if (path !== null) requireKind(option, path, 'file');
}

function requireKind(option: string, path: string, kind: 'file' | 'folder'): void {
  let problem: string | null;
  try {
    const found = statSync(path);
    problem = (kind === 'file' ? found.isFile() : found.isDirectory()) ? null : `is no ${kind}`;
  } catch (error) {
    problem = `can not be read (${errorCode(error)})`;
  }
  if (problem !== null) throw new EngineError('php-path-unusable', `${path}, which '${option}' names, ${problem}.`);
}

/** The command for one worker, and what changes in its environment. */
export function phpCommand(
  app: PhpApp,
  { file, args }: Program,
  place: { runFolder: string; env: NodeJS.ProcessEnv },
  { spawnId, generation }: { spawnId: number; generation: number },
): { program: Program; env: NodeJS.ProcessEnv } {
  const ini = app.ini === null ? [] : ['-c', app.ini];
  const folder = writeIniFolder(app, join(place.runFolder, `php-ini-${generation}`));
  // An empty entry stands for the folder that PHP was built with.
  const scanned = place.env['PHP_INI_SCAN_DIR'] ?? '';
  return {
    program: { file, args: [...args, ...ini, '-b', phpEndpoint(place.runFolder, spawnId)] },
    env: {
      ...place.env,
      ...(folder === null ? {} : { PHP_INI_SCAN_DIR: `${scanned}${delimiter}${folder}` }),
      // It is one process, and ends when it is told to.
      PHP_FCGI_CHILDREN: undefined,
      PHP_FCGI_MAX_REQUESTS: '0',
    },
  };
}

/** Null: the configuration sets nothing. Each generation has a folder; the first of its workers makes it. */
function writeIniFolder(app: PhpApp, folder: string): string | null {
  const prepend = prependText(app);
  if (app.iniAppend.length === 0 && app.set.length === 0 && prepend === null) return null;
  try {
    mkdirSync(folder);
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return folder;
    throw error;
  }
  app.iniAppend.forEach((path, index) => {
    symlinkSync(path, join(folder, `${String(index).padStart(4, '0')}-${basename(path)}.ini`));
  });
  // As on uWSGI values are in the language of php.ini: quotes, constants and comments count.
  const lines = app.set.map(([name, value]) => `${name}=${value}\n`);
  if (prepend !== null) {
    const script = join(folder, 'prepend.php');
    writeFileSync(script, prepend);
    lines.push(`auto_prepend_file="${script}"\n`);
  }
  writeFileSync(join(folder, 'zz-set.ini'), lines.join(''));
  return folder;
}

/** What runs in front of every script; null: nothing does. As on uWSGI constants are there for the code that follows. */
function prependText({ constants, execBefore, execAfter, set }: PhpApp): string | null {
  if (constants.length + execBefore.length + execAfter.length === 0) return null;
  const own = set.findLast(([name]) => name === 'auto_prepend_file')?.[1].replace(/^"(.*)"$/, '$1');
  const lines = constants.map(([name, value]) => `define(${quotePhp(name)}, ${quotePhp(value)});`);
  for (const code of execBefore) lines.push(`eval(${quotePhp(code)});`);
  // After `exit`, too. The code sees the script's variables.
  if (execAfter.length > 0) {
    lines.push('register_shutdown_function(static function () {');
    lines.push('  foreach (array_keys($GLOBALS) as $reeveName) { global $$reeveName; }');
    for (const code of execAfter) lines.push(`  eval(${quotePhp(code)});`);
    lines.push('});');
  }
  if (own !== undefined && own !== '') lines.push(`require ${quotePhp(own)};`);
  return `<?php\n${lines.join('\n')}\n`;
}

function quotePhp(text: string): string {
  return `'${text.replace(/['\\]/g, (char) => `\\${char}`)}'`;
}

const versions = new Map<string, string>();

/** `PHP 8.2.36`; `PHP` where it can not be asked. */
export function phpVersion(file: string, env: NodeJS.ProcessEnv): string {
  const known = versions.get(file);
  if (known !== undefined) return known;
  const { stdout } = spawnSync(file, ['-v'], { env, timeout: 5000, encoding: 'latin1', windowsHide: true });
  const version = /^PHP \S+/.exec(stdout ?? '')?.[0] ?? 'PHP';
  versions.set(file, version);
  return version;
}
