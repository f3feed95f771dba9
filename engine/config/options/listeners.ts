/**
 * Where the engine answers, and how its HTTP router treats clients.
 */
import type { ListenerKind, Origin } from '../settings.ts';
import { isFlagWord, isOn, wholeNumber } from '../values.ts';
import { type Draft, number, type OptionSection, type Reader, readAddress } from './section.ts';

export const listenersOptions: OptionSection = {
  data: `
http | address | works | | Answers HTTP on this address through the router in front of the workers.
http-socket | address | works | | Answers HTTP/1.1 on this address.
socket | address | works | | Answers the uwsgi protocol on this address, for nginx's uwsgi_pass.
uwsgi-socket | address | works | | Answers the uwsgi protocol on this address, whatever 'protocol' says.
http11-socket | address | no | | Answers HTTP/1.1 with keep-alive on this address.
https-socket | string | no | | Answers HTTPS: address, certificate and key, separated by commas.
https | string | no | | Answers HTTPS through the router: address, certificate and key, separated by commas.
fastcgi-socket | address | no | | Answers the FastCGI protocol on this address.
scgi-socket | address | no | | Answers the SCGI protocol on this address.
protocol | string | works | uwsgi | Protocol that 'socket' speaks: uwsgi or http here, fastcgi and scgi as well on uWSGI.
shared-socket | address | no | | Opens a socket before privileges are dropped, to be named as '=0', '=1' by other options.
chmod-socket | mode | works | 666 | File mode of unix sockets, in octal; 666 when no value is given.
chown-socket | string | no | | Owner of unix sockets, as user:group.
http-to | address | works | | Address of the uwsgi socket the router hands requests to; the engine's router always uses its own workers.
http-keepalive | seconds | works | 30 | Idle time after which a kept connection of the router is closed; 0 switches keep-alive off.
http-timeout | seconds | works | 60 | Longest silence of a client or of the application before the router gives up.
http-processes | int | none: the engine's gateways share each port already | 1 | Router processes.
http-auto-chunked | flag | none: responses of unknown length are always sent chunked to HTTP/1.1 clients | | Sends responses without a length as chunks.
http-raw-body | flag | no | | Hands chunked request bodies on as they are.
http-websockets | flag | no | | Lets websocket connections through the router.
http-auto-gzip | flag | no | | Compresses responses that ask for it with 'uWSGI-Encoding: gzip'.
http-modifier1 | int | no | 0 | Modifier the router puts in each request.
http-manage-expect | int | no | | Answers 'Expect: 100-continue', up to this body size.
so-keepalive | flag | no | | Switches TCP keep-alive on for accepted connections.
tcp-nodelay | flag | none: it is always on | | Sends small packets at once.
reuse-port | flag | none: the engine's gateways share each TCP port anyway | | Lets several servers bind the same port.
no-defer-accept | flag | none: the engine never defers accept | | Accepts a connection before its first bytes arrive.
thunder-lock | flag | none: the engine's gateway hands out requests, workers never compete for a socket | | Serialises accept() among workers.
listen | int | works | 100 | Connections the system keeps waiting for each socket; more are refused.
`,
  readers: {
    http: socket('http'),
    'http-socket': socket('http-socket'),
    socket: socket('socket'),
    'uwsgi-socket': socket('uwsgi'),
    protocol: readProtocol,
    'chmod-socket': readMode,
    'http-to': readHttpTo,
    'http-keepalive': readKeepalive,
    'http-timeout': number('httpTimeoutSeconds', 1),
    listen: number('listen', 1),
  },
};

function socket(kind: ListenerKind | 'socket'): Reader {
  return (draft, value, origin) => {
    const found = readAddress(draft, value);
    if (typeof found === 'string') return found;
    draft.sockets.push({ kind, address: found, text: value, origin });
    return null;
  };
}

function readProtocol(draft: Draft, value: string): string | null {
  if (value !== 'uwsgi' && value !== 'http') return 'is not supported by the engine: write uwsgi or http.';
  draft.protocol = value === 'http' ? 'http-socket' : 'uwsgi';
  return null;
}

function readHttpTo(draft: Draft, value: string, origin: Origin): string | null {
  const address = readAddress(draft, value);
  if (typeof address === 'string') return address;
  draft.httpTo.push({ address, text: value, origin });
  return null;
}

function readMode(draft: Draft, value: string): string | null {
  const text = value === '' || value === 'true' ? '666' : value;
  if (!/^[0-7]{3,4}$/.test(text)) return 'needs an octal file mode such as 660.';
  draft.settings.chmodSocket = Number.parseInt(text, 8);
  return null;
}

const DEFAULT_KEEPALIVE_SECONDS = 30;

function readKeepalive(draft: Draft, value: string): string | null {
  const seconds = wholeNumber(value);
  if (seconds === null && !isFlagWord(value)) return 'needs a number of seconds; 0 switches keep-alive off.';
  if (seconds === null && isOn(value) && value !== '') {
    draft.warn(
      `means ${DEFAULT_KEEPALIVE_SECONDS} seconds here, but uWSGI reads it as 0, which is off; write a number.`,
    );
  }
  draft.settings.httpKeepaliveSeconds = seconds ?? (isOn(value) ? DEFAULT_KEEPALIVE_SECONDS : 0);
  return null;
}
