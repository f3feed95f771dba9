/** Finds the program that runs a language's workers, and says what to do when there is none. */
import { accessSync, constants, existsSync, statSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';
import { LANGUAGES } from '../config/languages.ts';
import type { PythonApp } from '../config/python-app.ts';
import type { AppSetting } from '../config/settings.ts';
import { EngineError } from '../errors.ts';

export interface Program {
  file: string;
  args: string[];
}

/** The command of a worker process for this app. Throws EngineError when there is no interpreter. */
export function programFor(app: AppSetting, resourcesFolder: string, env: NodeJS.ProcessEnv, cwd: string): Program {
  const runtimes = join(resourcesFolder, 'runtimes');
  switch (app.language) {
    case 'javascript': {
      // The packaged application is no Node: there it must be on the PATH.
      const file = process.versions['electron'] === undefined ? process.execPath : interpreter('node', "'js-app'", env);
      return endingWithParent({ file, args: [join(runtimes, 'node', 'worker.mjs')] }, env);
    }
    case 'ruby':
      refuseWindows(app);
      return { file: interpreter('ruby', "'rack'", env), args: [join(runtimes, 'ruby', 'reeve_runtime.rb')] };
    case 'perl':
      refuseWindows(app);
      return { file: interpreter('perl', "'psgi'", env), args: [join(runtimes, 'perl', 'reeve_runtime.pl')] };
    case 'php':
      refuseWindows(app);
      return endingWithParent({ file: interpreter('php-cgi', 'PHP', env), args: [] }, env);
    case 'cgi':
      refuseWindows(app);
      return pythonProgram(app, join(runtimes, 'python', 'reeve_runtime.py'), env, cwd);
    case 'python':
    case 'none':
      return pythonProgram(app, join(runtimes, 'python', 'reeve_runtime.py'), env, cwd);
  }
}

/** Their workers are forked, or are spoken to over unix sockets. */
function refuseWindows({ language }: AppSetting): void {
  if (process.platform !== 'win32') return;
  throw new EngineError('not-on-windows', `${LANGUAGES[language].title} applications do not run on Windows.`);
}

function interpreter(name: string, user: string, env: NodeJS.ProcessEnv): string {
  const file = findOnPath([name], env);
  if (file !== null) return file;
  throw new EngineError('no-interpreter', `There is no '${name}' on the PATH, which ${user} needs.`);
}

function pythonProgram(app: AppSetting, script: string, env: NodeJS.ProcessEnv, cwd: string): Program {
  const args = [...(app.language === 'python' ? pythonFlags(app) : []), script];
  const virtualenv = app.language === 'python' ? app.virtualenv : null;
  if (virtualenv !== null) return { file: virtualenvPython(resolve(cwd, virtualenv)), args };
  const names = process.platform === 'win32' ? ['python', 'python3', 'py'] : ['python3', 'python'];
  const file = findOnPath(names, env);
  if (file !== null) return { file, args };
  const need = app.language === 'cgi' ? "which starts the scripts of 'cgi'" : "and no 'virtualenv' names another";
  throw new EngineError('no-interpreter', `There is no 'python3' (3.8 or newer) on the PATH, ${need}.`);
}

/**
 * The kernel ends it with the master, also in the middle of a loop that never looks at its control connection. Python
 * sees to that itself, Node and PHP can not: `setpriv` of util-linux asks for it (PR_SET_PDEATHSIG) where it is installed.
 * A master that has died before that was asked for sends no signal any more: the shell looks whether it is still there.
 */
function endingWithParent(program: Program, env: NodeJS.ProcessEnv): Program {
  const file = process.platform === 'linux' ? findOnPath(['setpriv'], env) : null;
  if (file === null) return program;
  const ifAlive = ['/bin/sh', '-c', '[ "$PPID" = "$0" ] && exec "$@"', String(process.pid)];
  return { file, args: ['--pdeathsig', 'KILL', ...ifAlive, program.file, ...program.args] };
}

function pythonFlags({ optimize, noSite }: PythonApp): string[] {
  const flags = noSite ? ['-S'] : [];
  return optimize > 0 ? [...flags, `-${'O'.repeat(optimize)}`] : flags;
}

function virtualenvPython(folder: string): string {
  const names = process.platform === 'win32' ? ['Scripts/python.exe'] : ['bin/python3', 'bin/python'];
  const found = names.map((name) => join(folder, name)).find((path) => existsSync(path));
  if (found !== undefined) return found;
  throw new EngineError('no-virtualenv', `There is no virtual environment at ${folder} (no ${names[0]} in it).`);
}

/** The first of these programs that is on the PATH; null: none is. */
export function findOnPath(names: readonly string[], env: NodeJS.ProcessEnv): string | null {
  const folders = (env['PATH'] ?? env['Path'] ?? '').split(delimiter).filter((folder) => folder !== '');
  const suffix = process.platform === 'win32' ? '.exe' : '';
  for (const name of names) {
    for (const folder of folders) {
      const path = join(folder, name + suffix);
      if (isExecutable(path)) return path;
    }
  }
  return null;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    // Not there, or not for us.
    return false;
  }
}
