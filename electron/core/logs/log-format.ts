/**
 * A parser for the lines that a `log-format` of an instance writes: the format is cut into its fixed texts and its
 * %(variables), and a line is matched against them in order. Where the fixed text after a variable stands in its
 * value, too, later places are tried, within a budget: no line takes long. Pure.
 *
 * Which variables there are is uWSGI's logging documentation and what 2.0.21 writes.
 */
import { isSecretName } from '../samples/redact.ts';
import { parseZone, timeOfLine } from './line-time.ts';
import type { ParsedRequest } from './request-line.ts';

export type RequestParser = (text: string) => ParsedRequest | null;

type Part = { type: 'text'; text: string } | { type: 'variable'; name: string };

const NUMBERS = new Set(
  'rsize hsize size cl micros msecs secs tmsecs tmicros time epoch pid wid switches vars core vsz rss vszM rssM pktsize modifier1 modifier2 headers werr rerr ioerr'.split(
    ' ',
  ),
);
const WORD = /^\S*$/;
const METHOD = /^[A-Za-z][\w-]*$/;
/** A path, `*`, or with a host as proxies are asked. */
const URI = /^([/*]|[\w.[\]-]+:)/;
/** What a value looks like, whatever a client sends: it may have to be told from the one before it. */
const SHAPES = new Map([
  // 0: nothing was answered.
  ['status', /^(\d{3}|0)$/],
  ['method', METHOD],
  ['var.REQUEST_METHOD', METHOD],
  ['uri', URI],
  ['var.REQUEST_URI', URI],
  ['proto', WORD],
  ['addr', WORD],
  ['var.REMOTE_ADDR', WORD],
]);
const NUMBER = /^-?\d+(\.\d+)?$/;
const SHORTEST_SECRET = 3;
/** Places tried for one line before it counts as another kind of line. */
const MOST_TRIES = 2_000;

/** null: the format has no variables, or too few to know a request by. */
export function compileLogFormat(format: string): RequestParser | null {
  const parts = partsOf(format);
  const names = parts.flatMap((part) => (part.type === 'variable' ? [part.name] : []));
  const tells = names.filter((name) => name in READERS || name === 'status');
  if (tells.length === 0) return null;
  return (text) => {
    const values = matchParts(parts, text);
    return values === null ? null : toRequest(values);
  };
}

function partsOf(format: string): Part[] {
  const parts: Part[] = [];
  let at = 0;
  for (const found of format.matchAll(/%\(([^)]*)\)/g)) {
    if (found.index > at) parts.push({ type: 'text', text: format.slice(at, found.index) });
    parts.push({ type: 'variable', name: found[1] ?? '' });
    at = found.index + found[0].length;
  }
  if (at < format.length) parts.push({ type: 'text', text: format.slice(at) });
  return parts;
}

/** Values by name; the first of a name that is given twice. null: the line is not of this format. */
function matchParts(parts: readonly Part[], text: string): Map<string, string> | null {
  const values: string[] = [];
  let tries = 0;
  const match = (index: number, at: number): boolean => {
    const part = parts[index];
    if (part === undefined) return at === text.length;
    if (part.type === 'text') return text.startsWith(part.text, at) && match(index + 1, at + part.text.length);
    const next = parts[index + 1];
    const depth = values.length;
    let end = nextEnd(next, text, at);
    while (end >= 0) {
      tries += 1;
      if (tries > MOST_TRIES) return false;
      const value = text.slice(at, end);
      if (canBe(part.name, value)) {
        values.push(value);
        if (match(index + 1, end)) return true;
        values.length = depth;
      }
      end = next === undefined || end >= text.length ? -1 : nextEnd(next, text, end + 1);
    }
    return false;
  };
  if (!match(0, 0)) return null;
  const names = parts.flatMap((part) => (part.type === 'variable' ? [part.name] : []));
  const named = new Map<string, string>();
  for (const [i, name] of names.entries()) if (!named.has(name)) named.set(name, values[i] ?? '');
  return named;
}

function canBe(name: string, value: string): boolean {
  if (value === '-') return true;
  const shape = SHAPES.get(name) ?? (NUMBERS.has(name) ? NUMBER : null);
  return shape === null || shape.test(value);
}

/** Where a value that begins before `from` may end at the earliest; -1: nowhere. */
function nextEnd(next: Part | undefined, text: string, from: number): number {
  if (next === undefined) return text.length;
  if (next.type === 'text') return text.indexOf(next.text, from);
  return from <= text.length ? from : -1;
}

type Values = ReadonlyMap<string, string>;

/** Variables that say something a request line has a place for. */
const READERS: Readonly<Record<string, (values: Values) => string | number | null>> = {
  method: (values) => textOf(values, 'method') ?? textOf(values, 'var.REQUEST_METHOD'),
  uri: (values) => textOf(values, 'uri') ?? textOf(values, 'var.REQUEST_URI') ?? textOf(values, 'var.PATH_INFO'),
  addr: (values) =>
    textOf(values, 'addr') ?? textOf(values, 'var.REMOTE_ADDR') ?? textOf(values, 'var.HTTP_X_FORWARDED_FOR'),
};

function toRequest(values: Values): ParsedRequest {
  const read = (name: string): string | null => {
    const value = READERS[name]?.(values) ?? null;
    return value === null ? null : String(value);
  };
  return {
    method: read('method') ?? '',
    uri: read('uri') ?? '',
    status: numberOf(values, 'status'),
    tookMs: tookMs(values),
    sizeBytes: numberOf(values, 'rsize') ?? numberOf(values, 'size'),
    client: read('addr'),
    pid: numberOf(values, 'pid'),
    wid: numberOf(values, 'wid'),
    atMs: timeOf(values),
    secrets: secretsOf(values),
  };
}

/** Cookies, authorization and the query, whatever stands around them in the line; too short ones could be anything. */
function secretsOf(values: Values): string[] {
  const secrets: string[] = [];
  for (const [name, value] of values) {
    const variable = name.replace(/^var\./, '');
    const isSecret =
      name === 'query' || name.startsWith('cookie.') || variable === 'QUERY_STRING' || isSecretName(variable);
    if (isSecret && value.length >= SHORTEST_SECRET) secrets.push(value);
  }
  return secrets;
}

function tookMs(values: Values): number | null {
  const micros = numberOf(values, 'micros');
  if (micros !== null) return micros / 1000;
  const seconds = numberOf(values, 'secs');
  return numberOf(values, 'msecs') ?? (seconds === null ? null : seconds * 1000);
}

/** Only instants that need no time zone; the rest is read from the line as from any other. */
function timeOf(values: Values): number | null {
  const micros = numberOf(values, 'tmicros');
  if (micros !== null) return Math.floor(micros / 1000);
  const ms = numberOf(values, 'tmsecs');
  if (ms !== null) return ms;
  const seconds = numberOf(values, 'epoch') ?? numberOf(values, 'time');
  if (seconds !== null) return seconds * 1000;
  const apache = values.get('ltime');
  if (apache === undefined || parseZone(apache.slice(-5)) === null) return null;
  return timeOfLine(`[${apache}]`, 0);
}

function textOf(values: Values, name: string): string | null {
  const value = values.get(name);
  return value === undefined || value === '' || value === '-' ? null : value;
}

function numberOf(values: Values, name: string): number | null {
  const value = values.get(name);
  return value !== undefined && NUMBER.test(value) ? Number(value) : null;
}
