/**
 * File name patterns as in `for-glob` and `pythonpath`: `*`, `?`, `[a-z]`, `[!x]`, no match for leading dots, sorted by
 * bytes. Folders are listed through the injected host.
 */
import type { ConfigHost } from './host.ts';

/** Paths that match, relative when the pattern is; empty when none does. A slash at the end asks for folders. */
export function globPaths(pattern: string, host: Pick<ConfigHost, 'list' | 'kindOf'>): string[] {
  const absolute = pattern.startsWith('/');
  let bases = [absolute ? '/' : ''];
  const parts = pattern.split('/').filter((part) => part !== '');
  for (const part of parts) {
    const next: string[] = [];
    const wild = /[*?[\\]/.test(part) ? compile(part) : null;
    for (const base of bases) {
      const join = (name: string): string => (base === '' || base === '/' ? base + name : `${base}/${name}`);
      if (wild === null) {
        if (host.kindOf(join(part)) !== null) next.push(join(part));
      } else {
        const names = host.list(base === '' ? '.' : base).filter((name) => matches(name, wild));
        for (const name of names) if (!name.startsWith('.') || part.startsWith('.')) next.push(join(name));
      }
    }
    bases = next;
  }
  if (pattern.endsWith('/') && parts.length > 0) {
    bases = bases.filter((base) => host.kindOf(base) === 'folder').map((base) => `${base}/`);
  }
  return bases.sort();
}

/** What one character of a name has to be; null stands for any number of characters. */
type Piece = ((char: string) => boolean) | null;

function compile(part: string): Piece[] {
  const chars = Array.from(part);
  const pieces: Piece[] = [];
  for (let i = 0; i < chars.length; i++) {
    const char = chars[i] ?? '';
    const negated = chars[i + 1] === '!' || chars[i + 1] === '^';
    const close = char === '[' ? chars.indexOf(']', i + (negated ? 3 : 2)) : -1;
    if (char === '\\' && i + 1 < chars.length) {
      const escaped = chars[++i];
      pieces.push((one) => one === escaped);
    } else if (char === '*') pieces.push(null);
    else if (char === '?') pieces.push(() => true);
    else if (close !== -1) {
      const wanted = chars.slice(i + (negated ? 2 : 1), close);
      pieces.push((one) => isAmong(one, wanted) !== negated);
      i = close;
    } else pieces.push((one) => one === char);
  }
  return pieces;
}

/** `a-z` is a range unless the dash comes first or last. */
function isAmong(char: string, wanted: readonly string[]): boolean {
  for (let i = 0; i < wanted.length; i++) {
    const from = wanted[i] ?? '';
    const to = wanted[i + 1] === '-' ? wanted[i + 2] : undefined;
    if (to === undefined ? char === from : char >= from && char <= to) return true;
    if (to !== undefined) i += 2;
  }
  return false;
}

/** Goes back to the last star only, so that no pattern takes long. */
function matches(name: string, pieces: readonly Piece[]): boolean {
  const chars = Array.from(name);
  let at = 0;
  let star: { piece: number; at: number } | null = null;
  for (let i = 0; at < chars.length || i < pieces.length; ) {
    const piece = pieces[i];
    if (piece === null) {
      star = { piece: i++, at };
    } else if (piece !== undefined && at < chars.length && piece(chars[at] ?? '')) {
      i++;
      at++;
    } else {
      if (star === null || star.at >= chars.length) return false;
      at = ++star.at;
      i = star.piece + 1;
    }
  }
  return true;
}
