/**
 * From a request path to a file of the built renderer, for both hosts (HTTP here, `reeve://app/` in the Electron host).
 * Never leaves the folder: odd paths are refused by their form, and what a symbolic link points to is checked too.
 * The app keeps its place in the query of the address, so the page itself has one path only.
 */
import { readFile, realpath, stat } from 'node:fs/promises';
import { extname, join, sep } from 'node:path';
import { isErrorCode } from '../core/errors.ts';

export type RendererFile =
  | { status: 'found'; path: string; contentType: string; sizeBytes: number; isPage: boolean; isImmutable: boolean }
  | { status: 'refused' }
  | { status: 'missing' };

const CONTENT_TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.txt': 'text/plain; charset=utf-8',
};
const PAGE = 'index.html';
const HASHED_NAME = /^\/assets\/.+-[\w-]{8,}\.\w+$/;

/**
 * Finds what to answer for `pathname` (still percent-encoded, without the query). `refused` is a path that tries to
 * leave the folder or cannot be decoded, `missing` a file that does not exist or is of no type the renderer has.
 */
export async function findRendererFile(folder: string, pathname: string): Promise<RendererFile> {
  const plain = decodePath(pathname);
  if (plain === null) return { status: 'refused' };
  const extension = extname(plain).toLowerCase();
  const isPage = plain === '/' || plain === `/${PAGE}`;
  const contentType = CONTENT_TYPES[isPage ? '.html' : extension];
  if (contentType === undefined) return { status: 'missing' };
  try {
    const root = await realpath(folder);
    const path = await realpath(join(root, isPage ? PAGE : plain));
    if (!path.startsWith(root + sep)) return { status: 'refused' };
    const found = await stat(path);
    if (!found.isFile()) return { status: 'missing' };
    return {
      status: 'found',
      path,
      contentType,
      sizeBytes: found.size,
      isPage,
      isImmutable: HASHED_NAME.test(plain),
    };
  } catch (error) {
    if (isErrorCode(error, 'ENOENT', 'ENOTDIR')) return { status: 'missing' };
    throw error;
  }
}

/** True when `folder` holds a built renderer. */
export async function hasRenderer(folder: string): Promise<boolean> {
  return (await findRendererFile(folder, '/')).status === 'found';
}

/** The page as text; the caller fills in the nonce. */
export async function readPage(path: string): Promise<string> {
  return readFile(path, 'utf8');
}

/** Null for anything but a plain absolute path: no `..`, no empty or dotted segment, no backslash, no control character. */
function decodePath(pathname: string): string | null {
  let plain: string;
  try {
    plain = decodeURIComponent(pathname);
  } catch (error) {
    if (error instanceof URIError) return null;
    throw error;
  }
  // oxlint-disable-next-line no-control-regex -- control characters are what is looked for
  if (!plain.startsWith('/') || /[\u0000-\u001f\u007f\\:]/.test(plain)) return null;
  const segments = plain.slice(1).split('/');
  const isOdd = segments.some((segment, i) => (segment === '' && i < segments.length - 1) || segment.startsWith('.'));
  return isOdd ? null : plain;
}
