/**
 * Bytes of a log as text that is safe to show: terminal sequences (colours, titles, links, the clipboard), other
 * control characters and those that turn the direction of text are taken out; bytes that are no UTF-8 stand as
 * `\xNN`. Pure.
 */
import { isUtf8 } from 'node:buffer';

/** CSI sequences, strings (OSC, DCS, …) that are ended properly, other escapes, and control characters alone. */
const TERMINAL =
  // oxlint-disable-next-line no-control-regex -- these are the characters that must go
  /\u001b(?:\[[0-?]*[ -/]*[@-~]|[\]PX^_][^\u0007\u001b]*(?:\u0007|\u001b\\)|[ -/]*[0-~])|[\u0000-\u0008\u000a-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g;
const HAS_CONTROL =
  // oxlint-disable-next-line no-control-regex -- the same, to leave clean lines alone
  /[\u0000-\u0008\u000a-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/;

/**
 * Without ANSI and OSC sequences, other control characters and bidi controls; a tab stays.
 * A string that is never ended hides nothing: only its introducer goes.
 */
export function stripControls(text: string): string {
  return HAS_CONTROL.test(text) ? text.replace(TERMINAL, '') : text;
}

/** UTF-8 as it is; what is none byte by byte as `\xNN`, so that nothing of it is lost. */
export function decodeLine(bytes: Buffer): string {
  if (isUtf8(bytes)) return bytes.toString('utf8');
  const parts: string[] = [];
  let from = 0;
  let at = 0;
  while (at < bytes.length) {
    const length = sequenceLength(bytes[at] ?? 0);
    if (length > 0 && at + length <= bytes.length && isUtf8(bytes.subarray(at, at + length))) {
      at += length;
      continue;
    }
    parts.push(bytes.toString('utf8', from, at), `\\x${(bytes[at] ?? 0).toString(16).padStart(2, '0')}`);
    at += 1;
    from = at;
  }
  parts.push(bytes.toString('utf8', from));
  return parts.join('');
}

/** Bytes of the character that begins with this one; 0: none does. */
function sequenceLength(lead: number): number {
  if (lead < 0x80) return 1;
  if (lead >= 0xc2 && lead < 0xe0) return 2;
  if (lead >= 0xe0 && lead < 0xf0) return 3;
  return lead >= 0xf0 && lead < 0xf5 ? 4 : 0;
}
