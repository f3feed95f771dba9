/**
 * The values of `emperor` that name a database or a message broker: `pg://CONNECTION;QUERY` as uWSGI's plugin takes it,
 * `sqlite://PATH;QUERY`, which is the engine's own, and `amqp://HOST:PORT`. `text` of what is read is the value
 * without its password: it is what logs and statistics show. Pure.
 */
import { resolvePath } from './host.ts';
import { hidePasswords } from './secrets.ts';

/** How libpq names it; null: not said. */
export interface PostgresConnection {
  /** A name or an address, or the folder of a unix socket. */
  host: string | null;
  port: number | null;
  user: string | null;
  password: string | null;
  database: string | null;
  sslMode: 'disable' | 'allow' | 'prefer' | 'require' | 'verify-ca' | 'verify-full';
  /** File with the certificates that the server's is checked against. */
  sslRootCert: string | null;
  applicationName: string | null;
  connectTimeoutSeconds: number;
}

export interface AmqpConnection {
  host: string;
  port: number;
  user: string;
  password: string;
  vhost: string;
}

export type DatabaseMonitorSetting =
  | { type: 'postgres'; connection: PostgresConnection; query: string; text: string }
  | { type: 'sqlite'; path: string; query: string; text: string }
  | { type: 'amqp'; connection: AmqpConnection; text: string };

const SSL_MODES = ['disable', 'allow', 'prefer', 'require', 'verify-ca', 'verify-full'] as const;
/** libpq waits without end by itself. */
const CONNECT_TIMEOUT_SECONDS = 10;
const AMQP_PORT = 5672;

/** Why a scheme of uWSGI's own plugins is not served. */
const REFUSED: Readonly<Record<string, string>> = {
  zmq: "asks for a monitor 'zmq': ZeroMQ is a native library that the engine does not load. Use 'amqp://' or a folder.",
  mongodb:
    "asks for a monitor 'mongodb': the engine has no MongoDB client. Use 'pg://', 'sqlite://' or a folder that is filled from it.",
};

/**
 * Reads `SCHEME://REST`. A string is what is wrong with it, without the value itself, which may hold a password.
 * `cwd`: what a relative path is seen from.
 */
export function parseDatabaseMonitor(scheme: string, rest: string, cwd: string): DatabaseMonitorSetting | string {
  switch (scheme) {
    case 'pg':
      return parsePostgres(rest);
    case 'sqlite':
      return parseSqlite(rest, cwd);
    case 'amqp':
      return parseAmqp(rest);
    default:
      return REFUSED[scheme.replace(/\d+$/, '')] ?? `asks for a monitor '${scheme}', which the engine does not have.`;
  }
}

function parsePostgres(rest: string): DatabaseMonitorSetting | string {
  const parts = splitQuery(rest, 'pg://CONNECTION;QUERY');
  if (typeof parts === 'string') return parts;
  const { place, query } = parts;
  const isUri = /^postgres(ql)?:\/\//.test(place);
  const words = isUri ? readUri(place) : readConninfo(place);
  if (typeof words === 'string') return words;
  const connection = connectionFrom(words);
  if (typeof connection === 'string') return connection;
  return { type: 'postgres', connection, query, text: `pg://${hidePasswords(place)};${query}` };
}

function parseSqlite(rest: string, cwd: string): DatabaseMonitorSetting | string {
  const parts = splitQuery(rest, 'sqlite://PATH;QUERY');
  if (typeof parts === 'string') return parts;
  const path = resolvePath(cwd, parts.place);
  return { type: 'sqlite', path, query: parts.query, text: `sqlite://${path};${parts.query}` };
}

/** At the first semicolon, as uWSGI does. */
function splitQuery(rest: string, form: string): { place: string; query: string } | string {
  const cut = rest.indexOf(';');
  const [place, query] = cut < 0 ? [rest, ''] : [rest.slice(0, cut).trim(), rest.slice(cut + 1).trim()];
  if (place === '' || query === '') return `needs a query behind a semicolon: ${form}`;
  return { place, query };
}

/** `host=db port=5433 password='two words'`: libpq's own form. */
function readConninfo(text: string): Map<string, string> | string {
  const words = new Map<string, string>();
  const pair = /\s*([a-z_]+)\s*=\s*(?:'((?:[^'\\]|\\.)*)'|((?:[^\s'\\]|\\.)*))(?:\s+|$)/gy;
  while (pair.lastIndex < text.length) {
    const found = pair.exec(text);
    if (found === null) return "has a connection that is no list of 'name=value'.";
    const [, name = '', quoted, plain = ''] = found;
    words.set(name, (quoted ?? plain).replace(/\\(.)/g, '$1'));
  }
  return words;
}

