/**
 * What a touched file has done: a command for the master, or a program (`touch-exec`) that runs beside it, its output in
 * the log. Programs that still run when the engine ends are left alone, as uWSGI does.
 */
import { spawn } from 'node:child_process';
import type { CompanionRole } from '../config/companion-settings.ts';
import type { EngineSettings, SystemTouchAction, TouchAction, TouchSetting } from '../config/settings.ts';
import type { ShellCommand } from './commands.ts';
import type { EngineLog } from './engine-log.ts';
import { errorCode } from './engine-log.ts';
import type { Command } from './events.ts';
import { childEnv, type RuntimePlace } from './runtimes.ts';

export interface TouchHost {
  log: EngineLog;
  settings: EngineSettings;
  place: RuntimePlace;
  command: (command: Command | ShellCommand) => void;
  system: (action: SystemTouchAction, path: string) => void;
  raiseSignal: (number: number) => void;
  renew: (role: CompanionRole) => void;
}

/** uWSGI's words for what comes now. */
const ANNOUNCED: Record<
  Exclude<TouchAction['type'], SystemTouchAction['type'] | 'exec' | 'signal' | 'renew-mules' | 'renew-spoolers'>,
  string
> = {
  reload: 'grace them all',
  'brutal-reload': 'brutally reload them all',
  'reload-workers': 'workers reload',
  'chain-reload': 'chain reload',
  'reopen-log': 'log reopen',
  'rotate-log': 'log rotation',
};

export function actOnTouch({ path, action }: TouchSetting, host: TouchHost): void {
  if (action.type === 'exec') {
    host.log.write(`[uwsgi-touch-exec] running ${action.command}`);
    run(action.command, host);
    return;
  }
  if (action.type === 'hook' || action.type === 'restart-daemons') return host.system(action, path);
  if (action.type === 'signal') {
    host.log.write(`*** ${path} has been touched... raising signal ${action.number} !!! ***`);
    return host.raiseSignal(action.number);
  }
  if (action.type === 'renew-mules' || action.type === 'renew-spoolers') {
    const role = action.type === 'renew-mules' ? 'mule' : 'spooler';
    host.log.write(`*** ${path} has been touched... reloading ${role}s !!! ***`);
    return host.renew(role);
  }
  host.log.write(`*** ${path} has been touched... ${ANNOUNCED[action.type]} !!! ***`);
  host.command(action.type);
}

function run(command: string, { log, settings, place }: TouchHost): void {
  const child = spawn(settings.system.shell, ['-c', command], {
    cwd: place.folder ?? settings.chdir ?? place.cwd,
    env: childEnv(settings, place),
    stdio: ['ignore', log.outputFd, log.errorFd],
  });
  child.unref();
  child.on('error', (error) => log.write(`*** touch-exec: ${command} could not be run (${errorCode(error)}) ***`));
  child.on('exit', (code, signal) => {
    if (code !== 0) log.write(`*** touch-exec: ${command} ended with ${signal ?? `exit code ${code ?? 0}`} ***`);
  });
}
