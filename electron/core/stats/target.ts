/**
 * A stats address as its user writes it, turned into what to connect to: `127.0.0.1:1717`, `:1717`, `/run/app.stats`,
 * `@abstract`, `http://127.0.0.1:1717`; of another machine `ssh://user@host:port/run/app.stats`,
 * `ssh://alias/127.0.0.1:1717`, `ssh://alias/@name`, `ssh://alias/http://127.0.0.1:1717`. Pure.
 */
import { formatAddress, parseAddress } from '../../../engine/config/address.ts';
import { CoreError } from '../errors.ts';
import { LOCAL, type MachineId, type StreamAddress } from '../machine/machine.ts';
import { formatDestination, parseDestination } from '../ssh/destination.ts';

export interface StatsTarget {
  /** The address in its one spelling, with its machine: what is stored, shown and compared. */
  text: string;
  /** Without its machine. */
  address: string;
  /** Where the socket is. */
  machine: MachineId;
  /** As seen from that machine. */
  connect: StreamAddress;
  /** Request to send first, for `stats-http`; null: the server speaks at once. */
  httpPath: string | null;
}

/** Programs of other machines are given it: nothing that one of them could take for an option or a second address. */
const HOST = /^(?:[\p{L}\p{N}_:*[][\p{L}\p{N}_.:%[\]-]*)?$/u;

/** Throws `stats-address` or `ssh-destination`. `~/` stands for `homeFolder`, on this machine only. */
export function parseStatsTarget(address: string, homeFolder: string): StatsTarget {
  const text = address.trim();
  const [, destination, rest = ''] = /^ssh:\/\/([^/]*)(.*)$/is.exec(text) ?? [];
  if (destination === undefined) return parseHere(text, homeFolder);
  if (destination === '') throw refused(text, 'the host is missing, as in ssh://web1/run/app.stats.');
  const machine = formatDestination(parseDestination(destination));
  if (rest === '' || rest === '/') throw refused(text, `the socket is missing, as in ssh://${machine}/run/app.stats.`);
  return onMachine(machine, parseHere(isOtherThanPath(rest) ? rest.slice(1) : rest, homeFolder));
}

/** The same socket address on another machine. */
export function onMachine(machine: MachineId, target: StatsTarget): StatsTarget {
  return machine === LOCAL ? target : { ...target, machine, text: sshAddress(machine, target.text) };
}

/** `ssh://web1/run/app.stats`. `address` is one without a machine. */
export function sshAddress(machine: MachineId, address: string): string {
  if (machine === LOCAL) return address;
  return `ssh://${machine}${address.startsWith('/') ? '' : '/'}${address}`;
}

/** Whether an address in its one spelling names more than a machine. */
export function hasSocket(text: string): boolean {
  return text !== '' && !/^ssh:\/\/[^/]*$/.test(text);
}

/** Machine of an address in its one spelling. */
export function machineOf(text: string): MachineId {
  return /^ssh:\/\/([^/]*)/.exec(text)?.[1] ?? LOCAL;
}

/** What follows the host of an ssh:// address, when it is not the path of a socket. */
function isOtherThanPath(rest: string): boolean {
  return /^\/(@|https?:|tcp:|unix:|[^/]*:\d+$)/i.test(rest);
}

function parseHere(text: string, homeFolder: string): StatsTarget {
  if (text === '' || text === '/') throw refused(text, 'it is empty.');
  if (/^https:/i.test(text)) throw refused(text, 'TLS is not supported.');
  if (/^http:\/\//i.test(text)) return parseHttp(text);
  const scheme = /^[a-z][a-z\d+.-]*:\/\//i.exec(text)?.[0];
  if (scheme !== undefined && !/^(tcp|unix):/i.test(scheme)) {
    throw refused(text, `${scheme} is not understood, only http://, tcp://, unix:// and ssh:// are.`);
  }
  const plain = text.replace(/^(tcp|unix):(\/\/)?(?=.)/i, '').replace(/^~(?=\/)/, homeFolder);
  const result = parseAddress(plain);
  if (!result.ok) throw refused(text, result.message);
  const parsed = result.address;
  switch (parsed.type) {
    case 'tcp':
      if (parsed.port === 0) throw refused(text, 'port 0 can not be asked.');
      if (!HOST.test(parsed.host)) throw refused(text, `${parsed.host} is no name of a host.`);
      return {
        text: formatAddress(parsed),
        address: formatAddress(parsed),
        machine: LOCAL,
        connect: { type: 'tcp', host: reachableHost(parsed.host), port: parsed.port },
        httpPath: null,
      };
    case 'abstract':
      return {
        text: formatAddress(parsed),
        address: formatAddress(parsed),
        machine: LOCAL,
        connect: { type: 'unix', path: `\0${parsed.name}` },
        httpPath: null,
      };
    case 'fd':
      throw refused(text, 'a descriptor means nothing outside of the server that has it.');
    case 'unix':
      if (isHost(parsed.path)) throw refused(text, `the port is missing, as in ${parsed.path}:1717.`);
      if (!parsed.path.startsWith('/')) {
        throw refused(text, 'it has no port, and the path of a socket must begin with a slash.');
      }
      return {
        text: parsed.path,
        address: parsed.path,
        machine: LOCAL,
        connect: { type: 'unix', path: parsed.path },
        httpPath: null,
      };
  }
}

/** Where to connect for a listener on all interfaces. */
export function reachableHost(host: string): string {
  if (host === '' || host === '0.0.0.0' || host === '*') return '127.0.0.1';
  return host === '::' ? '::1' : host;
}

function isHost(text: string): boolean {
  return /^(\d{1,3}(\.\d{1,3}){3}|\[[\da-f:.]+\]|localhost)$/i.test(text);
}

function refused(address: string, reason: string): CoreError {
  return new CoreError('stats-address', { address, reason });
}

function parseHttp(text: string): StatsTarget {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || url.hostname === '') {
    throw refused(text, 'it is not a web address.');
  }
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const address = `http://${url.host}${url.pathname === '/' ? '' : url.pathname}${url.search}`;
  return {
    text: address,
    address,
    machine: LOCAL,
    connect: { type: 'tcp', host: reachableHost(host), port: url.port === '' ? 80 : Number(url.port) },
    httpPath: `${url.pathname}${url.search}`,
  };
}
