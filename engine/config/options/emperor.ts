/**
 * The emperor, who runs one instance for each configuration file, and what a vassal says to it.
 */

import type { EmperorSettings, VassalArguments } from '../emperor-settings.ts';
import { resolvePath } from '../host.ts';
import { parseDatabaseMonitor } from '../monitor-values.ts';
import {
  type Draft,
  type OptionSection,
  type Reader,
  readAddress,
  readFlag,
  readNumber,
  readPath,
  readStartPath,
  take,
} from './section.ts';

export const emperorOptions: OptionSection = {
  data: `
emperor | list | works | | Runs each configuration of a folder, a pattern, a database or a message broker as an instance of its own, a vassal.
emperor-freq | seconds | works | 3 | Time between two looks for new, changed and removed configuration files.
emperor-tyrant | flag | works | | Runs each vassal as the user and group that own its configuration file; the emperor must be root.
emperor-tyrant-nofollow | flag | works | | With 'emperor-tyrant', goes by the owner of a symbolic link and not of the file behind it.
emperor-nofollow | flag | works | | Notices a change of the symbolic link itself and not of the file behind it.
emperor-extra-extension | list | works | | File name extension that counts as a configuration, '.vassal' for example; the vassal gets it by 'config'.
emperor-magic-exec | flag | works | | Runs configuration files that are executable and reads what they print.
emperor-stats | address | works | | Answers with the state of all vassals, as JSON, on this address.
emperor-pidfile | path | works | | Writes the pid of the emperor to this file.
emperor-procname | string | works | | Name of the emperor's process.
early-emperor | flag | works | | Starts the emperor before the instance itself is set up.
emperor-required-heartbeat | seconds | works | 30 | Longest silence of a vassal that sends heartbeats before the emperor restarts it.
emperor-curse-tolerance | seconds | works | 30 | Time a vassal that has to go gets before the emperor kills it.
emperor-throttle | int | works | 1000 | Wait before a vassal that died early is started again; it grows with each try. | unit=milliseconds
emperor-max-throttle | int | works | 180000 | Longest wait before a vassal that died early is started again. | unit=milliseconds
emperor-no-blacklist | flag | works | | Starts vassals that die early again at once, without 'emperor-throttle'.
emperor-graceful-shutdown | flag | works | | Lets vassals finish their requests when the emperor stops them. | since=2.0.19
emperor-on-demand-extension | string | works | | Starts a vassal at its first connection; the socket stands in a file of its name with this extension.
emperor-on-demand-directory | path | works | | Starts a vassal at its first connection, to the unix socket NAME.socket in this folder.
emperor-on-demand-exec | string | works | | Starts a vassal at its first connection; this command gets its name and prints the socket.
emperor-broodlord | int | no: an engine grows by 'processes' and 'cheaper', and its instances share no sockets | | Starts up to this many further instances of vassals that ask for help. | unit=instances
emperor-wrapper | path | works | | Program that vassals are started with in place of uWSGI itself.
emperor-wrapper-override | list | works | | Program to try before that of 'emperor-wrapper'.
emperor-wrapper-fallback | list | works | | Program to try when that of 'emperor-wrapper' can not be run.
emperor-proxy-socket | path | no: uWSGI itself never finished it, and no client is known | | Makes the vassal a proxy of the emperor, on this socket.
emperor-use-clone | string | no: namespaces are made by system calls that Node does not have; start vassals with 'emperor-wrapper' and unshare(1) | | Starts vassals in Linux namespaces of their own: a list such as fs,ipc,pid,uts.
emperor-cap | string | no: capabilities are set by system calls that Node does not have; start vassals with 'emperor-wrapper' and setpriv(1) | | Linux capabilities that vassals keep, as a list with commas.
imperial-monitor-list | flag | works | | Lists the kinds of places an emperor can watch.
vassals-inherit | list | works | | File whose options every vassal inherits, read after its own.
vassals-include | list | works | | File that every vassal includes, read after its own.
vassals-inherit-before | list | works | | File whose options every vassal inherits, read before its own.
vassals-include-before | list | works | | File that every vassal includes, read before its own.
vassals-set | list | works | | Sets an option or a placeholder in every vassal: name=value.
vassals-start-hook | string | works | | Command that runs before a vassal is started, with its name.
vassals-stop-hook | string | works | | Command that runs after a vassal has ended, with its name.
vassal-sos | int | no: an engine grows by 'processes' and 'cheaper', and its instances share no sockets | | Asks a broodlord emperor for more instances when all its workers are busy too often.
vassal-sos-backlog | int | no: an engine grows by 'processes' and 'cheaper', and its instances share no sockets | | Asks a broodlord emperor for more instances when more than this many requests wait. | unit=requests
heartbeat | seconds | works | | Tells the emperor at this interval that the vassal is well.
`,
  readers: {
    emperor: readMonitor,
    'emperor-freq': number('freqSeconds', 1),
    'emperor-tyrant': flag('isTyrant'),
    'emperor-tyrant-nofollow': flag('tyrantNofollow'),
    'emperor-nofollow': flag('nofollow'),
    'emperor-extra-extension': text((emperor, extension) => emperor.extraExtensions.push(extension)),
    'emperor-magic-exec': flag('magicExec'),
    'emperor-stats': readStats,
    'emperor-pidfile': readStartPath((settings, path) => (settings.emperor.pidfile = path)),
    'emperor-procname': text((emperor, name) => (emperor.procname = name)),
    'early-emperor': flag('isEarly'),
    'emperor-required-heartbeat': number('requiredHeartbeatSeconds', 1),
    'emperor-curse-tolerance': number('curseToleranceSeconds'),
    'emperor-throttle': number('throttleMs'),
    'emperor-max-throttle': number('maxThrottleMs'),
    'emperor-no-blacklist': flag('noBlacklist'),
    'emperor-graceful-shutdown': flag('gracefulShutdown'),
    'emperor-on-demand-extension': text((emperor, extension) => (emperor.onDemand.extension = extension)),
    'emperor-on-demand-directory': readPath((settings, path) => (settings.emperor.onDemand.folder = path)),
    'emperor-on-demand-exec': text((emperor, command) => (emperor.onDemand.command = command)),
    'emperor-wrapper': text((emperor, program) => (emperor.wrapper = program)),
    'emperor-wrapper-override': text((emperor, program) => emperor.wrapperOverrides.push(program)),
    'emperor-wrapper-fallback': text((emperor, program) => emperor.wrapperFallbacks.push(program)),
    'imperial-monitor-list': flag('listMonitors'),
    'vassals-inherit': argument('inherit'),
    'vassals-include': argument('include'),
    'vassals-inherit-before': argument('inheritBefore'),
    'vassals-include-before': argument('includeBefore'),
    'vassals-set': argument('set'),
    'vassals-start-hook': text((emperor, command) => (emperor.startHook = command)),
    'vassals-stop-hook': text((emperor, command) => (emperor.stopHook = command)),
    heartbeat: number('heartbeatSeconds'),
  },
};

