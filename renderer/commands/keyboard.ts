/**
 * Turns key presses into shortcuts of the registry: single keys, `Mod+K`, and two keys one after the other (`G F`).
 * Pure but for the memory of the first key; what a shortcut does is not known here.
 */
export interface KeyPress {
  key: string;
  ctrlKey: boolean;
  metaKey: boolean;
  altKey: boolean;
  /** Milliseconds of the event. */
  timeStamp: number;
}

/** Longest time between the two keys of a sequence. */
export const SEQUENCE_MS = 1000;

export interface KeyMatcher {
  /** The shortcut that this press completes, from the given ones; null: none. */
  match(press: KeyPress, shortcuts: ReadonlySet<string>): string | null;
}

export function createKeyMatcher(): KeyMatcher {
  let first: { chord: string; atMs: number } | null = null;
  return {
    match(press, shortcuts) {
      const chord = chordOf(press);
      if (chord === null) return null;
      const sequence = first && press.timeStamp - first.atMs <= SEQUENCE_MS ? `${first.chord} ${chord}` : null;
      first = null;
      if (sequence !== null && shortcuts.has(sequence)) return sequence;
      if (shortcuts.has(chord)) return chord;
      first = { chord, atMs: press.timeStamp };
      return null;
    },
  };
}

/** `Mod+K`, `G`, `?`, `F1`; null for keys that only change others. Shift is in the character itself. */
function chordOf({ key, ctrlKey, metaKey, altKey }: KeyPress): string | null {
  if (altKey || (key.length !== 1 && !/^F\d+$/.test(key))) return null;
  const cap = key.toUpperCase();
  return ctrlKey || metaKey ? `Mod+${cap}` : cap;
}

/** True where letters are text: fields, and the editor. */
export function isTypingIn(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable) return true;
  return target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement || isTextInput(target);
}

function isTextInput(target: HTMLElement): boolean {
  return target instanceof HTMLInputElement && !['checkbox', 'radio', 'button'].includes(target.type);
}
