/**
 * Commands and actions at moments of the server's life: `hook-*` and the older `exec-*`.
 */
import { parseHook } from '../hooks.ts';
import { resolvePath } from '../host.ts';
import type { Origin } from '../settings.ts';
import type { HookPhase } from '../system-settings.ts';
import type { Draft, OptionSection, Reader } from './section.ts';

export const hooksOptions: OptionSection = {
  data: `
hook-asap | list | works | | Action as soon as the configuration was read; ACTION:ARGUMENT, as in all hooks.
hook-pre-jail | list | works | | Action before a jail would be entered, with the rights the server was started with. | effect=restart
hook-post-jail | list | none: it runs only where uWSGI has entered a jail | | Action after a jail was entered. | effect=restart
hook-in-jail | list | works | | Action after 'hook-pre-jail', with the rights the server was started with.
hook-as-root | list | works | | Action just before the server takes the rights of 'uid' and 'gid'.
hook-as-user | list | works | | Action just after the server took the rights of 'uid' and 'gid'.
hook-as-user-atexit | list | works | | Action when the server has stopped everything and ends.
hook-pre-app | list | works | | Action before the application is loaded, in the process that loads it.
hook-post-app | list | works | | Action after the application was loaded, in the process that loaded it.
hook-post-fork | list | works | | Action in each worker when it starts.
hook-accepting | list | works | | Action in each worker when it is about to serve.
hook-accepting-once | list | works | | Action in each worker when it is about to serve, not again when it is replaced.
hook-accepting1 | list | works | | Action in worker 1 when it is about to serve.
hook-accepting1-once | list | works | | Action in worker 1 when it is about to serve, not again when it is replaced.
hook-master-start | list | works | | Action in the master when the application was loaded.
hook-touch | list | works | | Action when a file is touched: FILE ACTION:ARGUMENT.
exec-asap | list | works | | Runs a command as soon as the configuration was read.
exec-pre-jail | list | works | | Runs a command before a jail would be entered, with the rights the server was started with. | effect=restart
exec-post-jail | list | none: it runs only where uWSGI has entered a jail | | Runs a command after a jail was entered. | effect=restart
exec-in-jail | list | works | | Runs a command after 'exec-pre-jail', with the rights the server was started with.
exec-as-root | list | works | | Runs a command just before the server takes the rights of 'uid' and 'gid'.
exec-as-user | list | works | | Runs a command just after the server took the rights of 'uid' and 'gid'.
exec-as-user-atexit | list | works | | Runs a command when the server has stopped everything and ends.
exec-pre-app | list | works | | Runs a command before the application is loaded.
exec-post-app | list | works | | Runs a command after the application was loaded.
binsh | path | works | /bin/sh | The shell that runs the commands of hooks and daemons.
`,
  readers: {
    'hook-asap': hook('asap'),
    'hook-pre-jail': hook('pre-jail'),
    'hook-in-jail': hook('in-jail'),
    'hook-as-root': hook('as-root'),
    'hook-as-user': hook('as-user'),
    'hook-as-user-atexit': hook('as-user-atexit'),
    'hook-pre-app': hook('pre-app'),
    'hook-post-app': hook('post-app'),
    'hook-post-fork': hook('post-fork'),
    'hook-accepting': hook('accepting'),
    'hook-accepting-once': hook('accepting-once'),
    'hook-accepting1': hook('accepting1'),
    'hook-accepting1-once': hook('accepting1-once'),
    'hook-master-start': hook('master-start'),
    'hook-touch': readTouchHook,
    'exec-asap': command('asap'),
    'exec-pre-jail': command('pre-jail'),
    'exec-in-jail': command('in-jail'),
    'exec-as-root': command('as-root'),
    'exec-as-user': command('as-user'),
    'exec-as-user-atexit': command('as-user-atexit'),
    'exec-pre-app': command('pre-app'),
    'exec-post-app': command('post-app'),
    binsh: ({ settings }, value) => {
      if (!value.startsWith('/')) return 'needs the full path of a shell.';
      settings.system.shell = value;
      return null;
    },
  },
};

function hook(phase: HookPhase): Reader {
  return ({ settings }, value, origin) => {
    const parsed = parseHook(phase, value, origin);
    if (typeof parsed === 'string') return parsed;
    settings.system.hooks.push(parsed);
    return null;
  };
}

function command(phase: HookPhase): Reader {
  return ({ settings }, value, origin) => {
    if (value === '') return 'needs a command.';
    settings.system.hooks.push({ phase, action: 'exec', argument: value, text: value, isOldForm: true, origin });
    return null;
  };
}

/** A file, a blank, and the rest is a hook. */
function readTouchHook({ settings, folder }: Draft, value: string, origin: Origin): string | null {
  const { file, action } = /^(?<file>\S+)\s+(?<action>\S.*)$/.exec(value)?.groups ?? {};
  if (file === undefined || action === undefined) return 'needs a file and an action with a blank in between.';
  const parsed = parseHook('touch', action, origin);
  if (typeof parsed === 'string') return parsed;
  settings.touches.push({ path: resolvePath(folder, file), action: { type: 'hook', hook: parsed } });
  return null;
}
