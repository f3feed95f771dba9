/**
 * Where the engine answers, and what is spoken there.
 */
import type { ListenerKind, Origin } from '../settings.ts';
import { wholeNumber } from '../values.ts';
import { type Draft, type OptionSection, type Reader, readAddress, readFlag, readListenAddress } from './section.ts';

export const listenersOptions: OptionSection = {
  data: `
http | address | works | | Answers HTTP on this address through the router in front of the workers.
http-socket | address | works | | Answers HTTP/1.1 on this address.
socket | address | works | | Answers the uwsgi protocol on this address, for nginx's uwsgi_pass.
uwsgi-socket | address | works | | Answers the uwsgi protocol on this address, whatever 'protocol' says.
http11-socket | address | works | | Answers HTTP/1.1 on this address; the same as 'http-socket' here, which keeps connections too.
fastcgi-socket | address | works | | Answers the FastCGI protocol on this address, for nginx's fastcgi_pass.
fastcgi-nph-socket | address | works | | Answers FastCGI with an HTTP status line in front of the headers.
scgi-socket | address | works | | Answers the SCGI protocol on this address, for nginx's scgi_pass.
scgi-nph-socket | address | works | | Answers SCGI with an HTTP status line in front of the headers.
puwsgi-socket | address | no: it takes bodies for further requests, so that whoever may upload can run code | | Answers the uwsgi protocol on connections that are kept.
raw-socket | address | no: an application would get the bare connection, and nothing here hands it on | | Hands connections to the application as they are.
protocol | string | works | uwsgi | Protocol that 'socket' speaks: uwsgi, http, http11, fastcgi, fastcgi-nph, scgi or scgi-nph. | choices=uwsgi,http,http11,https,suwsgi,puwsgi,fastcgi,fastcgi-nph,scgi,scgi-nph,raw
http-socket-modifier1 | int | works | 0 | Modifier of requests that come through 'http-socket': 0 is Python, 5 Perl, 7 Ruby, 9 CGI, 14 PHP.
http-socket-modifier2 | int | works | 0 | Second modifier of requests that come through 'http-socket'.
fastcgi-modifier1 | int | works | 0 | Modifier of requests that come over FastCGI: 0 is Python, 5 Perl, 7 Ruby, 9 CGI, 14 PHP.
fastcgi-modifier2 | int | works | 0 | Second modifier of requests that come over FastCGI.
scgi-modifier1 | int | works | 0 | Modifier of requests that come over SCGI: 0 is Python, 5 Perl, 7 Ruby, 9 CGI, 14 PHP.
scgi-modifier2 | int | works | 0 | Second modifier of requests that come over SCGI.
raw-modifier1 | int | no | | Modifier of connections that come through 'raw-socket'.
raw-modifier2 | int | no | | Second modifier of connections that come through 'raw-socket'.
worker-accept | flag | works | false | Python workers accept the connections of 'socket' and 'uwsgi-socket' themselves, without the gateway. | effect=restart
http-to | address | works | | Address of a uwsgi socket the router hands requests to; the engine's goes to its own workers.
`,
  readers: {
    http: socket('http'),
    'http-socket': socket('http-socket'),
    socket: socket('socket'),
    'uwsgi-socket': socket('uwsgi'),
    'http11-socket': socket('http11-socket'),
    'fastcgi-socket': socket('fastcgi'),
    'fastcgi-nph-socket': socket('fastcgi-nph'),
    'scgi-socket': socket('scgi'),
    'scgi-nph-socket': socket('scgi-nph'),
    protocol: readProtocol,
    'http-to': readHttpTo,
    'worker-accept': readFlag(({ sockets }, value) => (sockets.workerAccept = value)),
    'http-socket-modifier1': readModifier1,
    'http-socket-modifier2': readModifier2,
    'fastcgi-modifier1': readModifier1,
    'fastcgi-modifier2': readModifier2,
    'scgi-modifier1': readModifier1,
    'scgi-modifier2': readModifier2,
  },
};

function socket(kind: ListenerKind | 'socket'): Reader {
  return (draft, value, origin) => {
    const found = readListenAddress(draft, value);
    if (typeof found === 'string') return found;
    draft.sockets.push({ kind, address: found, text: value, origin });
    return null;
  };
}

const PROTOCOLS: ReadonlyMap<string, ListenerKind> = new Map<string, ListenerKind>([
  ['uwsgi', 'uwsgi'],
  ['http', 'http-socket'],
  ['http11', 'http11-socket'],
  ['fastcgi', 'fastcgi'],
  ['fastcgi-nph', 'fastcgi-nph'],
  ['scgi', 'scgi'],
  ['scgi-nph', 'scgi-nph'],
]);
const REFUSED_PROTOCOLS: Record<string, string> = {
  puwsgi: 'is not safe: it takes bodies for further requests, so that whoever may upload can run code; write uwsgi.',
  raw: 'is not supported: nothing here hands bare connections to an application.',
  suwsgi: "needs a certificate: write 'suwsgi-socket = ADDRESS,CERTIFICATE,KEY'.",
  https: "needs a certificate: write 'https-socket = ADDRESS,CERTIFICATE,KEY'.",
};

function readProtocol(draft: Draft, value: string): string | null {
  const kind = PROTOCOLS.get(value);
  if (kind === undefined)
    return REFUSED_PROTOCOLS[value] ?? `is no protocol; known are ${[...PROTOCOLS.keys()].join(', ')}.`;
  draft.protocol = kind;
  return null;
}

function readHttpTo(draft: Draft, value: string, origin: Origin): string | null {
  const address = readAddress(draft, value);
  if (typeof address === 'string') return address;
  draft.httpTo.push({ address, text: value, origin });
  return null;
}

/** Modifiers choose a plugin of uWSGI; the engine has the application's language and nothing beside it. */
/** `modifier1` of a listener: finish-app.ts checks that it is the application's. */
export function readModifier1(draft: Draft, value: string, origin: Origin): string | null {
  const modifier1 = wholeNumber(value);
  if (modifier1 === null || modifier1 > 255) return 'needs a number from 0 to 255.';
  draft.modifiers1.push({ modifier1, origin });
  return null;
}

export function readModifier2(_draft: Draft, value: string): string | null {
  return value === '0' ? null : 'asks for something beside the application, and the engine has nothing there; write 0.';
}
