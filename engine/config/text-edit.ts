/**
 * Small changes to a text by line and column, as fixes of diagnostics and the form of the editor make them: what is
 * not named stays as it is, to the byte. Lines end at `\n`; a carriage return belongs to its line, so columns mean the
 * same in the file and in an editor that hides it. Pure.
 */

/** A place between two characters. */
export interface TextPlace {
  /** 1-based; the number of lines + 1 is the end of the text. */
  line: number;
  /** 0-based, in UTF-16 units; beyond the end of the line means its end. */
  column: number;
}

/** Puts `text` in place of what stands from `from` to `to`. Lines of `text` end with `\n`. */
export interface TextEdit {
  from: TextPlace;
  to: TextPlace;
  text: string;
}

/** A replacement within one line. */
export function editInLine(line: number, from: number, to: number, text: string): TextEdit {
  return { from: { line, column: from }, to: { line, column: to }, text };
}

/** New whole lines above the given one; `text` is without its last end of line. */
export function insertAbove(line: number, text: string): TextEdit {
  return { from: { line, column: 0 }, to: { line, column: 0 }, text: `${text}\n` };
}

/** The line vanishes with its end. */
export function removeLine(line: number): TextEdit {
  return { from: { line, column: 0 }, to: { line: line + 1, column: 0 }, text: '' };
}

/** The text after all edits; they must not overlap and may come in any order. Edits at one place keep their order. */
export function applyEdits(text: string, edits: readonly TextEdit[]): string {
  const starts = lineStarts(text);
  const placed = edits
    .map(({ from, to, text: insert }) => ({
      from: offsetOf(from, starts, text),
      to: offsetOf(to, starts, text),
      insert,
    }))
    .sort((a, b) => a.from - b.from || a.to - b.to);
  const ending = text.includes('\r\n') ? '\r\n' : '\n';
  let out = '';
  let at = 0;
  for (const { from, to, insert } of placed) {
    if (from < at) throw new RangeError('The edits overlap.');
    // A last line without an end gets one before new lines follow it.
    const joins = from === text.length && insert.endsWith('\n') && text.length > 0 && !text.endsWith('\n');
    out += text.slice(at, from) + (joins ? ending : '') + insert.replaceAll('\n', ending);
    at = Math.max(to, from);
  }
  return out + text.slice(at);
}

function lineStarts(text: string): number[] {
  const starts = [0];
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return starts;
}

function offsetOf({ line, column }: TextPlace, starts: readonly number[], text: string): number {
  const start = starts[line - 1];
  if (start === undefined) return text.length;
  const next = starts[line];
  const end = next === undefined ? text.length : text[next - 2] === '\r' ? next - 2 : next - 1;
  return Math.min(start + column, Math.max(end, start));
}
