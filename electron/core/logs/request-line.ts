/**
 * Request lines read into their parts: uWSGI's default line, the Apache-like ones, JSON objects; a `log-format` of
 * the instance's own is log-format.ts. Pure.
 */
import type { RequestLine } from '../../contract/logs-model.ts';

/** What a line says: of the request, and of the worker that served it. */
export interface ParsedRequest extends RequestLine {
  pid: number | null;
  wid: number | null;
  /** When the request was logged, where the line has a time of its own that is exact. */
  atMs: number | null;
  /** Values of variables that are secret by their names, as they stand in the line. */
  secrets: readonly string[];
}

const DEFAULT_LINE =
  /\[pid: (\d+)\|app: -?\d+\|req: -?\d+\/\d+\] (\S*) \([^)]*\) \{\d+ vars in \d+ bytes\} \[[^\]]+\] (\S+) (.*?) => generated (\d+) bytes in (\d+) (msecs|micros).*?\((?:\S+) (\d{3})\)/;
const APACHE_LINE = /^(\S+) \S+ \S+ \[[^\]]+\] "([A-Z]+) (\S+)[^"]*" (\d{3}) (\d+|-)/;

/** The parts of a request line; null when it is not one that is known. */
export function parseRequestLine(text: string): ParsedRequest | null {
  // With memory-report the default line begins with a brace, too.
  if (text.startsWith('{"')) return parseJsonLine(text);
  const line = DEFAULT_LINE.exec(text);
  if (line !== null) {
    const [, pid = '', client = '', method = '', uri = '', size = '', took = '', unit, status = ''] = line;
    return {
      method,
      uri,
      status: Number(status),
      tookMs: unit === 'micros' ? Number(took) / 1000 : Number(took),
      sizeBytes: Number(size),
      client: client === '' ? null : client,
      pid: Number(pid),
      wid: null,
      atMs: null,
      secrets: [],
    };
  }
  const apache = APACHE_LINE.exec(text);
  if (apache === null) return null;
  const [, client = '', method = '', uri = '', status = '', size = ''] = apache;
  return {
    method,
    uri,
    status: Number(status),
    tookMs: null,
    sizeBytes: size === '-' ? null : Number(size),
    client: client === '-' ? null : client,
    pid: null,
    wid: null,
    atMs: null,
    secrets: [],
  };
}

/** A line of `log-encoder = json`, or of a `log-format` that writes an object of its own. */
function parseJsonLine(text: string): ParsedRequest | null {
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
    wid: count(find('wid')),
    atMs: null,
    secrets: [],
  };
}

function count(value: string | null): number | null {
  return value !== null && /^\d{1,15}$/.test(value) ? Number(value) : null;
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
