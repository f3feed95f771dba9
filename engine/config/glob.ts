/**
 * File name patterns as in `for-glob` and `pythonpath`: `*`, `?`, `[a-z]`, `[!x]`, no match for leading dots, sorted by
 * bytes. Folders are listed through the injected host.
 */
import type { ConfigHost } from './host.ts';

/** Paths that match, relative when the pattern is; empty when none does. */
export function globPaths(pattern: string, host: Pick<ConfigHost, 'list' | 'kindOf'>): string[] {
  const absolute = pattern.startsWith('/');
  let bases = [absolute ? '/' : ''];
  const parts = pattern.split('/').filter((part) => part !== '');
  for (const part of parts) {
    const next: string[] = [];
    const wild = /[*?[]/.test(part) ? compile(part) : null;
    for (const base of bases) {
      const join = (name: string): string => (base === '' || base === '/' ? base + name : `${base}/${name}`);
      if (wild === null) {
        if (host.kindOf(join(part)) !== null) next.push(join(part));
      } else {
        const names = host.list(base === '' ? '.' : base).filter((name) => wild.test(name));
        next.push(...names.filter((name) => !name.startsWith('.') || part.startsWith('.')).map(join));
      }
    }
    bases = next;
  }
  return bases.sort();
}

function compile(part: string): RegExp {
  let source = '';
  for (let i = 0; i < part.length; i++) {
    const char = part[i] ?? '';
    const close = char === '[' ? part.indexOf(']', i + 2) : -1;
    if (char === '*') source += '.*';
    else if (char === '?') source += '.';
    else if (close !== -1) {
      const inner = part.slice(i + 1, close).replace(/[\\\]]/g, '\\$&');
      source += `[${inner.startsWith('!') ? `^${inner.slice(1)}` : inner}]`;
      i = close;
    } else source += char.replace(/[\\^$.|+()[\]{}]/g, '\\$&');
  }
  return new RegExp(`^${source}$`, 'su');
}
