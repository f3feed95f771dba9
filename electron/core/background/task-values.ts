/**
 * Values of a task as they are shown: text where they are text, bytes otherwise, and Python's pickles as bytes with the
 * words in them; a pickle is a program, so it is never loaded. Secrets are hidden by the names of variables, and in
 * texts as in lines of a log. Pure.
 */
import { isUtf8 } from 'node:buffer';
import { holdsSecret } from '../../../engine/config/secrets.ts';
import type { TaskValue } from '../../contract/background-model.ts';
import { hideSecrets } from '../logs/line-secrets.ts';
import { stripControls } from '../logs/log-text.ts';
import { isSecretName } from '../samples/redact.ts';

/** Of a value: what is shown of a text, and of bytes. */
export const MOST_TEXT = 16_000;
const MOST_BYTES = 1_024;

export interface ShownValue {
  value: TaskValue;
  /** Something of it is hidden, or would be. */
  isSecret: boolean;
}

/** `bytes` may be the beginning of a value of `sizeBytes`. `shows`: its secrets, too. */
export function showValue(name: string, bytes: Buffer, sizeBytes: number, shows: boolean): ShownValue {
  const isPickle = looksPickled(bytes);
  const hidden: TaskValue = { kind: 'hidden', sizeBytes, isPickle };
  if (sizeBytes > 0 && isSecretName(name)) {
    return { value: shows ? plainValue(bytes, sizeBytes, isPickle) : hidden, isSecret: true };
  }
  const plain = plainValue(bytes, sizeBytes, isPickle);
  // What a word of a pickle belongs to is not known: one that speaks of secrets is hidden as a whole.
  if (plain.kind === 'bytes' || plain.kind === 'pickle') {
    const isSecret = holdsSecret(bytes.toString('latin1')) || hideSecrets(plain.text) !== plain.text;
    return { value: isSecret && !shows ? hidden : plain, isSecret };
  }
  if (plain.kind === 'hidden') return { value: plain, isSecret: true };
  const text = hideSecrets(plain.text);
  return { value: shows ? plain : { ...plain, text }, isSecret: text !== plain.text };
}

/** A key, or another short text of a file, as it may stand on a page. */
export function showKey(bytes: Buffer): string {
  const text = isUtf8(bytes) ? bytes.toString('utf8') : bytes.toString('latin1');
  return stripControls(text).slice(0, 300);
}

/** Python writes `80 protocol … 2e` from protocol 2 on; the older ones are text and are shown as such. */
export function looksPickled(bytes: Buffer): boolean {
  return bytes.length > 2 && bytes[0] === 0x80 && (bytes[1] ?? 0) >= 2 && (bytes[1] ?? 0) <= 5;
}

function plainValue(bytes: Buffer, sizeBytes: number, isPickle: boolean): TaskValue {
  const text = isPickle ? null : textOf(bytes, bytes.length < sizeBytes);
  if (text !== null) {
    return {
      kind: 'text',
      text: text.slice(0, MOST_TEXT),
      sizeBytes,
      isCut: bytes.length < sizeBytes || text.length > MOST_TEXT,
    };
  }
  const shown = bytes.subarray(0, MOST_BYTES);
  const words = shown.toString('latin1').replace(/[^\x20-\x7e]/g, '.');
  const kind = isPickle ? 'pickle' : 'bytes';
  return { kind, hex: shown.toString('hex'), text: words, sizeBytes, isCut: shown.length < sizeBytes };
}

/** null: it is none. A value that was cut off may end within a character. */
function textOf(bytes: Buffer, isCut: boolean): string | null {
  for (const less of isCut ? [0, 1, 2, 3] : [0]) {
    const part = bytes.subarray(0, bytes.length - less);
    if (!isUtf8(part)) continue;
    const text = part.toString('utf8');
    // oxlint-disable-next-line no-control-regex -- these are the characters that no text has
    return /[\u0000-\u0008\u000e-\u001a\u001c-\u001f]/.test(text) ? null : stripLines(text);
  }
  return null;
}

/** Lines stay, what would turn or move text does not. */
function stripLines(text: string): string {
  return text.split('\n').map(stripControls).join('\n');
}
