/**
 * Line ends kept as they are: CodeMirror joins lines with \n, files of Windows use \r\n. The most frequent end of a
 * file is the one it is written with. Pure.
 */
import type { Text } from '@codemirror/state';

export type LineEnd = '\n' | '\r\n';

export function lineEndOf(text: string): LineEnd {
  const windows = text.split('\r\n').length - 1;
  const all = text.split('\n').length - 1;
  return windows * 2 > all ? '\r\n' : '\n';
}

/** The document with the line ends of its file. */
export function textOf(doc: Text, lineEnd: LineEnd): string {
  return doc.sliceString(0, doc.length, lineEnd);
}
