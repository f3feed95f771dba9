/**
 * Edits by line and column (engine/config/text-edit.ts) as changes of the editor's document. Every place is clamped:
 * the document may have become shorter since the edit was made. Pure.
 */
import type { Text } from '@codemirror/state';
import type { TextEdit, TextPlace } from '../../engine/config/text-edit.ts';

export interface DocumentChange {
  from: number;
  to: number;
  insert: string;
}

export function changesOf(doc: Text, edits: readonly TextEdit[]): DocumentChange[] {
  return edits.map((edit) => {
    const from = offsetOf(doc, edit.from);
    const to = Math.max(from, offsetOf(doc, edit.to));
    // A last line without an end gets one before new lines follow it.
    const joins = edit.from.line > doc.lines && doc.length > 0 && doc.line(doc.lines).length > 0;
    return { from, to, insert: joins && edit.text.endsWith('\n') ? `\n${edit.text.slice(0, -1)}` : edit.text };
  });
}

function offsetOf(doc: Text, { line, column }: TextPlace): number {
  if (line > doc.lines) return doc.length;
  const found = doc.line(Math.max(line, 1));
  return Math.min(found.from + column, found.to);
}
