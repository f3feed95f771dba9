/**
 * How the HTTP router (`http`, `https`) treats clients. uWSGI's router is a process that hands requests on to others;
 * here it is a way to read and to answer them, so that what concerns only the way between has no effect.
 */
import { isFlagWord, isOn, wholeNumber } from '../values.ts';
import { readModifier1, readModifier2 } from './listeners.ts';
import { type Draft, number, type OptionSection, readFlag, readNumber } from './section.ts';

export const routerOptions: OptionSection = {
  data: `
http-keepalive | seconds | works | 30 | Idle time after which a kept connection of the router is closed; 0 switches keep-alive off, 1 means that of 'http-timeout'. | uwsgi=0
http-timeout | seconds | works | 60 | Longest silence of a client or of the application before the router gives up.
http-headers-timeout | seconds | works | 60 | Longest time that a client of the router may take for the headers of a request.
http-manage-expect | int | works | | Answers 'Expect: 100-continue', and refuses bodies above this size with 413; the engine always answers it. | unit=bytes
http-auto-gzip | flag | works | | Compresses responses that ask for it with 'uWSGI-Encoding: gzip'.
http-var | list | works | | Adds a variable, NAME=VALUE, to each request that comes through the router.
http-server-name-as-http-host | flag | works | | Makes SERVER_NAME the Host header of the request.
http-enable-proxy-protocol | flag | works | | Reads PROXY protocol headers (version 1 and 2) of trusted peers on the router's addresses.
http-modifier1 | int | works | 0 | Modifier the router puts in each request: 0 is Python, 5 Perl, 7 Ruby, 9 CGI, 14 PHP.
http-modifier2 | int | works | 0 | Second modifier the router puts in each request.
http-auto-chunked | flag | none: responses of unknown length are always sent chunked to HTTP/1.1 clients | | Sends responses without a length as chunks.
http-chunked-input | flag | none: chunked bodies are always decoded, and the application is told their length | | Decodes chunked request bodies.
http-raw-body | flag | none: bodies of any kind reach the application whole | | Hands chunked request bodies on as they are.
http-websockets | flag | none: websockets pass on every address that speaks HTTP | | Lets websocket connections through the router.
http-connect-timeout | seconds | none: the engine's router hands requests to its workers without connecting | 60 | Longest time for connecting to a backend.
http-buffer-size | bytes | none: the engine sizes its own buffers | | Buffer of the router for each connection.
http-events | int | none: the engine takes as many events at once as there are | 64 | Events that the router takes at once. | unit=events
http-gracetime | seconds | none: the engine's router has no backends that could fail | 30 | Time after which a failed backend is tried again.
http-quiet | int | none: the engine's router logs what goes wrong only | | Makes the router say less.
http-cheap | flag | none: the engine's router has no backends to wait for | | Listens only while there are backends.
http-harakiri | seconds | none: the router is watched as part of the engine | 0 | Ends a router process that hangs.
http-uid | string | none: the router runs as the engine itself | | User of the router processes.
http-gid | string | none: the router runs as the engine itself | | Group of the router processes.
http-use-socket | int | none: the engine's router hands requests to its workers without a socket | | Hands requests to the uwsgi socket of this number.
http-resubscribe | address | no | | Hands subscriptions of the router on to another router.
http-fallback | address | no | | Backend for requests that no other takes.
http-subscription-server | address | no | | Lets other servers subscribe as backends of the router.
http-subscription-fallback-key | string | no | | Name whose backends get the requests of the router for names that nobody has subscribed.
http-zerg | list | no | | Takes the router's listening sockets from a zerg server.
http-stats | address | no | | Answers with the state of the router, as JSON, on this address.
http-use-base | string | no | | Text in front of a host name that makes the address of its backend.
http-use-pattern | string | no | | Address of the backend, with %s where the host name goes.
http-use-cache | string | no | | Cache in which the router looks up the backend of a host name.
http-use-code-string | string | no | | Function that tells the router the backend of a host name: MODIFIER:CODE:FUNCTION.
http-stud-prefix | list | no | | Address of a TLS proxy that puts the client's address in front of each connection, as stud does.
http-manage-source | flag | no | | Lets Icecast clients through that send with the method SOURCE.
http-manage-rtsp | flag | no | | Lets RTSP sessions through.
`,
  readers: {
    'http-keepalive': readKeepalive,
    'http-timeout': number('httpTimeoutSeconds', 1),
    'http-headers-timeout': readNumber((settings, seconds) => {
      settings.protocols.headersTimeoutSeconds = seconds;
    }, 1),
    'http-manage-expect': readExpect,
    'http-auto-gzip': readFlag((settings, value) => {
      settings.protocols.autoGzip = value;
    }),
    'http-var': readVariable,
    'http-server-name-as-http-host': readFlag((settings, value) => {
      settings.protocols.serverNameIsHost = value;
    }),
    'http-enable-proxy-protocol': readFlag((settings, value) => {
      settings.protocols.routerProxyProtocol = value;
    }),
    'http-modifier1': readModifier1,
    'http-modifier2': readModifier2,
  },
};

const DEFAULT_KEEPALIVE_SECONDS = 30;

/** 1 is a switch in uWSGI, not a second: connections are kept for as long as `http-timeout` says. */
function readKeepalive(draft: Draft, value: string): string | null {
  const seconds = wholeNumber(value);
  if (seconds === null && !isFlagWord(value)) return 'needs a number of seconds; 0 switches keep-alive off.';
  if (seconds === null && isOn(value) && value !== '') {
    draft.warn(
      `means ${DEFAULT_KEEPALIVE_SECONDS} seconds here, but uWSGI reads it as 0, which is off; write a number.`,
    );
  }
  draft.keepsForHttpTimeout = seconds === 1;
  draft.settings.httpKeepaliveSeconds = seconds ?? (isOn(value) ? DEFAULT_KEEPALIVE_SECONDS : 0);
  return null;
}

/** Without a number, or with 1 or 0 as uWSGI's flag is written, no body is too large. */
function readExpect({ settings }: Draft, value: string): string | null {
  const bytes = wholeNumber(value);
  if (bytes === null && !isFlagWord(value)) return 'needs a number of bytes, or nothing for bodies of any size.';
  settings.protocols.expectLimitBytes = bytes !== null && bytes > 1 ? bytes : 0;
  return null;
}

function readVariable({ settings }: Draft, value: string): string | null {
  const [, name = '', text = ''] = /^([^=\s]+)=(.*)$/.exec(value) ?? [];
  if (name === '') return 'needs a name and a value: NAME=VALUE.';
  if (/^(wsgi|uwsgi)\./.test(name) || name.startsWith('UWSGI_')) return 'names a variable that only the server sets.';
  settings.protocols.httpVars.push([name, text]);
  return null;
}
