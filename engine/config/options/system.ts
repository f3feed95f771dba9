/**
 * Processes as the operating system sees them: user, folder, environment, names, files.
 */
import { resolvePath } from '../host.ts';
import type { EngineSettings } from '../settings.ts';
import { decodeText } from '../text-bytes.ts';
import {
  type Draft,
  flag,
  type OptionSection,
  readFlag,
  readMegabytes,
  readNumber,
  readPath,
  readStartPath,
  take,
} from './section.ts';

export const systemOptions: OptionSection = {
  data: `
master | flag | works | false | Runs a master process that restarts workers and answers signals, stats and the FIFO. | effect=restart
cpu-affinity | int | works | | Binds each worker to this number of CPUs, one worker after the other. | unit=CPUs
prio | string | works | | Priority of all processes, from -20 (first) to 19. | here=restart
uid | string | works | | User to run as, by name or number; its own group too unless 'gid' says another. | effect=restart
gid | string | works | | Group to run as, by name or number. | effect=restart
add-gid | list | works | | Another group to be in, by name or number. | effect=restart
no-initgroups | flag | works | false | Leaves out the groups that the system lists for the user of 'uid'. | effect=restart
immediate-uid | string | no: write 'uid' | | User to run as before anything is opened. | effect=restart
immediate-gid | string | no: write 'gid' | | Group to run as before anything is opened. | effect=restart
master-as-root | flag | no | | Leaves the master its rights and takes the workers' only. | effect=restart
drop-after-init | flag | none: rights are given up when all is open and before the application is loaded | | Gives up rights after plugins were set up. | effect=restart
drop-after-apps | flag | no: it never loads the application with more rights than that needs | | Gives up rights after the application was loaded. | effect=restart
chroot | path | no: use a container or the service manager | | Folder that becomes the root of the file system. | effect=restart
pivot-root | string | no: use a container or the service manager | | Makes a folder the root of the file system and puts the old one aside: NEW OLD. | effect=restart
unshare | list | no: use a container or the service manager | | Linux namespaces that the server gets of its own, such as fs,ipc,pid,uts. | effect=restart
cap | string | no: use the service manager (AmbientCapabilities) | | Linux capabilities to keep, as a list with commas. | effect=restart
cgroup | list | no: use the service manager (Slice, MemoryMax) | | Control group to be in. | effect=restart
namespace | string | no: use a container | | Folder that becomes the root of a file system of its own, with what belongs to it: PATH[:HOSTNAME]. | effect=restart
umask | mode | works | | File mode mask, in octal. | here=restart
daemonize | path | works | | Goes into the background when the server is ready and logs to this file. | effect=restart
daemonize2 | path | works | | As 'daemonize'. | effect=restart
pidfile | path | works | | Writes the master's pid to this file before privileges are dropped. | effect=restart here=reload
pidfile2 | path | works | | As 'pidfile', after privileges were dropped. | effect=restart here=reload
safe-pidfile | path | works | | As 'pidfile', written when the server is ready. | effect=restart here=reload
safe-pidfile2 | path | works | | As 'pidfile2', written when the server is ready. | effect=restart here=reload
auto-procname | flag | works | false | Gives each process a name that says what it does.
procname-prefix | string | works | | Text in front of process names.
procname-prefix-spaced | string | works | | As 'procname-prefix', with a blank after it.
procname-append | string | works | | Text behind process names.
procname | string | works | | Name of all processes.
procname-master | string | works | | Name of the master process.
vacuum | flag | works | false | Removes sockets and pid files at the end.
no-orphans | flag | none: workers always end with their master | | Ends workers whose master is gone.
reaper | flag | none: the engine waits for its own processes, and the application for those it starts | | Buries processes that the application has started and left.
never-swap | flag | no | | Keeps the memory of all processes from being swapped out.
ksm | int | none: workers are forked and share their memory without the kernel's help | | Lets the kernel merge equal pages of memory.
close-on-exec | flag | none: sockets are never handed to the application's children | | Closes sockets in programs the application starts.
close-on-exec2 | flag | none: sockets are never handed to the application's children | | Closes server sockets in programs the application starts.
honour-stdin | flag | none: workers have sessions of their own and no terminal | | Leaves standard input to the application instead of /dev/null. | effect=restart
chdir | path | works | | Folder to change to before the application is loaded.
chdir2 | path | works | | Folder to change to after the application was loaded.
force-cwd | path | no | | Folder that counts as the one the server was started in. | effect=restart
env | list | works | | Sets an environment variable: NAME=value.
unenv | list | works | | Removes an environment variable.
envdir | list | works | | Sets the environment variables that the files of a folder name and hold.
early-envdir | list | no: write 'envdir' | | As 'envdir', before anything else is read.
limit-as | mb | works | | Largest address space of each process of the application. | effect=restart here=reload
limit-nproc | int | works | | Number of processes and threads that the user of the application may have. | effect=restart unit=processes here=reload
reload-os-env | flag | none: nothing changes the environment behind the application's back | | Takes the environment again for each request.
stop | path | works | | On the command line: stops the server of this pidfile.
reload | path | works | | On the command line: reloads the server of this pidfile.
pause | path | works | | On the command line: pauses the server of this pidfile, or lets it go on.
suspend | path | works | | As 'pause'.
resume | path | works | | As 'pause', by another name.
connect-and-read | address | works | | On the command line: shows what a server at this address says, its statistics for example.
extract | string | no | | On the command line: shows a file that was compiled into uWSGI.
version | flag | works | | On the command line: shows the version.
help | flag | works | | On the command line: lists the options that have a meaning here.
`,
  readers: {
    master: flag('master'),
    'cpu-affinity': readNumber(({ system }, value) => (system.cpuAffinity = value)),
    prio: ({ settings }, value) => {
      const number = Number(value);
      if (!/^-?\d+$/.test(value) || number < -20 || number > 19) return 'needs a whole number from -20 to 19.';
      settings.system.priority = number;
      return null;
    },
    uid: (draft, value) => take(value, (user) => (draft.settings.system.identity.user = user)),
    gid: (draft, value) => take(value, (group) => (draft.settings.system.identity.group = group)),
    'add-gid': (draft, value) => take(value, (group) => draft.settings.system.identity.extraGroups.push(group)),
    'no-initgroups': readFlag(({ system }, value) => (system.identity.noInitgroups = value)),
    umask: ({ settings }, value) => {
      if (!/^[0-7]{1,4}$/.test(value)) return 'needs an octal number, for example 022.';
      settings.system.umask = Number.parseInt(value, 8);
      return null;
    },
    daemonize: readStartPath(daemonize),
    daemonize2: readStartPath(daemonize),
    pidfile: readStartPath((settings, path) => (settings.pidfile = path)),
    pidfile2: readStartPath(({ system }, path) => (system.pidfile2 = path)),
    'safe-pidfile': readStartPath(({ system }, path) => system.safePidfiles.push(path)),
    'safe-pidfile2': readStartPath(({ system }, path) => system.safePidfiles.push(path)),
    'auto-procname': flag('autoProcname'),
    'procname-prefix': (draft, value) => take(value, (text) => (draft.settings.procnamePrefix = text)),
    'procname-prefix-spaced': (draft, value) => take(value, (text) => (draft.settings.procnamePrefix = `${text} `)),
    'procname-append': (draft, value) => take(value, (text) => (draft.settings.system.procname.append = text)),
    procname: (draft, value) => take(value, (text) => (draft.settings.system.procname.name = text)),
    'procname-master': (draft, value) => take(value, (text) => (draft.settings.system.procname.master = text)),
    vacuum: flag('vacuum'),
    chdir: (_draft, value) => take(value, () => undefined),
    chdir2: readPath(({ system }, path) => (system.chdir2 = path)),
    env: readEnv,
    unenv: ({ settings }, value) => take(value, (name) => settings.env.push([name, null])),
    envdir: readEnvFolder,
    'limit-as': readMegabytes(({ system }, bytes) => (system.limits.addressSpaceBytes = bytes)),
    'limit-nproc': readNumber(({ system }, value) => (system.limits.processes = value)),
    stop: commandLineOnly,
    reload: commandLineOnly,
    pause: commandLineOnly,
    suspend: commandLineOnly,
    resume: commandLineOnly,
    'connect-and-read': commandLineOnly,
    version: commandLineOnly,
    help: commandLineOnly,
  },
};

/** Its log is the server's unless another is named; it can be reopened like any. */
function daemonize(settings: EngineSettings, path: string): void {
  settings.system.daemonizeLog = path;
  settings.logto ??= path;
}

function readEnv(draft: Draft, value: string): string | null {
  const equals = value.indexOf('=');
  if (equals < 1) return 'needs NAME=value.';
  draft.settings.env.push([value.slice(0, equals), value.slice(equals + 1)]);
  return null;
}

/** Each file is a variable with its text as value, without white space at the end; an empty file takes it away (uWSGI). */
function readEnvFolder({ settings, host, folder }: Draft, value: string): string | null {
  const path = resolvePath(folder, value);
  if (value === '' || host.kindOf(path) !== 'folder') return 'is no folder that can be read.';
  for (const name of [...host.list(path)].sort()) {
    const read = host.readFile(`${path}/${name}`);
    if (name.startsWith('.') || !read.ok) continue;
    settings.env.push([name, read.bytes.length === 0 ? null : decodeText(read.bytes).trimEnd()]);
  }
  return null;
}

/** Acts before anything else is read (engine/actions.ts); in a file it would be a mistake. */
function commandLineOnly(): string {
  return 'is for the command line.';
}
