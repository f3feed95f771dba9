/**
 * How requests are read and answered, whatever the protocol.
 */
import { isIPv4, isIPv6 } from '../ip-address.ts';
import { allowModifier, MODIFIER_NAMES } from '../modifiers.ts';
import type { ProtocolSettings } from '../settings.ts';
import { type Draft, number, type OptionSection, readFlag } from './section.ts';

export const requestsOptions: OptionSection = {
  data: `
buffer-size | bytes | works | 65536 | Largest request line with headers, or uwsgi block. | uwsgi=4096
post-buffering | bytes | none: the engine always has the whole body before a worker is busy with it | 0 | Size from which request bodies go to a file.
post-buffering-bufsize | bytes | none: the engine sizes its own buffers | | Buffer used for 'post-buffering'.
limit-post | bytes | works | 0 | Largest request body; 0 means no limit.
socket-timeout | seconds | works | 4 | Longest silence on a connection before it is closed.
max-vars | int | none: the engine has no table of that size | 64 | Largest number of variables of a request. | unit=variables
offload-threads | int | none: the gateway sends answers while the worker goes on | 0 | Threads that send files and responses while the worker goes on. | unit=threads
add-header | list | works | | Adds a header, 'Name: value', to each response of the application.
del-header | list | works | | Leaves a header of this name out of each response of the application.
enable-proxy-protocol | flag | works | | Reads PROXY protocol headers (version 1 and 2) of trusted peers on 'http-socket' addresses.
trusted-proxy | list | works | | Address or network (CIDR) whose PROXY headers and X-Forwarded-* are believed; without it, this machine, and any front server by uwsgi, FastCGI or SCGI.
uwsgi-modifiers | list | works | | What front servers and other programs may ask on uwsgi sockets beside requests: spooler, signal, cache, rpc.
chunked-input-limit | bytes | none: 'limit-post' bounds chunked bodies too | 1048576 | Largest chunk of a request body.
chunked-input-timeout | seconds | none: 'socket-timeout' and 'http-timeout' hold for chunked bodies too | 4 | Longest wait for the next chunk of a request body.
body-read-warning | mb | none: a body is complete before a worker is busy with it | | Warns when a request body that is kept in memory has this many megabytes.
response-headers-limit | bytes | none: the headers of a response may have any size | 65536 | Largest size of the headers of a response.
error-page-404 | list | no | | HTML file sent when the server itself answers 404.
ignore-sigpipe | flag | none: SIGPIPE never ends or logs anything here | | Says nothing about clients that hung up (SIGPIPE).
ignore-write-errors | flag | none: clients that hung up are counted, not logged | | Says nothing about clients that hung up.
disable-write-exception | flag | none: a client that hung up raises nothing in the application | | Raises no exception in the application when a client hung up.
no-fd-passing | flag | none: the engine passes no descriptors through requests | | Refuses file descriptors on unix sockets.
`,
  readers: {
    'buffer-size': number('bufferSizeBytes', 1024),
    'limit-post': number('limitPostBytes'),
    'socket-timeout': number('socketTimeoutSeconds', 1),
    'add-header': readAddHeader,
    'rem-header': readDelHeader,
    'enable-proxy-protocol': readFlag((settings, value) => {
      settings.protocols.socketProxyProtocol = value;
    }),
    'trusted-proxy': readTrustedProxy,
    'uwsgi-modifiers': readModifiers,
  },
};

/** What holds where the configuration says nothing. */
export const defaultProtocols = (): ProtocolSettings => ({
  headersTimeoutSeconds: 0,
  expectLimitBytes: 0,
  autoGzip: false,
  httpVars: [],
  serverNameIsHost: false,
  routerProxyProtocol: false,
  socketProxyProtocol: false,
  trustedProxies: [],
  addHeaders: [],
  closesConnections: false,
  delHeaders: [],
  modifiers: [],
});

const HEADER_NAME = /^[!#$%&'*+\-.^_`|~\w]+$/;
/** The engine frames answers itself. */
const FRAMING = /^(content-length|transfer-encoding|connection|keep-alive|upgrade|trailer)$/i;

function readAddHeader({ settings }: Draft, value: string): string | null {
  const colon = value.indexOf(':');
  const name = value.slice(0, Math.max(0, colon));
  if (!HEADER_NAME.test(name)) return 'needs a name and a value: Name: value.';
  // oxlint-disable-next-line no-control-regex -- these must not get into a header
  if (/[\x00-\x08\x0a-\x1f\x7f]/.test(value)) return 'has a control character in it.';
  const text = value.slice(colon + 1).trim();
  if (/^connection$/i.test(name) && /^close$/i.test(text)) {
    settings.protocols.closesConnections = true;
    return null;
  }
  if (FRAMING.test(name)) return 'names a header that the engine itself sets.';
  settings.protocols.addHeaders.push(`${name}: ${text}`);
  return null;
}

function readDelHeader({ settings }: Draft, value: string): string | null {
  if (!HEADER_NAME.test(value)) return 'needs the name of a header.';
  settings.protocols.delHeaders.push(value);
  return null;
}

function readTrustedProxy({ settings }: Draft, value: string): string | null {
  const [address = '', prefix] = value.split('/');
  const bits = isIPv4(address) ? 32 : isIPv6(address) ? 128 : 0;
  const isPrefix = prefix === undefined || (/^\d{1,3}$/.test(prefix) && Number(prefix) <= bits);
  if (bits === 0 || !isPrefix) return 'needs an IP address or a network: 192.0.2.1, 10.0.0.0/8 or fd00::/8.';
  settings.protocols.trustedProxies.push(value);
  return null;
}

function readModifiers({ settings }: Draft, value: string): string | null {
  const names = value.split(/[\s,]+/).filter((name) => name !== '');
  const isKnown = names.map((name) => allowModifier(settings.protocols, name));
  return names.length > 0 && !isKnown.includes(false) ? null : `needs one or more of ${MODIFIER_NAMES.join(', ')}.`;
}
