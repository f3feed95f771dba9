/**
 * The listeners of a configuration, when all its lines are known: `socket` gets its protocol, `=0` its shared socket,
 * sockets that the service manager handed over become listeners, and `http-to` is compared with what is listened on.
 */
import { formatAddress } from './address.ts';
import { leaveOut } from './argv.ts';
import type { ConfigWarning } from './build-settings.ts';
import type { ConfigError } from './errors.ts';
import type { Draft, DraftSocket } from './options/section.ts';
import type { EngineSettings, ListenerSetting, Origin, SocketAddress } from './settings.ts';

/** systemd hands over sockets from this descriptor on (sd_listen_fds(3)). */
const FIRST_INHERITED_FD = 3;

export function finishListeners(draft: Draft, errors: ConfigError[], warnings: ConfigWarning[]): void {
  const { settings } = draft;
  for (const socket of draft.sockets) {
    const listener = listenerOf(draft, socket);
    if (typeof listener !== 'string') settings.listeners.push(listener);
    else errors.push(fault(listener, socket.origin));
  }
  addInherited(draft);
  warnOfUnused(draft, warnings);
  checkTwice(settings.listeners, errors);
  checkHttpTo(draft, errors, warnings);
  if (settings.listeners.length === 0 && !hasOtherWork(settings) && errors.length === 0) {
    errors.push({
      code: 'no-listener',
      message: 'The configuration names no address to answer on.',
      origin: { file: settings.configFiles[0] ?? 'command line', line: 0 },
      option: null,
      hint: 'Add http = 127.0.0.1:8080, or socket = 127.0.0.1:3031 for a web server in front.',
    });
  }
}

/** What a server without an address is started for, as on uWSGI, which does not count mules. */
function hasOtherWork({ emperor, cron, spooler, system }: EngineSettings): boolean {
  return [emperor.monitors, cron.crons, spooler.folders, system.daemons].some((list) => list.length > 0);
}

/**
 * Without an address nobody would send workers and gateways anything to do: there are none, as on uWSGI, which loads the
 * application all the same, for spoolers and mules come from it. For when all lines are known.
 */
export function finishWithoutListeners(settings: EngineSettings): void {
  if (settings.listeners.length > 0) return;
  settings.processes = 0;
  settings.sockets.gateways = 0;
  // No zygote: there is nothing to fork.
  if (settings.app.language === 'none') settings.lazyApps = true;
}

/** The listener, or what is wrong with it. */
function listenerOf(draft: Draft, socket: DraftSocket): ListenerSetting | string {
  const { text, origin, tls = null, redirects = false } = socket;
  const kind = socket.kind === 'socket' ? draft.protocol : socket.kind;
  const written =
    socket.address.type === 'shared' ? draft.sharedSockets[socket.address.index] : { address: socket.address, text };
  if (written === undefined) {
    const count = draft.sharedSockets.length;
    return `'${text}' names a shared socket that is not there: ${count === 0 ? "no 'shared-socket' is given" : `there ${count === 1 ? 'is one' : `are ${count}`}, counted from 0`}.`;
  }
  const address = draft.abstractSockets ? asAbstract(written.address, written.text) : written.address;
  return { kind, address, text: written.text, origin, tls, redirects };
}

function asAbstract(address: SocketAddress, text: string): SocketAddress {
  return address.type === 'unix' ? { type: 'abstract', name: text } : address;
}

/** As in uWSGI they speak what `socket` speaks; those that an option names with fd:// are left to it. */
function addInherited(draft: Draft): void {
  const { settings, host } = draft;
  const named = new Set(settings.listeners.map(({ address }) => (address.type === 'fd' ? address.fd : -1)));
  const end = FIRST_INHERITED_FD + (host.inheritedSockets ?? 0);
  const fds = Array.from({ length: end - FIRST_INHERITED_FD }, (_, index) => FIRST_INHERITED_FD + index);
  // As in uWSGI standard input comes first.
  if (host.standardInputListens === true) fds.unshift(0);
  for (const fd of fds) {
    if (named.has(fd)) continue;
    const origin = { file: 'environment', line: 0 };
    const address = { type: 'fd', fd } as const;
    const kind = draft.protocol;
    settings.listeners.push({ kind, address, text: formatAddress(address), origin, tls: null, redirects: false });
  }
}

function warnOfUnused({ sharedSockets, sockets }: Draft, warnings: ConfigWarning[]): void {
  const used = new Set(sockets.map(({ address }) => (address.type === 'shared' ? address.index : -1)));
  for (const [index, { text, origin }] of sharedSockets.entries()) {
    if (used.has(index)) continue;
    const message = `'shared-socket = ${text}' is not opened: no other option names it as '=${index}'.`;
    warnings.push({ code: 'no-effect', message, origin, option: 'shared-socket' });
  }
}

function checkTwice(listeners: readonly ListenerSetting[], errors: ConfigError[]): void {
  const seen = new Set<string>();
  for (const { address, text, origin } of listeners) {
    const key = formatAddress(address);
    const isAnyPort = address.type === 'tcp' && address.port === 0;
    if (seen.has(key) && !isAnyPort) errors.push(fault(`'${text}' is listened on twice.`, origin));
    seen.add(key);
  }
}

function checkHttpTo(draft: Draft, errors: ConfigError[], warnings: ConfigWarning[]): void {
  const { settings } = draft;
  const own = new Set(settings.listeners.map(({ address }) => formatAddress(address).replace(/^(0\.0\.0\.0)?:/, '*:')));
  for (const { address, text, origin } of draft.httpTo) {
    const wanted = formatAddress(address).replace(/^(0\.0\.0\.0)?:/, '*:');
    const port = wanted.replace(/^(127\.0\.0\.1|localhost):/, '*:');
    if (own.has(wanted) || own.has(port)) {
      const message = `'http-to = ${text}' has no effect: the engine's router hands requests to its workers directly.`;
      warnings.push({ code: 'no-effect', message, origin, option: 'http-to' });
    } else {
      const message = `'http-to = ${text}' is another server's address: the engine's router serves its own workers only.`;
      errors.push({ code: 'not-supported', message, origin, option: 'http-to', hint: `${leaveOut(origin)}.` });
    }
  }
}

function fault(message: string, origin: Origin): ConfigError {
  return { code: 'bad-value', message, origin, option: null, hint: null };
}
