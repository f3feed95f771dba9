/**
 * Byte classes of HTTP/1.1 (RFC 9110 section 5.6.2, RFC 9112 section 3) as lookup tables, and the few
 * comparisons that the parser makes on bytes without turning them into strings.
 */

const TOKEN = new Uint8Array(256);
for (const char of "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ") {
  TOKEN[char.charCodeAt(0)] = 1;
}

/** Bytes that end a host wherever it stands, and so are in none (RFC 3986 section 3.2), blanks among them. */
const NOT_IN_HOST = new Uint8Array(256);
for (const char of ' \t/?#@\\,<>"`^{|}') NOT_IN_HOST[char.charCodeAt(0)] = 1;

export const TAB = 9;
export const LF = 10;
export const CR = 13;
export const SPACE = 32;
export const COLON = 58;
export const DEL = 127;

/** Is this byte a `tchar`, legal in methods and header names? */
export function isTokenByte(byte: number | undefined): boolean {
  return byte !== undefined && TOKEN[byte] === 1;
}

/** Value of a hexadecimal digit, or -1. */
export function hexValue(byte: number | undefined): number {
  if (byte === undefined) return -1;
  if (byte >= 48 && byte <= 57) return byte - 48;
  const lower = byte | 32;
  return lower >= 97 && lower <= 102 ? lower - 87 : -1;
}

/** Does `bytes[start, end)` spell `lower` (ASCII, lower case, `-` allowed) in any case? */
export function equalsIgnoreCase(bytes: Uint8Array, start: number, end: number, lower: string): boolean {
  if (end - start !== lower.length) return false;
  for (let i = 0; i < lower.length; i++) {
    const wanted = lower.charCodeAt(i);
    const byte = bytes[start + i];
    if (byte === wanted) continue;
    if (byte === undefined || wanted < 97 || wanted > 122 || (byte | 32) !== wanted) return false;
  }
  return true;
}

/** Does the comma-separated list in `bytes[start, end)` hold the token `lower`? */
export function listHasToken(bytes: Uint8Array, start: number, end: number, lower: string): boolean {
  let itemStart = start;
  for (let i = start; i <= end; i++) {
    if (i !== end && bytes[i] !== 44) continue;
    let from = itemStart;
    let to = i;
    while (from < to && isBlank(bytes[from])) from++;
    while (to > from && isBlank(bytes[to - 1])) to--;
    if (equalsIgnoreCase(bytes, from, to, lower)) return true;
    itemStart = i + 1;
  }
  return false;
}

/** Space or tab. */
export function isBlank(byte: number | undefined): boolean {
  return byte === SPACE || byte === TAB;
}

/** May `bytes[start, end)` be a host with or without a port? What names it has is not looked at. */
export function isHost(bytes: Uint8Array, start: number, end: number): boolean {
  for (let i = start; i < end; i++) if (NOT_IN_HOST[bytes[i] ?? 0] === 1) return false;
  return true;
}