type FlagName = {
  [Name in keyof EmperorSettings]: EmperorSettings[Name] extends boolean ? Name : never;
}[keyof EmperorSettings];
type NumberName = {
  [Name in keyof EmperorSettings]: EmperorSettings[Name] extends number ? Name : never;
}[keyof EmperorSettings];

function flag(name: FlagName): Reader {
  return readFlag(({ emperor }, value) => {
    emperor[name] = value;
  });
}

function number(name: NumberName, least = 0): Reader {
  return readNumber(({ emperor }, value) => {
    emperor[name] = value;
  }, least);
}

function text(use: (emperor: EmperorSettings, value: string) => unknown): Reader {
  return ({ settings }, value) => take(value, (taken) => use(settings.emperor, taken));
}

/** As it is written: a vassal reads it from its own folder. */
function argument(name: keyof VassalArguments): Reader {
  return text((emperor, value) => emperor.vassalArguments[name].push(value));
}

/** Places that uWSGI's plugins watch. */
const SCHEME = /^(?<scheme>[a-z0-9]+):\/\//;

function readMonitor({ settings, host }: Draft, value: string): string | null {
  if (value === '') return 'needs a folder or a pattern.';
  const scheme = SCHEME.exec(value)?.groups?.['scheme'];
  const rest = scheme === 'dir' || scheme === 'glob' ? value.slice(scheme.length + 3) : value;
  if (scheme !== undefined && rest === value) {
    const monitor = parseDatabaseMonitor(scheme, value.slice(scheme.length + 3), host.cwd);
    if (typeof monitor === 'string') return monitor;
    settings.emperor.monitors.push(monitor);
    return null;
  }
  const path = resolvePath(host.cwd, rest);
  const isPattern = scheme === 'glob' || (scheme === undefined && /[*?[]/.test(value));
  settings.emperor.monitors.push(
    isPattern ? { type: 'glob', pattern: path, text: value } : { type: 'folder', path, text: value },
  );
  return null;
}

function readStats(draft: Draft, value: string): string | null {
  const address = readAddress(draft, value);
  if (typeof address === 'string') return address;
  draft.settings.emperor.stats = address;
  return null;
}
