/**
 * What the processes of an application are started with beside their application: limits (`limit-as`, `limit-nproc`),
 * CPUs, names and hooks. Limits are set by the shell that becomes the interpreter: so they hold for every language and
 * before any of its code runs.
 */
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { hooksOf } from '../config/hooks.ts';
import { LANGUAGES } from '../config/languages.ts';
import type { EngineSettings } from '../config/settings.ts';
import { RUNTIME_PHASES } from '../config/system-settings.ts';
import type { RuntimeSystem } from './control.ts';
import type { Program } from './interpreter.ts';
import { runtimeTitles } from './titles.ts';

export function runtimeSystem(settings: EngineSettings): RuntimeSystem {
  const { hooks, shell, chdir2, cpuAffinity } = settings.system;
  return {
    hooks: RUNTIME_PHASES.flatMap((phase) =>
      hooksOf(hooks, phase).map(({ action, argument, text }): RuntimeSystem['hooks'][number] => [
        phase,
        action,
        argument,
        text,
      ]),
    ),
    shell,
    titles: runtimeTitles(settings),
    chdir2,
    cpuAffinity,
  };
}

/** The command with what has to be so before it begins. `wid` 0: a zygote. */
export function launchOf(program: Program, settings: EngineSettings, wid: number): Program {
  const { limits, cpuAffinity, shell } = settings.system;
  const steps: string[] = [];
  if (limits.addressSpaceBytes > 0) steps.push(`ulimit -v ${limits.addressSpaceBytes / 1024}`);
  // dash has it as -p.
  if (limits.processes > 0)
    steps.push(`{ ulimit -u ${limits.processes} 2>/dev/null || ulimit -p ${limits.processes}; }`);
  // Others bind themselves (reeve_hooks.py), since a fork's number is not known here.
  const isBound = cpuAffinity > 0 && wid > 0 && !LANGUAGES[settings.app.language].forks;
  const command = isBound ? `exec taskset -c ${cpusOf(wid, cpuAffinity).join(',')} "$@"` : 'exec "$@"';
  if (steps.length === 0 && !isBound) return program;
  return { file: shell, args: ['-c', [...steps, command].join(' && '), shell, program.file, ...program.args] };
}

/** So many CPUs for this worker, going on where the one before stopped, as uWSGI does. */
function cpusOf(wid: number, count: number): number[] {
  const cpus = allowedCpus();
  return Array.from({ length: count }, (_, offset) => cpus[((wid - 1) * count + offset) % cpus.length] ?? 0);
}

/** Those this process may run on, in order: in a container it may be some of the machine's. */
export function allowedCpus(): number[] {
  const everyOne = Array.from({ length: availableParallelism() }, (_, cpu) => cpu);
  if (process.platform !== 'linux') return everyOne;
  // `0-3,6`
  const list = /^Cpus_allowed_list:\s*(\S+)/m.exec(readFileSync('/proc/self/status', 'latin1'))?.[1];
  if (list === undefined) return everyOne;
  return list.split(',').flatMap((range) => {
    const [first = 0, last = first] = range.split('-').map(Number);
    return Array.from({ length: last - first + 1 }, (_, offset) => first + offset);
  });
}
