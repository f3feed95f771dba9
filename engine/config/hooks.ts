/**
 * Hooks as uWSGI writes them, `action:argument`: which actions there are, what they need, and at which moments each
 * can run. Pure; master/hook-actions.ts and the runtimes carry them out.
 */
import type { Origin } from './settings.ts';
import { type HookPhase, type HookSetting, RUNTIME_PHASES } from './system-settings.ts';

/** Each action with what its argument has to look like, and how to say so. */
const ACTIONS = new Map<string, [shape: RegExp, needs: string]>([
  ['exec', [/./, 'a command']],
  ['safeexec', [/./, 'a command']],
  ['print', [/^/, '']],
  ['log', [/^/, '']],
  ['exit', [/^\d*$/, 'an exit code']],
  ['putenv', [/^[^=]+=/, 'NAME=value']],
  ['chdir', [/./, 'a folder']],
  ['cd', [/./, 'a folder']],
  ['mkdir', [/./, 'a folder']],
  ['unlink', [/./, 'a file']],
  ['creat', [/./, 'a file']],
  ['create', [/./, 'a file']],
  ['write', [/^\S+ /, 'a file and a text']],
  ['writen', [/^\S+ /, 'a file and a text']],
  ['append', [/^\S+ /, 'a file and a text']],
  ['appendn', [/^\S+ /, 'a file and a text']],
  ['chmod', [/^\S+ [0-7]{1,4}$/, 'a file and an octal mode']],
  ['chown', [/^\S+ \S+ \S+$/, 'a file, a user and a group']],
  ['alarm', [/^\S+ ./, 'an alarm and a text']],
  ['unix_signal', [/^\d+ \S+$/, 'the number of a signal and a function']],
]);

export const HOOK_ACTIONS: readonly string[] = [...ACTIONS.keys()];

export type SignalCommand = 'stop' | 'graceful-stop' | 'reload' | 'brutal-reload' | 'pause' | 'print-statistics';

/** Functions of uWSGI's master that `unix_signal` can bind to a signal, as the engine's commands. */
export const SIGNAL_FUNCTIONS: ReadonlyMap<string, SignalCommand> = new Map([
  ['kill_them_all', 'stop'],
  ['gracefully_kill_them_all', 'graceful-stop'],
  ['grace_them_all', 'reload'],
  ['reap_them_all', 'brutal-reload'],
  ['suspend_resume_them_all', 'pause'],
  ['stats', 'print-statistics'],
]);

/** Numbers of the signals that may be bound: those that the master listens to. */
const BINDABLE_SIGNALS = new Map([
  [1, 'SIGHUP'],
  [2, 'SIGINT'],
  [3, 'SIGQUIT'],
  [10, 'SIGUSR1'],
  [15, 'SIGTERM'],
  [20, 'SIGTSTP'],
]);

/** A hook, or what is wrong with it as the end of a sentence. */
export function parseHook(phase: HookPhase, text: string, origin: Origin): HookSetting | string {
  const colon = text.indexOf(':');
  if (colon < 1) return `is no hook: write it as action:argument, for example exec:command.`;
  const action = text.slice(0, colon).trim();
  const argument = text.slice(colon + 1);
  const shape = ACTIONS.get(action);
  if (shape === undefined) {
    return `names the action '${action}', which the engine does not have. It has ${HOOK_ACTIONS.join(', ')}.`;
  }
  if (!shape[0].test(argument)) return `is incomplete: '${action}' needs ${shape[1]}.`;
  const wrong = action === 'unix_signal' ? checkSignal(phase, argument) : checkPlace(phase, action);
  return wrong ?? { phase, action, argument, text, isOldForm: false, origin };
}

/** What signals do instead of their usual meaning, by name of the signal; the last word counts. */
export function boundSignals(hooks: readonly HookSetting[]): ReadonlyMap<string, SignalCommand> {
  const bound = new Map<string, SignalCommand>();
  for (const { action, argument } of hooks) {
    if (action !== 'unix_signal') continue;
    const [number, name] = splitSignal(argument);
    const signal = BINDABLE_SIGNALS.get(number);
    const command = SIGNAL_FUNCTIONS.get(name);
    if (signal !== undefined && command !== undefined) bound.set(signal, command);
  }
  return bound;
}

/** The hooks of a moment in the order they run: those written as `exec-PHASE` come last. */
export function hooksOf(hooks: readonly HookSetting[], phase: HookPhase): HookSetting[] {
  const here = hooks.filter((hook) => hook.phase === phase);
  return [...here.filter((hook) => !hook.isOldForm), ...here.filter((hook) => hook.isOldForm)];
}

function checkSignal(phase: HookPhase, argument: string): string | null {
  if (isRuntimePhase(phase)) return 'binds a signal of a worker; signals can be bound for the master only.';
  const [number, name] = splitSignal(argument);
  if (!BINDABLE_SIGNALS.has(number)) {
    return `names signal ${number}; those that can be bound are ${[...BINDABLE_SIGNALS.keys()].join(', ')}.`;
  }
  if (SIGNAL_FUNCTIONS.has(name)) return null;
  return `names the function '${name}'; there are ${[...SIGNAL_FUNCTIONS.keys()].join(', ')}.`;
}

function checkPlace(phase: HookPhase, action: string): string | null {
  if (action !== 'chown' || !isRuntimePhase(phase)) return null;
  return "changes an owner where the engine has no right to it; write it as 'hook-as-root'.";
}

function isRuntimePhase(phase: HookPhase): boolean {
  return RUNTIME_PHASES.some((one) => one === phase);
}

function splitSignal(argument: string): [number: number, name: string] {
  const [number = '', name = ''] = argument.split(' ');
  return [Number(number), name];
}
