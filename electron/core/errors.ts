/**
 * Every way in which the core tells its user that something did not work: code, message and next step in one
 * catalogue. A test keeps it equal to the codes that are thrown. What is not a CoreError is a bug and is shown as
 * `core-bug`, without its stack.
 */
import type { RpcErrorData } from '../contract/api.ts';

/** `{name}` is replaced by the value of that name. */
export const CATALOGUE = {
  'stats-address': [
    '"{address}" is not a stats address: {reason}',
    'Write host:port, /path/of/a.socket, @name or http://host:port, and for another machine ssh://host/ before it.',
  ],
  'stats-refused': [
    'Nothing listens on {address}.',
    "Check that the server runs and that this is the value of its 'stats' option.",
  ],
  'stats-no-socket': [
    'There is no socket {address}.',
    "Check that the server runs; it makes the socket that its 'stats' option names.",
  ],
  'stats-permission': [
    'This user may not open {address}.',
    "Run Reeve as the server's user, or give the socket a group that both are in ('chmod-socket', 'chown-socket').",
  ],
  'stats-host-unknown': ['The name in {address} is not known.', 'Check the host name, or give its IP address.'],
  'stats-unreachable': [
    '{address} can not be reached: {reason}.',
    'Check the network between this machine and the server.',
  ],
  'stats-timeout': [
    '{address} did not answer within {seconds} s.',
    "Its master may be busy, or this is not the 'stats' address. With 'stats-http' write http:// before the address.",
  ],
  'stats-slow': [
    '{address} was still sending after {seconds} s.',
    "A stats document is small: check that this is the 'stats' address.",
  ],
  'stats-too-large': [
    '{address} sent more than {megabytes} MiB.',
    "A stats document is small: check that this is the 'stats' address; 'stats-no-cores' makes it smaller.",
  ],
  'stats-reset': [
    '{address} broke the connection off.',
    'Try again; if it happens each time, look into the log of the server.',
  ],
  'stats-failed': ['{address} can not be asked: {reason}.', 'Check the address and the machine it is on.'],
  'stats-empty': ['{address}: {reason}.', '{next}'],
  'stats-http-server': ['{address}: {reason}.', '{next}'],
  'stats-ssh-server': ['{address}: {reason}.', '{next}'],
  'stats-not-json': ['{address}: {reason}.', '{next}'],
  'stats-truncated': ['{address}: {reason}.', '{next}'],
  'stats-router': ['{address}: {reason}.', '{next}'],
  'stats-not-uwsgi': ['{address}: {reason}.', '{next}'],
  'instance-known': ['{address} is in the list already.', 'Look for it on the Fleet page.'],
  'instance-unknown': ['There is no instance {id}.', 'It was removed; choose another one.'],
  'instance-not-engine': [
    '{name} does not run on the bundled engine.',
    'Start, stop and restart it where it was started.',
  ],
  'trust-needed': [
    '{path} runs commands that have not been accepted.',
    'Open the file in Reeve to see them, and accept them there.',
  ],
  'config-none': [
    'The configuration file of {name} is not known.',
    'It is found when its process can be read on this machine; otherwise attach again and give the path.',
  ],
  'config-unreadable': ['{path} can not be read: {reason}.', 'Check that it exists and that this user may read it.'],
  'config-gone': ['{path} does not exist.', 'It was moved or removed, or its folder is not mounted.'],
  'config-format': [
    '{path} is {format}; Reeve edits INI files only.',
    'Change it in another editor. Nothing was written.',
  ],
  'config-unwritable': [
    '{path} can not be written: {reason}.',
    'Nothing was changed, and the text is still here. Check the permissions and the room on the disk, then save again.',
  ],
  'config-not-saved': ['{path} was not saved: {reason}', 'Nothing was written there and the text is kept here. {next}'],
  'config-save-cut': [
    'The link to {host} was lost while {path} was saved.',
    'The file there is whole, with the old text or the new one; yours is kept here. Save again when the link is up: that tells which.',
  ],
  'config-too-large': [
    '{path} is larger than {megabytes} MB.',
    'A configuration file is small: check that this is the right file.',
  ],
  'config-encoding': [
    '{path} is not UTF-8: line {line} has characters of another encoding.',
    'Reeve would damage them, so it does not edit the file. The server may read it as it is. To edit it here, convert it, e.g. iconv -f ISO-8859-1 -t UTF-8.',
  ],
  'config-not-text': ['{path} is not a text file.', 'Choose a configuration file, e.g. uwsgi.ini.'],
  'config-not-read': [
    '{path} is not read by this configuration.',
    'Only files that it includes, or takes values from, are shown here.',
  ],
  'config-version': [
    'Version {id} of this file is not kept any more.',
    'The newest 200 versions of a file are kept; choose one of the list.',
  ],
  'config-not-found': [
    'There is no configuration file in {path}.',
    'Choose a folder with a uwsgi.ini, or the file itself.',
  ],
  'project-name': [
    '"{name}" is no name for the file.',
    'Take letters, digits, dots and dashes, with .ini at the end: the file comes into the folder itself.',
  ],
  'project-exists': ['{path} is there already. Nothing was written.', 'Choose another name, or open that file.'],
  'project-preset': ['There is no preset "{preset}".', 'Reload the page: it may be older than this Reeve.'],
  'files-unreadable': ['{path} can not be opened: {reason}.', 'Choose another folder.'],
  'file-too-large': ['{path} is larger than {megabytes} MB.', 'Check that this is the right file.'],
  'command-failed': ['{command} failed: {reason}.', 'Check that it is installed there and that this user may run it.'],
  'ssh-look': [
    '{host} did not tell about its files and processes: {reason}.',
    'Try again; a folder there that hangs (NFS), or a lost connection can be the cause.',
  ],
  'ssh-no-shell': [
    '{host} runs no commands for this user: {reason}.',
    'What takes a command there (logs, reloads) can not be done. Sign in as a user with a shell.',
  ],
  'ssh-no-reader': [
    'Sockets of {host} can not be read: its SSH server forbids forwarding to them, and the reader does not run there ({reason}).',
    'Install Python 3 or Perl there, or allow forwarding (AllowTcpForwarding, AllowStreamLocalForwarding in sshd_config).',
  ],
  'ssh-reader-lost': ['The reader on {host} ended.', 'It is started again with the next try.'],
  'ssh-destination': [
    '"{destination}" is no SSH destination.',
    'Write an alias of ~/.ssh/config, host, user@host or user@host:port.',
  ],
  'ssh-config': [
    'The SSH configuration of {host} can not be used: {reason}.',
    'Check ~/.ssh/config: "ssh -G" with the name of the host shows what ssh makes of it.',
  ],
  'ssh-question': ['The question was not answered: {reason}.', 'Connect again; it is asked again when it is needed.'],
  'ssh-host-key-unknown': [
    'The host key of {host} is not known: {fingerprint}. {reason}',
    'Compare it with "ssh-keygen -lf" on the host itself, then add it to known_hosts, e.g. by connecting with ssh once.',
  ],
  'ssh-host-key-changed': [
    'The host key of {host} is not the known one. It sent {fingerprint}; {place} has {known}. No credential was sent.',
    'Someone may be in between, or the host was set up anew. Ask who runs it. If the new key is right, remove the old one from {place} and connect again.',
  ],
  'ssh-host-key-revoked': [
    'The host key of {host}, {fingerprint}, is revoked by {place}. No credential was sent.',
    'Ask who runs the host for its new key.',
  ],
  'ssh-host-key-authority': [
    'The host key of {host} is to be vouched for by the certificate authority of {place}, which Reeve’s own SSH can not check.',
    'Connect with the system’s ssh instead.',
  ],
  'ssh-known-hosts': [
    '{path} can not be read: {reason}. Without it the host key of {host} can not be checked.',
    'Let this user read the file, then connect again.',
  ],
  'ssh-auth-refused': [
    '{host} did not let {user} in. {tried}',
    'Check the user and the key: "ssh -v" with the name of the host shows each step.',
  ],
  'ssh-auth-cancelled': ['Signing in to {host} was cancelled.', 'Connect again when you have what it asks for.'],
  'ssh-host-unknown': [
    'The name {host} is not known.',
    'Check HostName in ~/.ssh/config, and that this machine is online (VPN).',
  ],
  'ssh-refused': [
    '{host} refuses connections on port {port}.',
    'The machine answers, but no SSH server listens there: check the port, and that sshd runs.',
  ],
  'ssh-unreachable': [
    '{host} can not be reached on port {port}: {reason}.',
    'Check the network between this machine and the host, and the VPN.',
  ],
  'ssh-timeout': [
    '{host} does not answer on port {port}: nothing within {seconds} s.',
    'It does not refuse either: a firewall, a VPN that is off, or the machine is down.',
  ],
  'ssh-quiet': [
    '{host} took the connection on port {port} and then said nothing for {seconds} s.',
    'Its sshd hangs, or something else listens there.',
  ],
  'ssh-not-ssh': [
    'What listens on port {port} of {host} is no SSH server.',
    'Check the port: sshd uses 22 unless it was configured otherwise.',
  ],
  'ssh-closed-early': [
    '{host} closed the connection before {stage}.',
    'sshd does that when many connections come in at once (MaxStartups) or when it bans an address; its log says which.',
  ],
  'ssh-answer-late': [
    '{host} did not wait for the answer any longer and closed the connection.',
    'Connect again when the answer is at hand.',
  ],
  'ssh-proxy-command-words': [
    'What the ProxyCommand for {host} gives is no SSH connection; it says: {words}',
    'Run it in a terminal: it must print nothing of its own to its standard output.',
  ],
  'ssh-proxy-command-quiet': [
    'The ProxyCommand for {host} gave no SSH connection within {seconds} s.',
    'Run it in a terminal to see what it waits for.',
  ],
  'ssh-proxy-command': ['The ProxyCommand for {host} ended: {reason}.', 'Run it in a terminal to see what it needs.'],
  'ssh-hop-refused': [
    '{via} can not connect to {host} on port {port}: {reason}.',
    'The way to {via} is fine; check the host and the port as they are seen from there.',
  ],
  'ssh-hop-forbidden': [
    '{via} does not let connections through to {host}.',
    'Its sshd_config decides that: AllowTcpForwarding and PermitOpen.',
  ],
  'ssh-no-algorithm': [
    '{host} and Reeve have no algorithm in common: {reason}.',
    'The ssh of this system may know one: let it make the connection.',
  ],
  'ssh-failed': ['The connection to {host} failed: {reason}.', 'Try it in a terminal with ssh -v {host}.'],
  'ssh-lost': ['The connection to {host} broke off: {reason}.', 'It is made again by itself.'],
  'ssh-silent': [
    '{host} does not answer any more: keep-alives stay without a reply.',
    'Check the network between this machine and the host. It is connected again by itself.',
  ],
  'ssh-host-in-use': ['{host} has instances in the list.', 'Remove them first; the host leaves the list with them.'],
  'ssh-stopped': ['Nothing connects to {host}: it was disconnected.', 'Connect to it again.'],
  'ssh-no-system': [
    'There is no ssh program on this machine.',
    "Install OpenSSH's client, or let Reeve connect itself.",
  ],
  'ssh-forward-refused': [
    '{host} does not pass {address} on: {reason}.',
    'Check that the socket is there, and AllowTcpForwarding and AllowStreamLocalForwarding in its sshd_config.',
  ],
  'ssh-sessions-used': [
    '{host} allows no further session, and none became free within {seconds} s.',
    'MaxSessions in its sshd_config says how many one connection may have.',
  ],
  'ssh-no-session': [
    '{host} runs no commands for this user: {reason}.',
    'Check MaxSessions, ForceCommand and the shell of the user on that host.',
  ],
  'ssh-system': [
    'The system’s ssh did not connect to {host}: {reason}.',
    'Run ssh with this host in a terminal: it shows and asks what Reeve can not.',
  ],
  'ssh-system-refused': [
    'The system’s ssh was not let in by {host}: {reason}.',
    'Run ssh with this host in a terminal: it shows and asks what Reeve can not. Then connect again.',
  ],
  'files-no-dialog': ['This host has no file dialog.', 'Choose the file in the list of the page.'],
  'url-not-known': ['{url} is not an address of an instance.', 'Only the addresses of instances are opened.'],
  'url-not-opened': ['{url} was not opened: {reason}.', 'Open it in a browser yourself.'],
  'log-source': [
    '"{source}" is no source of a log.',
    'Write engine, file:/path, journal:unit.service or docker:container.',
  ],
  'log-no-engine': ['{name} was not started by Reeve, so its output is not here.', 'Choose another source of its log.'],
  'spool-unknown': [
    '{path} is no spooler folder of {name}.',
    "The folders are those of its stats document, and of 'spooler' and 'spooler-external' in its configuration.",
  ],
  'spool-closed': ['Tasks in {path} can not be changed: {reason}', 'Sign in there as the owner of the folder.'],
  'sample-missing': ['The sample project is not part of this installation.', 'Open a folder of your own instead.'],
  'sample-not-running': ['The sample is not running.', 'Start it first.'],
  'settings-unwritable': [
    '{path} can not be written: {reason}.',
    'Check the permissions of the data folder; the change is lost at the end of this session.',
  ],
  'rehearse-remote': [
    '{name} runs on {host}: its application is not on this machine, so nothing can be rehearsed here.',
    'The problems in the text are those of {host} already. To try it there, start a second server from a copy of the file.',
  ],
  'rehearse-running': ['A rehearsal of {name} is under way.', 'Wait for its verdict, or cancel it.'],
  'reload-unknown': ['There is no report {id}.', 'Reports of the last 20 reloads of an instance are kept.'],
  'reload-running': ['A reload of {name} is being watched.', 'Wait for its verdict, or stop watching it.'],
  'reload-emperor': [
    '{name} is an emperor: it has no workers to be reloaded.',
    'Reload its vassals on its page, or the emperor where it was started.',
  ],
  'emperor-not': ['{name} is no emperor, or has not answered yet.', 'Attach to the address of its emperor-stats.'],
  'emperor-no-vassal': ['{name} has no vassal {id} now.', 'Its file may be gone; look at the list again.'],
  'emperor-no-file': [
    'Where the configuration of {id} is can not be told: it does not come from a file that is known.',
    'Change it where its emperor reads it from.',
  ],
  'reload-no-figures': [
    '{name} does not answer, so a reload could not be watched.',
    'Wait until the link is up again.',
  ],
  'reload-method': ['{title} can not be used: {reason}', 'Choose another way to reload.'],
  'fifo-missing': [
    'There is no FIFO {path}. Nothing was written.',
    "The master makes it at its start: check that it runs and that 'master-fifo' names this path.",
  ],
  'fifo-not-fifo': [
    '{path} is not a FIFO. Nothing was written.',
    'Remove the file and restart the server, so that its master makes the FIFO anew.',
  ],
  'fifo-no-reader': [
    'No master is reading {path}. Nothing was written.',
    'Use touch-reload instead, or check that the server runs.',
  ],
  'fifo-permission': [
    'This user may not write to {path}. Nothing was written.',
    "A master's FIFO belongs to the server's user: run Reeve as that user, or use touch-reload.",
  ],
  'fifo-failed': [
    'Writing to {path} failed: {reason}.',
    'Check that the server runs; whether the command arrived is not known.',
  ],
  'control-unsure': [
    'Whether the command arrived is not known: {reason}',
    'Look at the workers of the server before it is given again.',
  ],
  'touch-failed': [
    '{path} can not be touched: {reason}.',
    "Check that this user may write to it; an empty file is enough for 'touch-reload'.",
  ],
  'signal-failed': [
    'Signal {signal} could not be sent to process {pid}: {reason}.',
    "Only the server's user and root may signal it.",
  ],
  'signal-not-master': [
    'Process {pid} is not seen to be the master of this server. Nothing was sent.',
    'It may run in a container or as another user: use its FIFO or touch-reload instead.',
  ],
  'systemd-failed': [
    'systemd could not reload {unit}: {reason}.',
    'Look at it with systemctl status, or use another way to reload.',
  ],
  'sudo-refused': [
    'sudo on {machine} refused without asking for a password: {reason}.',
    'Allow the command to this user with NOPASSWD in sudoers, or reload without sudo.',
  ],
  'name-needed': [
    '{name} is read-only by its tags: its name has to be typed to change it.',
    'Type the name of the instance exactly as it is shown.',
  ],
  'action-not-possible': ['{title} can not be done: {reason}', 'Change what stands in the way, or choose another way.'],
  'rolling-unknown': ['There is no rolling reload {id}.', 'The newest 20 are kept.'],
  'rolling-running': [
    '{name} is part of a rolling reload that goes on.',
    'Wait until it has stopped, or stop it and wait for the verdict of what it reloads now.',
  ],
  'rolling-blocked': ['{reason}', 'Mend this, then resume.'],
  'core-bug': [
    'Something in Reeve went wrong: {reason}.',
    'This is a fault in the program. Try again; if it stays, restart Reeve.',
  ],
} as const satisfies Record<string, readonly [message: string, hint: string]>;

