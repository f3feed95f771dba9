/**
 * Ways to tell a running engine what to do.
 */
import { resolvePath } from '../host.ts';
import type { SystemTouchAction, TouchAction } from '../settings.ts';
import { type Draft, flag, number, type OptionSection, type Reader, take } from './section.ts';

export const controlOptions: OptionSection = {
  data: `
touch-reload | list | works | | Reloads when this file is touched.
touch-workers-reload | list | works | | Replaces the workers only when this file is touched; new code comes with 'lazy-apps'.
touch-chain-reload | list | works | | Replaces the workers one after the other when this file is touched; new code comes with 'lazy-apps'.
touch-mules-reload | list | works | | Replaces the mules when this file is touched.
touch-spoolers-reload | list | works | | Replaces the spoolers when this file is touched.
touch-logrotate | list | works | | Rotates the log when this file is touched.
touch-logreopen | list | works | | Opens the log file anew when this file is touched.
touch-exec | list | works | | Runs a command when a file is touched: 'FILE COMMAND'.
touch-signal | list | works | | Raises a signal of uWSGI's framework when a file is touched.
fs-reload | list | works | | Reloads when this file or folder changes.
fs-brutal-reload | list | works | | Reloads without waiting for requests when this file or folder changes.
fs-signal | list | works | | Raises a signal of uWSGI's framework when a file changes.
reload-on-fd | list | no | | Reloads when a descriptor is readable.
brutal-reload-on-fd | list | no | | Reloads without waiting for requests when a descriptor is readable.
propagate-touch | flag | no | | Passes a reload by touch on to each process, where signals are not reliable.
check-mountpoint | list | no | | Stops the server when the file system at this path does not answer any more.
master-fifo | list | works | | Named pipe that takes commands: r reloads, q stops.
die-on-term | flag | works | false | Stops at SIGTERM instead of reloading.
exit-on-reload | flag | works | false | Stops when asked to reload.
reload-timeout | seconds | works | 0 | Gives a reload up whose new workers are not ready after this time; 0 means never.
`,
  readers: {
    'touch-reload': touch('reload'),
    'touch-workers-reload': touch('reload-workers'),
    'touch-chain-reload': touch('chain-reload'),
    'touch-logrotate': touch('rotate-log'),
    'touch-logreopen': touch('reopen-log'),
    'touch-mules-reload': touch('renew-mules'),
    'touch-spoolers-reload': touch('renew-spoolers'),
    'touch-signal': readTouchSignal,
    'fs-signal': readTouchSignal,
    'touch-exec': readTouchExec,
    'fs-reload': touch('reload'),
    'fs-brutal-reload': touch('brutal-reload'),
    'master-fifo': (draft, value) =>
      take(value, (path) => draft.settings.masterFifos.push(resolvePath(draft.folder, path))),
    'die-on-term': flag('dieOnTerm'),
    'exit-on-reload': flag('exitOnReload'),
    'reload-timeout': number('reloadTimeoutSeconds'),
  },
};

function touch(type: Exclude<TouchAction['type'], SystemTouchAction['type'] | 'exec' | 'signal'>): Reader {
  return ({ settings, folder }, value) =>
    take(value, (path) => settings.touches.push({ path: resolvePath(folder, path), action: { type } }));
}

/** A file, a blank and the number of a signal. */
function readTouchSignal({ settings, folder }: Draft, value: string): string | null {
  const { file, signal } = /^(?<file>\S+)\s+(?<signal>\d{1,3})$/.exec(value)?.groups ?? {};
  const number = Number(signal ?? 256);
  if (file === undefined || number > 255) return 'needs a file, a blank and a signal from 0 to 255.';
  settings.touches.push({ path: resolvePath(folder, file), action: { type: 'signal', number } });
  return null;
}

/** A file, a blank, and the rest is the command. */
function readTouchExec({ settings, folder }: Draft, value: string): string | null {
  const { file, command } = /^(?<file>\S+)\s+(?<command>\S.*)$/.exec(value)?.groups ?? {};
  if (file === undefined || command === undefined) return 'needs a file and a command with a blank in between.';
  settings.touches.push({ path: resolvePath(folder, file), action: { type: 'exec', command } });
  return null;
}
