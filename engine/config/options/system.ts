/**
 * Processes as the operating system sees them: user, folder, environment, names, files.
 */
import { resolvePath } from '../host.ts';
import { type Draft, flag, type OptionSection, take } from './section.ts';

export const systemOptions: OptionSection = {
  data: `
master | flag | works | false | Runs a master process that restarts workers and answers signals, stats and the FIFO.
cpu-affinity | int | no | | Binds each worker to this number of cores.
uid | string | no | | User to run as, by name or number.
gid | string | no | | Group to run as, by name or number.
umask | mode | no | | File mode mask, in octal.
daemonize | path | no | | Goes into the background and logs to this file; run the engine under a supervisor instead.
daemonize2 | path | no | | As 'daemonize', after the applications were loaded.
pidfile | path | works | | Writes the master's pid to this file before privileges are dropped.
pidfile2 | path | no | | As 'pidfile', after privileges were dropped.
safe-pidfile | path | no | | As 'pidfile', written when the server is ready.
auto-procname | flag | works | false | Gives each process a name that says what it does.
procname-prefix | string | works | | Text in front of process names.
procname-prefix-spaced | string | works | | As 'procname-prefix', with a blank after it.
procname | string | no | | Name of all processes.
procname-master | string | no | | Name of the master process.
vacuum | flag | works | false | Removes sockets and pid files at the end.
no-orphans | flag | none: workers always end with their master | | Ends workers whose master is gone.
close-on-exec | flag | none: sockets are never handed to the application's children | | Closes sockets in programs the application starts.
close-on-exec2 | flag | none: sockets are never handed to the application's children | | Closes server sockets in programs the application starts.
chdir | path | works | | Folder to change to before the application is loaded.
chdir2 | path | no | | Folder to change to after the application was loaded.
env | list | works | | Sets an environment variable: NAME=value.
unenv | list | no | | Removes an environment variable.
envdir | path | no | | Reads environment variables from the files of a folder.
limit-as | mb | no | | Largest address space of a process.
reload-os-env | flag | no | | Takes the environment again at a reload.
attach-daemon | list | no | | Program that is started and stopped with the server.
attach-daemon2 | list | no | | Program that is started and stopped with the server, with options.
smart-attach-daemon | list | no | | Program that outlives a reload, with its pid file.
`,
  readers: {
    master: flag('master'),
    pidfile: (draft, value) => take(value, (path) => (draft.settings.pidfile = resolvePath(draft.host.cwd, path))),
    'auto-procname': flag('autoProcname'),
    'procname-prefix': (draft, value) => take(value, (text) => (draft.settings.procnamePrefix = text)),
    'procname-prefix-spaced': (draft, value) => take(value, (text) => (draft.settings.procnamePrefix = `${text} `)),
    vacuum: flag('vacuum'),
    chdir: (_draft, value) => take(value, () => undefined),
    env: readEnv,
  },
};

function readEnv(draft: Draft, value: string): string | null {
  const equals = value.indexOf('=');
  if (equals < 1) return 'needs NAME=value.';
  draft.settings.env.push([value.slice(0, equals), value.slice(equals + 1)]);
  return null;
}
