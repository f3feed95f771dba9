/** Where the words that are searched for stand in a line. Pure. */

export interface Highlight {
  text: string;
  hit: boolean;
}

/** The text cut at the places where one of `words` stands in it, without regard to case. */
export function highlight(text: string, words: readonly string[]): Highlight[] {
  if (words.length === 0) return [{ text, hit: false }];
  const parts: Highlight[] = [];
  const wanted = new RegExp(words.map(escapeRegExp).join('|'), 'gi');
  let at = 0;
  for (const match of text.matchAll(wanted)) {
    if (match.index > at) parts.push({ text: text.slice(at, match.index), hit: false });
    at = match.index + match[0].length;
    parts.push({ text: match[0], hit: true });
  }
  if (at < text.length) parts.push({ text: text.slice(at), hit: false });
  return parts;
}

function escapeRegExp(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
}