/** `postgresql://user:password@host:port/database?sslmode=require`. */
function readUri(uri: string): Map<string, string> | string {
  const form =
    /^postgres(?:ql)?:\/\/(?:([^:@/?]*)(?::([^@/?]*))?@)?(\[[^\]]+\]|[^:/?]*)(?::(\d+))?(?:\/([^?]*))?(?:\?(.*))?$/;
  const [whole, user, password, host, port, database, parameters] = form.exec(uri) ?? [];
  if (whole === undefined) return 'has a connection that is no PostgreSQL address.';
  const given = Object.entries({ user, password, host: host?.replace(/^\[|\]$/g, ''), port, dbname: database });
  const rest = (parameters ?? '').split('&').filter((one) => one !== '');
  const all = [...given, ...rest.map((one) => [before(one, '='), after(one, '=')] as const)];
  try {
    return new Map(
      all.flatMap(([name, value]) => (value === undefined || value === '' ? [] : [[name, decodeURIComponent(value)]])),
    );
  } catch {
    // Only its decoding throws.
    return 'has a connection with a broken percent code.';
  }
}

function connectionFrom(words: ReadonlyMap<string, string>): PostgresConnection | string {
  const known = 'host hostaddr port user password dbname sslmode sslrootcert application_name connect_timeout'.split(
    ' ',
  );
  const strange = [...words.keys()].find((name) => !known.includes(name));
  if (strange !== undefined) return `has a connection with '${strange}', which the engine does not know.`;
  const port = words.get('port');
  if (port !== undefined && !isPort(port)) return 'has a connection whose port is no number.';
  const timeout = words.get('connect_timeout') ?? '0';
  if (!/^\d{1,6}$/.test(timeout)) return 'has a connection whose connect_timeout is no number.';
  const mode = words.get('sslmode') ?? 'prefer';
  const sslMode = SSL_MODES.find((one) => one === mode);
  if (sslMode === undefined) return `has a connection with an unknown sslmode; there are ${SSL_MODES.join(', ')}.`;
  return {
    host: words.get('hostaddr') ?? words.get('host') ?? null,
    port: port === undefined ? null : Number(port),
    user: words.get('user') ?? null,
    password: words.get('password') ?? null,
    database: words.get('dbname') ?? null,
    sslMode,
    sslRootCert: words.get('sslrootcert') ?? null,
    applicationName: words.get('application_name') ?? null,
    connectTimeoutSeconds: Number(timeout) === 0 ? CONNECT_TIMEOUT_SECONDS : Number(timeout),
  };
}

/** uWSGI takes HOST:PORT and signs in as guest; user, password and virtual host are the engine's own. */
function parseAmqp(rest: string): DatabaseMonitorSetting | string {
  const form = /^(?:([^:@/]*)(?::([^@/]*))?@)?(\[[^\]]+\]|[^:@/]+)(?::(\d+))?(?:\/(.*))?$/;
  const [whole, user = 'guest', password = 'guest', host = '', port = String(AMQP_PORT), vhost = '/'] =
    form.exec(rest) ?? [];
  if (whole === undefined || !isPort(port)) return 'needs an address: amqp://HOST:PORT';
  try {
    const connection = {
      host: host.replace(/^\[|\]$/g, ''),
      port: Number(port),
      user: decodeURIComponent(user),
      password: decodeURIComponent(password),
      vhost: decodeURIComponent(vhost === '' ? '/' : vhost),
    };
    return { type: 'amqp', connection, text: hidePasswords(`amqp://${rest}`) };
  } catch {
    // Only its decoding throws.
    return 'has an address with a broken percent code.';
  }
}

function isPort(text: string): boolean {
  return /^\d{1,5}$/.test(text) && Number(text) > 0 && Number(text) < 65_536;
}

function before(text: string, sign: string): string {
  const cut = text.indexOf(sign);
  return cut < 0 ? text : text.slice(0, cut);
}

function after(text: string, sign: string): string {
  const cut = text.indexOf(sign);
  return cut < 0 ? '' : text.slice(cut + 1);
}
