/**
 * Bytes to text and back without loss: UTF-8, with each byte that is not UTF-8 kept as one lone surrogate
 * (U+DC80..U+DCFF, as Python's `surrogateescape` does). Configuration files are bytes to uWSGI; this way a file in
 * another encoding can be shown, edited and written back unchanged. By hand because this folder knows no platform.
 */

const CHUNK = 4096;

/** Text of the bytes. `encodeText` gives the same bytes again, whatever they are. */
export function decodeText(bytes: Uint8Array): string {
  let out = '';
  let codes: number[] = [];
  let at = 0;
  while (at < bytes.length) {
    const plain = asciiEnd(bytes, at, Math.min(at + CHUNK, bytes.length));
    if (plain > at) {
      out += String.fromCodePoint(...codes) + asciiText(bytes.subarray(at, plain));
      codes = [];
      at = plain;
      continue;
    }
    const length = sequenceLength(bytes, at);
    const first = bytes[at] ?? 0;
    if (length === 0) {
      codes.push(0xdc00 + first);
      at += 1;
    } else {
      let code = length === 1 ? first : first & (0x7f >> length);
      for (let i = 1; i < length; i++) code = (code << 6) | ((bytes[at + i] ?? 0) & 0x3f);
      codes.push(code);
      at += length;
    }
    if (codes.length >= CHUNK) {
      out += String.fromCodePoint(...codes);
      codes = [];
    }
  }
  return out + String.fromCodePoint(...codes);
}

/** Where the ASCII that begins at `from` ends. */
function asciiEnd(bytes: Uint8Array, from: number, to: number): number {
  let at = from;
  while (at < to && (bytes[at] ?? 0x80) < 0x80) at++;
  return at;
}

/** Spreading the bytes takes three times as long. */
function asciiText(bytes: Uint8Array): string {
  return Reflect.apply(String.fromCharCode, null, bytes);
}

/** Bytes of a text that `decodeText` made, or of any other text (other lone surrogates become U+FFFD). */
export function encodeText(text: string): Uint8Array {
  // A code unit takes three bytes at most, and a pair of surrogates four.
  const bytes = new Uint8Array(text.length * 3);
  let length = 0;
  for (let at = 0; at < text.length; at++) {
    let code = text.charCodeAt(at);
    if (code < 0x80) {
      bytes[length++] = code;
      continue;
    }
    if (code >= 0xdc80 && code <= 0xdcff) {
      bytes[length++] = code - 0xdc00;
      continue;
    }
    if (code >= 0xd800 && code <= 0xdfff) {
      code = text.codePointAt(at) ?? 0;
      if (code >= 0x10000) at++;
      else code = 0xfffd;
    }
    if (code >= 0x10000) {
      bytes[length++] = 0xf0 | (code >> 18);
      bytes[length++] = 0x80 | ((code >> 12) & 0x3f);
    } else if (code >= 0x800) bytes[length++] = 0xe0 | (code >> 12);
    if (code >= 0x800) bytes[length++] = 0x80 | ((code >> 6) & 0x3f);
    else bytes[length++] = 0xc0 | (code >> 6);
    bytes[length++] = 0x80 | (code & 0x3f);
  }
  return bytes.slice(0, length);
}

/** Length of the well-formed sequence that begins at `at`; 0 when there is none. */
function sequenceLength(bytes: Uint8Array, at: number): number {
  const first = bytes[at] ?? 0;
  if (first < 0x80) return 1;
  const second = bytes[at + 1] ?? 0;
  let length = 0;
  let low = 0x80;
  let high = 0xbf;
  if (first >= 0xc2 && first <= 0xdf) length = 2;
  else if (first >= 0xe0 && first <= 0xef) {
    length = 3;
    if (first === 0xe0) low = 0xa0;
    if (first === 0xed) high = 0x9f;
  } else if (first >= 0xf0 && first <= 0xf4) {
    length = 4;
    if (first === 0xf0) low = 0x90;
    if (first === 0xf4) high = 0x8f;
  }
  if (length === 0 || second < low || second > high) return 0;
  for (let i = 2; i < length; i++) {
    const next = bytes[at + i] ?? 0;
    if (next < 0x80 || next > 0xbf) return 0;
  }
  return length;
}
