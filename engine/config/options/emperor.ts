/**
 * The emperor, who runs one instance for each configuration file, and what a vassal of his may say: explained here, not
 * supported yet.
 */
import type { OptionSection } from './section.ts';

export const emperorOptions: OptionSection = {
  data: `
emperor | list | no | | Runs each configuration file of a folder or a pattern as an instance of its own, a vassal.
emperor-freq | seconds | no | 3 | Time between two looks for new, changed and removed configuration files.
emperor-tyrant | flag | no | | Runs each vassal as the user and group that own its configuration file; the emperor must be root.
emperor-tyrant-nofollow | flag | no | | With 'emperor-tyrant', goes by the owner of a symbolic link and not of the file behind it.
emperor-nofollow | flag | no | | Notices a change of the symbolic link itself and not of the file behind it.
emperor-extra-extension | list | no | | File name extension that counts as a configuration, '.vassal' for example; the vassal gets it by 'config'.
emperor-magic-exec | flag | no | | Runs configuration files that are executable and reads what they print.
emperor-stats | address | no | | Answers with the state of all vassals, as JSON, on this address.
emperor-pidfile | path | no | | Writes the pid of the emperor to this file.
emperor-procname | string | no | | Name of the emperor's process.
early-emperor | flag | no | | Starts the emperor before the instance itself is set up.
emperor-required-heartbeat | seconds | no | 30 | Longest silence of a vassal that sends heartbeats before the emperor restarts it.
emperor-curse-tolerance | seconds | no | 30 | Time a vassal that has to go gets before the emperor kills it.
emperor-throttle | int | no | 1000 | Wait before a vassal that died early is started again; it grows with each try. | unit=milliseconds
emperor-max-throttle | int | no | 180000 | Longest wait before a vassal that died early is started again. | unit=milliseconds
emperor-no-blacklist | flag | no | | Starts vassals that die early again at once, without 'emperor-throttle'.
emperor-graceful-shutdown | flag | no | | Lets vassals finish their requests when the emperor stops them. | since=2.0.19
emperor-on-demand-extension | string | no | | Starts a vassal at its first connection; the socket stands in a file of its name with this extension.
emperor-on-demand-directory | path | no | | Starts a vassal at its first connection, to the unix socket NAME.socket in this folder.
emperor-on-demand-exec | string | no | | Starts a vassal at its first connection; this command gets its name and prints the socket.
emperor-broodlord | int | no | | Starts up to this many further instances of vassals that ask for help. | unit=instances
emperor-wrapper | path | no | | Program that vassals are started with in place of uWSGI itself.
emperor-wrapper-override | list | no | | Program to try before that of 'emperor-wrapper'.
emperor-wrapper-fallback | list | no | | Program to try when that of 'emperor-wrapper' can not be run.
emperor-proxy-socket | path | no | | Makes the vassal a proxy of the emperor, on this socket.
emperor-use-clone | string | no | | Starts vassals in Linux namespaces of their own: a list such as fs,ipc,pid,uts.
emperor-cap | string | no | | Linux capabilities that vassals keep, as a list with commas.
imperial-monitor-list | flag | no | | Lists the kinds of places an emperor can watch.
vassals-inherit | list | no | | File whose options every vassal inherits, read after its own.
vassals-include | list | no | | File that every vassal includes, read after its own.
vassals-inherit-before | list | no | | File whose options every vassal inherits, read before its own.
vassals-include-before | list | no | | File that every vassal includes, read before its own.
vassals-set | list | no | | Sets an option or a placeholder in every vassal: name=value.
vassals-start-hook | string | no | | Command that runs before a vassal is started, with its name.
vassals-stop-hook | string | no | | Command that runs after a vassal has ended, with its name.
vassal-sos | int | no | | Asks a broodlord emperor for more instances when all its workers are busy too often.
vassal-sos-backlog | int | no | | Asks a broodlord emperor for more instances when more than this many requests wait. | unit=requests
heartbeat | seconds | no | | Tells the emperor at this interval that the vassal is well.
`,
  readers: {},
};
