/**
 * Starts runtimes (zygotes and fresh workers) as child processes and reports their ends. They live in a session of
 * their own, so that a terminal's Ctrl-C reaches the master alone, which decides what it means.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { rmSync } from 'node:fs';
import { constants } from 'node:os';
import type { EngineSettings } from '../config/settings.ts';
import type { RuntimeBoot } from './control.ts';
import { directBoot } from './direct-boot.ts';
import { errorCode } from './engine-log.ts';
import type { Ending } from './events.ts';
import { type Program, programFor } from './interpreter.ts';
import { phpCommand, phpEndpoint } from './php-process.ts';
import { launchOf, runtimeSystem } from './runtime-launch.ts';

export interface RuntimePlace {
  controlEndpoint: string;
  gatewayEndpoints: string[];
  commonsEndpoint: string;
  /** The run folder's path; empty before it is made. */
  runFolder: string;
  bodyFolder: string;
  token: string;
  resourcesFolder: string;
  env: NodeJS.ProcessEnv;
  cwd: string;
  /** Where a hook has gone with `chdir`; null: nowhere. */
  folder: string | null;
}

/** What is known before anything is open; the rest is filled in on the way. */
export function placeOf(
  here: Pick<RuntimePlace, 'env' | 'cwd' | 'resourcesFolder'>,
  token: string,
  gatewayEndpoints: string[],
): RuntimePlace {
  const notYet = { controlEndpoint: '', commonsEndpoint: '', runFolder: '', bodyFolder: '' };
  return { ...here, ...notYet, folder: null, token, gatewayEndpoints };
}

export interface RuntimeRequest {
  role: RuntimeBoot['role'];
  generation: number;
  spawnId: number;
  wid: number;
  /** Of a companion: which of its role; 0: it is none. */
  number: number;
  isFirst: boolean;
  processes: number;
  /** With fewer applications the process ends instead of answering 500. */
  needApps: number;
}

export type Started = { ok: true; pid: number } | { ok: false; message: string };

/** The command that runs this configuration's app. Throws EngineError when its interpreter is missing. */
export function runtimeProgram(settings: EngineSettings, place: RuntimePlace): Program {
  return programFor(settings.app, place.resourcesFolder, childEnv(settings, place), place.cwd);
}

/** Starts one; `onEnd` is called once, only when it was started. */
export function startRuntime(
  settings: EngineSettings,
  place: RuntimePlace,
  request: RuntimeRequest,
  log: { outputFd: number; errorFd: number },
  onEnd: (ending: Ending) => void,
): Started {
  let child: ChildProcess;
  const isPhp = settings.app.language === 'php';
  try {
    const { program, env, cwd } = commandOf(settings, place, request);
    child = spawn(program.file, program.args, {
      cwd,
      env,
      stdio: [isPhp ? 'ignore' : 'pipe', log.outputFd, log.errorFd],
      detached: process.platform !== 'win32',
      windowsHide: true,
    });
  } catch (error) {
    return { ok: false, message: error instanceof Error ? error.message : String(error) };
  }
  let startError = '';
  child.on('error', (error) => {
    startError = errorCode(error);
  });
  if (child.pid === undefined) return { ok: false, message: `its program could not be started ${startError}`.trim() };
  child.on('exit', (code, signal) => {
    if (isPhp) rmSync(phpEndpoint(place.runFolder, request.spawnId), { force: true });
    onEnd({ code, signal: signal === null ? null : constants.signals[signal] });
  });
  // It may end before it has read its line; its exit tells.
  child.stdin?.on('error', () => child.stdin?.destroy());
  child.stdin?.end(`${JSON.stringify(bootOf(settings, place, request))}\n`);
  return { ok: true, pid: child.pid };
}

/** What is run for it, and where. */
function commandOf(
  settings: EngineSettings,
  place: RuntimePlace,
  request: RuntimeRequest,
): { program: Program; env: NodeJS.ProcessEnv; cwd: string } {
  const { app } = settings;
  const program = runtimeProgram(settings, place);
  const env = childEnv(settings, place);
  if (app.language !== 'php') return { program: launchOf(program, settings, request.wid), env, cwd: place.cwd };
  const php = phpCommand(app, program, { runFolder: place.runFolder, env }, request);
  const cwd = settings.system.chdir2 ?? place.folder ?? settings.chdir ?? place.cwd;
  return { program: launchOf(php.program, settings, request.wid), env: php.env, cwd };
}

/** What programs that are started get; null in `env` removes a variable. */
export function childEnv(settings: EngineSettings, place: RuntimePlace): NodeJS.ProcessEnv {
  const changes = settings.env.map(([name, value]): [string, string | undefined] => [name, value ?? undefined]);
  return { ...place.env, ...Object.fromEntries(changes) };
}

function bootOf(settings: EngineSettings, place: RuntimePlace, request: RuntimeRequest): RuntimeBoot {
  return {
    ...request,
    controlEndpoint: place.controlEndpoint,
    gatewayEndpoints: place.gatewayEndpoints,
    commons: place.commonsEndpoint,
    queueSlots: settings.commons.queue?.slots ?? 0,
    token: place.token,
    app: settings.app,
    chdir: place.folder ?? settings.chdir,
    threads: settings.threads,
    loop: settings.loop,
    enableThreads: settings.enableThreads,
    recycling: settings.recycling,
    // A fork is there in milliseconds; a fresh interpreter has to import first: the worn one serves until then.
    retirement: request.role === 'zygote' ? 'at-once' : 'when-replaced',
    masterPid: process.pid,
    startedOn: Math.floor(Date.now() / 1000 - process.uptime()),
    isReload: request.generation > 1,
    system: runtimeSystem(settings),
    direct: directBoot(settings, place),
    companions: settings.companions,
    spooler: settings.spooler,
    options: settings.options.map(({ key, value }) => [key, value]),
  };
}
