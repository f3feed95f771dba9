/**
 * Listeners that speak TLS, and their certificates. Files are named from the folder that the engine was started in, as
 * uWSGI does; they are read when the engine starts and at each reload (engine/master/certificates.ts).
 */
import { resolvePath } from '../host.ts';
import type { CertificateSetting, ListenerKind, Origin } from '../settings.ts';
import { wholeNumber } from '../values.ts';
import { readModifier1, readModifier2 } from './listeners.ts';
import {
  type Draft,
  type OptionSection,
  type Reader,
  readFlag,
  readListenAddress,
  readNumber,
  readStartPath,
  take,
} from './section.ts';

export const tlsOptions: OptionSection = {
  data: `
https | string | works | | Answers HTTPS through the router: ADDRESS,CERTIFICATE,KEY[,CIPHERS[,CLIENT-CA]]; '!' before the last makes client certificates mandatory.
https2 | string | works | | Answers HTTPS through the router: addr=, cert=, key=, and if wanted ciphers= and client_ca=.
https-socket | string | works | | Answers HTTPS: ADDRESS,CERTIFICATE,KEY[,CIPHERS[,CLIENT-CA]].
https-socket-modifier1 | int | works | 0 | Modifier of requests that come through 'https-socket': 0 is Python, 5 Perl, 7 Ruby, 9 CGI, 14 PHP.
https-socket-modifier2 | int | works | 0 | Second modifier of requests that come through 'https-socket'.
suwsgi-socket | string | works | | Answers the uwsgi protocol inside TLS: ADDRESS,CERTIFICATE,KEY[,CIPHERS[,CLIENT-CA]].
http-to-https | address | works | | Answers HTTP on this address with a redirect to HTTPS.
https-export-cert | flag | none: the client's certificate is always handed on in HTTPS_DN, HTTPS_CC and HTTPS_CLIENT_CERTIFICATE, as uWSGI does | | Hands the client's certificate to the application.
https-session-context | string | works | | Name under which TLS sessions are kept apart from those of other servers.
sni | list | works | | Certificate for one name: NAME CERTIFICATE,KEY[,CIPHERS[,CLIENT-CA]].
sni-regexp | list | works | | Certificate for all names that match a regular expression: PATTERN CERTIFICATE,KEY[,CIPHERS[,CLIENT-CA]].
sni-dir | path | works | | Folder with NAME.crt and NAME.key, and if wanted NAME.ca, for each name.
sni-dir-ciphers | string | works | | Ciphers for the certificates of 'sni-dir'.
ssl-verbose | flag | works | | Logs failed TLS handshakes.
ssl-verify-depth | int | no | 1 | Longest chain of client certificates. | unit=certificates
ssl-sessions-use-cache | string | none: sessions are taken up again by tickets that all gateways can read | | Keeps TLS sessions in a cache of uWSGI.
ssl-session-use-cache | string | none: sessions are taken up again by tickets that all gateways can read | | Keeps TLS sessions in uWSGI's cache of this name.
ssl-sessions-timeout | seconds | works | 300 | How long a TLS session may be taken up again.
ssl-session-timeout | seconds | works | 300 | Time after which a TLS session begins anew.
ssl-enable3 | flag | none: the engine speaks TLS 1.2 and newer only | | Allows the broken SSL 3.
ssl-enable-tlsv1 | flag | none: the engine speaks TLS 1.2 and newer only | | Allows the outdated TLS 1.0.
ssl-option | int | works | | Sets bits of OpenSSL's SSL_OP options, as a decimal number.
ssl-tmp-dir | path | none: nothing of TLS is written to files | | Folder for temporary files of TLS.
`,
  readers: {
    https: tlsSocket('http'),
    https2: readHttps2,
    'https-socket': tlsSocket('http-socket'),
    'https-socket-modifier1': readModifier1,
    'https-socket-modifier2': readModifier2,
    'suwsgi-socket': tlsSocket('uwsgi'),
    'http-to-https': readRedirect,
    'https-session-context': (draft, value) => take(value, (name) => (draft.settings.tls.sessionContext = name)),
    sni: readName('name'),
    'sni-regexp': readName('pattern'),
    'sni-dir': readStartPath((settings, path) => {
      settings.tls.folder = path;
    }),
    'sni-dir-ciphers': (draft, value) => take(value, (ciphers) => (draft.settings.tls.folderCiphers = ciphers)),
    'ssl-verbose': readFlag((settings, value) => {
      settings.tls.isVerbose = value;
    }),
    'ssl-sessions-timeout': readNumber(setSessionSeconds, 1),
    'ssl-session-timeout': readNumber(setSessionSeconds, 1),
    'ssl-option': readSslOption,
  },
};