export type ErrorCode = keyof typeof CATALOGUE;
export type ErrorValues = Readonly<Record<string, string | number>>;

export class CoreError extends Error {
  override readonly name = 'CoreError';
  readonly code: ErrorCode;
  readonly hint: string;
  /** What its message was made of. */
  readonly values: ErrorValues;

  constructor(code: ErrorCode, values: ErrorValues = {}, options?: ErrorOptions) {
    const [message, hint] = CATALOGUE[code];
    super(fill(message, values), options);
    this.code = code;
    this.values = values;
    this.hint = fill(hint, values);
  }
}

/** What a failed call shows, whatever was thrown. */
export function toErrorData(error: unknown): RpcErrorData {
  const known = error instanceof CoreError ? error : new CoreError('core-bug', { reason: describe(error) });
  return { code: known.code, message: known.message, hint: known.hint };
}

/** Words for an error of the system: `permission denied` rather than `EACCES: …, open '…'`. */
export function describe(error: unknown): string {
  const code = errnoOf(error);
  const words = code === null ? undefined : SYSTEM_WORDS[code];
  if (words !== undefined) return words;
  return error instanceof Error ? error.message : String(error);
}

/** `ENOENT` and the like; null when the error has none. */
export function errnoOf(error: unknown): string | null {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : null;
}

/** True when `error` is one of the system's with one of these codes, e.g. `ENOENT`. */
export function isErrorCode(error: unknown, ...codes: string[]): boolean {
  const code = errnoOf(error);
  return code !== null && codes.includes(code);
}

const SYSTEM_WORDS: Record<string, string> = {
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  ENOENT: 'it does not exist',
  ENOTDIR: 'a part of the path is not a folder',
  EISDIR: 'it is a folder',
  ENOSPC: 'the disk is full',
  EROFS: 'the file system is read-only',
  ESRCH: 'the process has ended',
  EMFILE: 'too many open files',
};

function fill(template: string, values: ErrorValues): string {
  return template.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}
