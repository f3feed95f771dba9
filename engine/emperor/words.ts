/**
 * What emperor and vassal say to each other, one byte at a time on the pipe of UWSGI_EMPEROR_FD, and the packet that
 * carries a configuration on that of UWSGI_EMPEROR_FD_CONFIG: uWSGI's own protocol, both ends of which the engine speaks.
 */

export const EMPEROR_FD = 'UWSGI_EMPEROR_FD';
export const EMPEROR_FD_CONFIG = 'UWSGI_EMPEROR_FD_CONFIG';

export const TO_VASSAL = { stop: 0, reload: 1, stopGracefully: 2 } as const;

export const TO_EMPEROR = {
  /** Its application is loaded. */
  ready: 1,
  /** It wants its configuration once more. */
  'ask-config': 2,
  /** A worker takes requests. */
  accepting: 5,
  /** It has answered a request. */
  loyal: 17,
  /** It has nothing to do: `die-on-idle`. */
  'stop-me': 22,
  heartbeat: 26,
  /** For a broodlord. */
  reinforcements: 30,
} as const;

export type EmperorWord = keyof typeof TO_EMPEROR;

const WORDS: ReadonlyMap<number, EmperorWord> = new Map(
  Object.entries(TO_EMPEROR).flatMap(([word, byte]) => (isWord(word) ? [[byte, word] as const] : [])),
);

function isWord(text: string): text is EmperorWord {
  return text in TO_EMPEROR;
}

/** null: no vassal says this. */
export function wordOf(byte: number): EmperorWord | null {
  return WORDS.get(byte) ?? null;
}

const CONFIG_MODIFIER = 115;
export const CONFIG_HEAD_BYTES = 4;
/** What the length of a packet can say. */
export const MAX_CONFIG_BYTES = 65_535;

/** A configuration as uWSGI sends it: modifier 115, the length in two bytes (little endian), a zero, the text. */
export function encodeConfig(text: Buffer): Buffer {
  const head = Buffer.from([CONFIG_MODIFIER, 0, 0, 0]);
  head.writeUInt16LE(text.length, 1);
  return Buffer.concat([head, text]);
}

/** Length of the text behind this head; null: it is no such packet. */
export function configLength(head: Buffer): number | null {
  if (head.length < CONFIG_HEAD_BYTES || head[0] !== CONFIG_MODIFIER) return null;
  return head.readUInt16LE(1);
}