function tlsSocket(kind: ListenerKind): Reader {
  return (draft, value, origin) => {
    const [address = '', ...files] = value.split(',');
    const tls = readCertificate(draft, files);
    if (typeof tls === 'string') return `needs an address, a certificate and a key: ADDRESS,CERTIFICATE,KEY${tls}`;
    return listen(draft, kind, address, tls, origin);
  };
}

const HTTPS2_KEYS = new Set(['addr', 'cert', 'key', 'ciphers', 'client_ca', 'spdy']);

function readHttps2(draft: Draft, value: string, origin: Origin): string | null {
  const given = new Map<string, string>();
  for (const item of value.split(',')) {
    const at = item.indexOf('=');
    const key = item.slice(0, Math.max(0, at));
    if (!HTTPS2_KEYS.has(key)) return `has '${item}' in it; known are addr=, cert=, key=, ciphers= and client_ca=.`;
    given.set(key, item.slice(at + 1));
  }
  const files = [given.get('cert'), given.get('key'), given.get('ciphers'), given.get('client_ca')];
  const tls = readCertificate(
    draft,
    files.map((file) => file ?? ''),
  );
  const address = given.get('addr') ?? '';
  if (typeof tls === 'string' || address === '') return 'needs addr=, cert= and key=.';
  return listen(draft, 'http', address, tls, origin);
}

function listen(
  draft: Draft,
  kind: ListenerKind,
  addressText: string,
  tls: CertificateSetting,
  origin: Origin,
): string | null {
  const address = readListenAddress(draft, addressText);
  if (typeof address === 'string') return address;
  draft.sockets.push({ kind, address, text: addressText, origin, tls });
  return null;
}

function readRedirect(draft: Draft, value: string, origin: Origin): string | null {
  const address = readListenAddress(draft, value);
  if (typeof address === 'string') return address;
  draft.sockets.push({ kind: 'http', address, text: value, origin, redirects: true });
  return null;
}

function readName(type: 'name' | 'pattern'): Reader {
  return (draft, value, origin) => {
    const [, text = '', files = ''] = /^(\S+)\s+(\S.*)$/.exec(value) ?? [];
    const certificate = readCertificate(draft, files.split(','));
    if (typeof certificate === 'string') {
      return `needs ${type === 'name' ? 'a name' : 'a pattern'}, a blank, a certificate and a key: ${type.toUpperCase()} CERTIFICATE,KEY${certificate}`;
    }
    if (type === 'pattern' && !isPattern(text)) return `begins with '${text}', which is no regular expression.`;
    const match = { type, text: type === 'name' ? text.toLowerCase() : text };
    draft.settings.tls.names.push({ match, certificate, origin });
    return null;
  };
}

/** CERTIFICATE,KEY[,CIPHERS[,CLIENT-CA]]; otherwise the rest of a sentence that shows the form. */
function readCertificate(draft: Draft, parts: readonly string[]): CertificateSetting | string {
  const [certificate = '', key = '', ciphers = '', ca = ''] = parts.map((part) => part.trim());
  if (certificate === '' || key === '' || parts.length > 4) return '[,CIPHERS[,CLIENT-CA]].';
  const at = (path: string): string => resolvePath(draft.host.cwd, path);
  const requiresClient = ca.startsWith('!');
  const caFile = requiresClient ? ca.slice(1) : ca;
  return {
    certificateFile: at(certificate),
    keyFile: at(key),
    ciphers: ciphers === '' ? null : ciphers,
    clientCaFile: caFile === '' ? null : at(caFile),
    requiresClient: requiresClient && caFile !== '',
  };
}

function isPattern(text: string): boolean {
  try {
    return new RegExp(text, 'i') instanceof RegExp;
  } catch {
    // A syntax error in the pattern.
    return false;
  }
}

function setSessionSeconds(settings: Draft['settings'], seconds: number): void {
  settings.tls.sessionSeconds = seconds;
}

function readSslOption({ settings }: Draft, value: string): string | null {
  const bits = wholeNumber(value);
  if (bits === null || bits > 0x7fffffff) return 'needs a whole number: the sum of SSL_OP bits of OpenSSL.';
  settings.tls.opensslOptions = (settings.tls.opensslOptions | bits) >>> 0;
  return null;
}
