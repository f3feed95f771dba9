/**
 * What a client already has (RFC 9110 section 13): whether a file is to be sent, and whether a part of it will do. Headers
 * come as variables of the request.
 */

export type Variables = ReadonlyMap<string, string>;

export interface Validators {
  etag: string;
  /** Epoch seconds. */
  modifiedSeconds: number;
}

/** The answer's status when the file is not to be sent; null: send it. In the order of RFC 9110 section 13.2.2. */
export function unmetCondition(variables: Variables, { etag, modifiedSeconds }: Validators): 304 | 412 | null {
  const match = variables.get('HTTP_IF_MATCH');
  if (match !== undefined) {
    if (!listHas(match, etag, true)) return 412;
  } else {
    const unmodified = dateSeconds(variables.get('HTTP_IF_UNMODIFIED_SINCE'));
    if (unmodified !== null && modifiedSeconds > unmodified) return 412;
  }
  const noneMatch = variables.get('HTTP_IF_NONE_MATCH');
  if (noneMatch !== undefined) return listHas(noneMatch, etag, false) ? 304 : null;
  const modified = dateSeconds(variables.get('HTTP_IF_MODIFIED_SINCE'));
  return modified !== null && modifiedSeconds <= modified ? 304 : null;
}

/** Is the range that the client asks for one of the file that it has a part of? */
export function rangeApplies(variables: Variables, { etag, modifiedSeconds }: Validators): boolean {
  const condition = variables.get('HTTP_IF_RANGE');
  if (condition === undefined) return true;
  if (condition.startsWith('"')) return condition === etag;
  return dateSeconds(condition) === modifiedSeconds;
}

function listHas(list: string, etag: string, isStrong: boolean): boolean {
  if (list.trim() === '*') return true;
  for (const [, weak, tag] of list.matchAll(/(W\/)?("[^"]*")/g)) {
    if (tag === etag && !(isStrong && weak !== undefined)) return true;
  }
  return false;
}

const DATE =
  /^\w{3}, \d{2} \w{3} \d{4} \d{2}:\d{2}:\d{2} GMT$|^\w{6,9}, \d{2}-\w{3}-\d{2} \d{2}:\d{2}:\d{2} GMT$|^\w{3} \w{3} [ \d]\d \d{2}:\d{2}:\d{2} \d{4}$/;

/** Epoch seconds of an HTTP date in one of its three forms (RFC 9110 section 5.6.7); null: it is none. */
export function dateSeconds(text: string | undefined): number | null {
  if (text === undefined || !DATE.test(text)) return null;
  const ms = Date.parse(text.endsWith('GMT') ? text : `${text} GMT`);
  return Number.isNaN(ms) ? null : ms / 1000;
}

/** `Sun, 09 Sep 2001 01:46:40 GMT` */
export function httpDate(seconds: number): string {
  return new Date(seconds * 1000).toUTCString();
}

/** Does the client take gzip (RFC 9110 section 12.5.3)? */
export function takesGzip(acceptEncoding: string | undefined): boolean {
  if (acceptEncoding === undefined) return false;
  let any = false;
  for (const item of acceptEncoding.split(',')) {
    // Trimmed first: blanks that may stand in two places take the square of their number.
    const [, coding = '', quality = '1'] = /^([^\s;]+)\s*(?:;\s*q=([\d.]+))?$/i.exec(item.trim()) ?? [];
    if (/^(?:x-)?gzip$/i.test(coding)) return Number(quality) > 0;
    if (coding === '*') any = Number(quality) > 0;
  }
  return any;
}
