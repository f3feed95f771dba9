/**
 * Where a request's path may be a file. Pure: text in, text out; whether a file is there, and whether links lead out of its
 * folder, is asked of the file system (file-store.ts). Paths are latin-1, a character a byte.
 */

import { bytesOf } from '../byte-text.ts';
import type { StaticSettings } from '../config/static-settings.ts';

/** A file to look for: it must lie in `root`, or be `root` itself. */
export interface StaticCandidate {
  root: string;
  path: string;
}

/** A place with its target in the bytes that the file system knows. */
interface Place {
  prefix: string;
  target: string;
  keepsPrefix: boolean;
}

/** Can this path name a file below a folder, and never one beside it? Dots that are left were hidden in percent signs. */
export function isPlainPath(path: string): boolean {
  if (!path.startsWith('/') || path.includes('\0')) return false;
  if (process.platform === 'win32' && /[\\:]/.test(path)) return false;
  return !path.includes('/.') || !/\/\.\.?(?:\/|$)/.test(path);
}

export class StaticPaths {
  readonly #places: readonly Place[];
  readonly #usesDocumentRoot: boolean;
  readonly #skipped: readonly string[];

  constructor({ places, usesDocumentRoot, skipped }: StaticSettings) {
    this.#places = places.map(({ prefix, target, keepsPrefix }) => ({
      prefix: bytesOf(prefix),
      target: bytesOf(target),
      keepsPrefix,
    }));
    this.#usesDocumentRoot = usesDocumentRoot;
    this.#skipped = skipped.map(bytesOf);
  }

  /** Files that the path may mean, in the order in which they count. Unlike uWSGI a prefix ends where a segment does. */
  candidates(path: string, documentRoot: string | undefined): StaticCandidate[] {
    if (!isPlainPath(path)) return [];
    const found: StaticCandidate[] = [];
    if (this.#usesDocumentRoot && documentRoot?.startsWith('/') === true && isPlainPath(documentRoot)) {
      found.push({ root: documentRoot, path: joined(documentRoot, path) });
    }
    for (const { prefix, target, keepsPrefix } of this.#places) {
      if (!path.startsWith(prefix)) continue;
      const rest = path.slice(prefix.length);
      if (rest !== '' && !rest.startsWith('/')) continue;
      found.push({ root: target, path: joined(target, keepsPrefix ? path : rest) });
    }
    return found;
  }

  /** Is this file left to the application? */
  skips(path: string): boolean {
    return this.#skipped.some((ending) => path.endsWith(ending));
  }
}

function joined(folder: string, rest: string): string {
  return folder.endsWith('/') && rest.startsWith('/') ? folder + rest.slice(1) : folder + rest;
}
