/**
 * Log text made safe and readable: terminal sequences taken out, uWSGI's request line read into its parts.
 * Pure. The format of the request line is uWSGI's default one, plus the common Apache-like ones of `log-format`.
 */

/** CSI sequences, strings (OSC, DCS, …) that are ended properly, other escapes, and control characters alone. */
const TERMINAL =
  // oxlint-disable-next-line no-control-regex -- these are the characters that must go
  /\u001b(?:\[[0-?]*[ -/]*[@-~]|[\]PX^_][^\u0007\u001b]*(?:\u0007|\u001b\\)|[ -/]*[0-~])|[\u0000-\u0008\u000a-\u001f\u007f-\u009f]/g;
// oxlint-disable-next-line no-control-regex -- the same, to leave clean lines alone
const HAS_CONTROL = /[\u0000-\u0008\u000a-\u001f\u007f-\u009f]/;

/**
 * Without ANSI and OSC sequences and other control characters; a tab stays.
 * A string that is never ended hides nothing: only its introducer goes.
 */
export function stripTerminal(text: string): string {
  return HAS_CONTROL.test(text) ? text.replace(TERMINAL, '') : text;
}

export interface RequestLine {
  method: string;
  uri: string;
  status: number | null;
  /** Time taken; null when the format does not say. */
  tookMs: number | null;
  sizeBytes: number | null;
  client: string | null;
  pid: number | null;
}

const DEFAULT_LINE =
  /\[pid: (\d+)\|app: -?\d+\|req: -?\d+\/\d+\] (\S*) \([^)]*\) \{\d+ vars in \d+ bytes\} \[[^\]]+\] (\S+) (.*?) => generated (\d+) bytes in (\d+) (msecs|micros).*?\((?:\S+) (\d{3})\)/;
const APACHE_LINE = /^(\S+) \S+ \S+ \[[^\]]+\] "([A-Z]+) (\S+)[^"]*" (\d{3}) (\d+|-)/;

/** The parts of a request line; null when it is not one that is known. */
export function parseRequestLine(text: string): RequestLine | null {
  if (text.startsWith('{"')) return parseJsonLine(text);
  const line = DEFAULT_LINE.exec(text);
  if (line) {
    const [, pid = '', client = '', method = '', uri = '', size = '', took = '', unit, status = ''] = line;
    return {
      method,
      uri,
      status: Number(status),
      tookMs: unit === 'micros' ? Number(took) / 1000 : Number(took),
      sizeBytes: Number(size),
      client: client === '' ? null : client,
      pid: Number(pid),
    };
  }
  const apache = APACHE_LINE.exec(text);
  if (!apache) return null;
  const [, client = '', method = '', uri = '', status = '', size = ''] = apache;
  return {
    method,
    uri,
    status: Number(status),
    tookMs: null,
    sizeBytes: size === '-' ? null : Number(size),
    client: client === '-' ? null : client,
    pid: null,
  };
}

/** A line of `log-encoder = json`, or of a `log-format` that writes an object of its own. */
function parseJsonLine(text: string): RequestLine | null {
  const object = readObject(text);
  if (object === null) return null;
  const inner = Object.values(object).find((value) => typeof value === 'string' && DEFAULT_LINE.test(value));
  if (typeof inner === 'string') return parseRequestLine(inner);
  const find = (...names: string[]): string | null => {
    const value = names.map((name) => object[name]).find((found) => found !== undefined && found !== '-');
    return typeof value === 'string' || typeof value === 'number' ? String(value) : null;
  };
  const method = find('method', 'm', 'request_method', 'verb');
  const uri = find('uri', 'u', 'url', 'path', 'request_uri');
  if (method === null || uri === null) return null;
  const micros = count(find('micros'));
  return {
    method,
    uri,
    status: count(find('status', 's', 'code')),
    tookMs: micros === null ? count(find('msecs', 't', 'ms')) : micros / 1000,
    sizeBytes: count(find('size', 'rsize', 'bytes')),
    client: find('addr', 'remote_addr', 'client', 'ip'),
    pid: count(find('pid')),
  };
}

function count(value: string | null): number | null {
  return value !== null && /^\d+$/.test(value) ? Number(value) : null;
}

function readObject(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? { ...value } : null;
  } catch {
    // Cut off, or no JSON at all: a line like any other.
    return null;
  }
}

export interface Highlight {
  text: string;
  hit: boolean;
}

/** The text cut at the places where one of `words` stands in it, without regard to case. */
export function highlight(text: string, words: readonly string[]): Highlight[] {
  if (words.length === 0) return [{ text, hit: false }];
  const parts: Highlight[] = [];
  const wanted = new RegExp(words.map(escapeRegExp).join('|'), 'gi');
  let at = 0;
  for (const match of text.matchAll(wanted)) {
    if (match.index > at) parts.push({ text: text.slice(at, match.index), hit: false });
    at = match.index + match[0].length;
    parts.push({ text: match[0], hit: true });
  }
  if (at < text.length) parts.push({ text: text.slice(at), hit: false });
  return parts;
}

function escapeRegExp(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
}
