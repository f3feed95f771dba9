/**
 * What holds for listening sockets whatever is spoken on them: owners and modes, shared and inherited ones, the queue,
 * and how many gateways serve them.
 */
import type { Origin } from '../settings.ts';
import { type Draft, type OptionSection, readAddress, readFlag, readNumber } from './section.ts';

export const socketsOptions: OptionSection = {
  data: `
shared-socket | address | works | | Opens a socket that other options name as '=0', '=1' and so on, in this order. | effect=restart
undeferred-shared-socket | address | works | | As 'shared-socket', accepting at once and not with the first bytes; here both do. | effect=restart
abstract-socket | flag | works | | Takes the paths of unix sockets as names in Linux's abstract namespace.
chmod-socket | mode | works | | File mode of unix sockets, in octal; on the command line it may be without a value, for 666. | effect=restart
chown-socket | string | works | | Owner of unix sockets, as user or user:group. | effect=restart
listen | int | works | 1024 | Connections that may wait for a worker; the engine answers further requests with 503. | effect=restart here=reload unit=connections uwsgi=100
http-processes | int | works | 1 | Processes of the HTTP router; in the engine threads that read requests and write answers. | unit=processes
reuse-port | flag | works | | Lets other servers bind the same TCP ports. | effect=restart
so-keepalive | flag | works | | Switches TCP keep-alive on for accepted connections.
max-fd | int | works | | Files and connections each process may have open at the same time. | effect=restart unit=descriptors
freebind | flag | none: an address that this machine does not have is an error at start | | Binds addresses that the machine does not have yet. | effect=restart
tcp-fast-open | int | none: connections are opened by the usual handshake | | Length of the queue of connections that carry data in their first packet. | effect=restart unit=connections
tcp-fast-open-client | flag | none: the engine opens no connections for which it would matter | | Sends data in the first packet of outgoing connections.
tcp-nodelay | flag | none: it is always on | | Sends small packets at once.
socket-sndbuf | bytes | none: the system sizes the buffers of each connection itself | | Size of the system's send buffer. | effect=restart
socket-rcvbuf | bytes | none: the system sizes the buffers of each connection itself | | Size of the system's receive buffer. | effect=restart
so-send-timeout | flag | none: a client that takes nothing is cut after 'socket-timeout' or 'http-timeout' | | Gives each write to a client a time limit.
shutdown-sockets | flag | none: connections are always ended in order | | Shuts connections down before they are closed.
no-defer-accept | flag | none: the engine never defers accept | | Accepts a connection before its first bytes arrive. | effect=restart
thunder-lock | flag | none: the engine's gateway hands out requests, workers never compete for a socket | | Serialises accept() among workers.
map-socket | list | no | | Gives the requests of a socket to certain workers only.
zerg | list | no | | Takes listening sockets from a zerg server.
zerg-server | address | no | | Hands listening sockets to other instances.
`,
  readers: {
    'shared-socket': readShared,
    'undeferred-shared-socket': readShared,
    'abstract-socket': (draft, value, origin) =>
      readFlag((_, isOn) => {
        draft.abstractSockets = isOn;
      })(draft, value, origin),
    'chmod-socket': readMode,
    'chown-socket': readOwner,
    listen: readNumber((settings, length) => {
      settings.listen = length;
      settings.queueLength = length;
    }, 1),
    'http-processes': readGateways,
    'reuse-port': readFlag((settings, value) => {
      settings.sockets.reusePort = value;
    }),
    'so-keepalive': readFlag((settings, value) => {
      settings.sockets.keepAlive = value;
    }),
    'max-fd': readNumber((settings, value) => {
      settings.sockets.maxFiles = value;
    }, 1),
  },
};

/** Scoreboards and request ids have room for this many. */
const MAX_GATEWAYS = 16;

function readShared(draft: Draft, value: string, origin: Origin): string | null {
  const address = readAddress(draft, value);
  if (typeof address === 'string') return address;
  draft.sharedSockets.push({ address, text: value, origin });
  return null;
}

function readMode(draft: Draft, value: string): string | null {
  const text = value === '' || value === 'true' ? '666' : value;
  if (!/^[0-7]{3,4}$/.test(text)) return 'needs an octal file mode such as 660.';
  draft.settings.chmodSocket = Number.parseInt(text, 8);
  return null;
}

function readOwner({ settings }: Draft, value: string, origin: Origin): string | null {
  if (!/^[^:\s]+(:[^:\s]+)?$/.test(value)) return 'needs a user, or a user and a group: www-data:www-data.';
  settings.sockets.owner = { text: value, origin };
  return null;
}

function readGateways(draft: Draft, value: string, origin: Origin): string | null {
  const wrong = readNumber((settings, count) => {
    settings.sockets.gateways = count;
  }, 1)(draft, value, origin);
  if (wrong !== null) return wrong;
  return draft.settings.sockets.gateways > MAX_GATEWAYS ? `is more than the ${MAX_GATEWAYS} that are possible.` : null;
}
