/**
 * Which PHP script a request is for, as uWSGI's PHP plugin finds it: the file that the path names below the folder of
 * scripts, the one behind which the rest of the path is PATH_INFO, an index of a folder, a fallback. Links are followed
 * before it is asked whether a script is where it may be, and no path leads out of the folder. Strings are bytes as latin-1.
 *
 * A script that was found is believed for a second, so that a busy server looks no file up.
 */
import { realpath, stat } from 'node:fs/promises';
import { boundExpressions } from '../bounded-expressions.ts';
import { bytesOf } from '../byte-text.ts';
import type { PhpApp } from '../config/php-app.ts';
import { encodeNameValue } from './environ-fastcgi.ts';

/** What a request says about its script. */
export interface ScriptQuestion {
  /** PATH_INFO of the request: its decoded path. */
  path: string;
  /** DOCUMENT_ROOT of the front server; null: none. */
  documentRoot: string | null;
  query: string;
}

export type ScriptAnswer =
  /** Variables that take the place of those of the request, as FastCGI's pairs. */
  | { type: 'script'; params: Buffer }
  /** There is none: the answer, and what the log says. */
  | { type: 'refusal'; status: 301 | 403 | 404; location: string | null; log: string | null };

interface Script {
  params: Buffer;
  /** What the query string begins with; null: it is as it came. */
  queryPrefix: string | null;
}

const KEPT_MS = 1000;
const MOST_KEPT = 1000;
const NOT_FOUND = { type: 'refusal', status: 404, location: null, log: null } as const satisfies ScriptAnswer;

export class PhpScripts {
  readonly #app: PhpApp;
  readonly #bypass: RegExp[];
  readonly #clock: () => number;
  readonly #known = new Map<string, { script: Script; untilMs: number }>();

  constructor(app: PhpApp, clock: () => number = () => performance.now()) {
    if (app.appBypass.length > 0) boundExpressions();
    this.#app = app;
    this.#bypass = app.appBypass.map((pattern) => new RegExp(pattern));
    this.#clock = clock;
  }

  /** At once when it is known. */
  find(question: ScriptQuestion): ScriptAnswer | Promise<ScriptAnswer> {
    const known = this.#known.get(keyOf(question));
    if (known !== undefined && known.untilMs > this.#clock()) return withQuery(known.script, question.query);
    return this.#lookUp(question);
  }

  async #lookUp(question: ScriptQuestion): Promise<ScriptAnswer> {
    const found = await this.#search(question);
    if ('type' in found) return found;
    if (this.#known.size >= MOST_KEPT) this.#known.clear();
    this.#known.set(keyOf(question), { script: found, untilMs: this.#clock() + KEPT_MS });
    return withQuery(found, question.query);
  }

  async #search({ path, documentRoot, query }: ScriptQuestion): Promise<Script | ScriptAnswer> {
    const { app, appQuery, docroot, folder } = this.#app;
    if (path.includes('\0')) return NOT_FOUND;
    const named = docroot === null ? (documentRoot ?? bytesOf(folder)) : bytesOf(docroot);
    const root = await real(named);
    if (root === null) {
      return { ...NOT_FOUND, log: `PHP: the folder of scripts, ${printable(named)}, can not be reached` };
    }
    if (app !== null && !this.#bypass.some((pattern) => pattern.test(textOf(path)))) {
      const prefix = appQuery === null ? null : appQuery + encodePath(path);
      return scriptOf(root, (await real(bytesOf(app))) ?? bytesOf(app), '', '', prefix);
    }
    // Dot segments are gone unless they were written with percent signs.
    if (path.split('/').includes('..')) return forbidden(`${root}${path} has '..' in it`);
    const own = await this.#named(root, path.replace(/^\/*/, '/'), query);
    if (own !== null) return own;
    return (await this.#fallback(root, path)) ?? NOT_FOUND;
  }

  /** Null: the path names nothing. */
  async #named(root: string, path: string, query: string): Promise<Script | ScriptAnswer | null> {
    // The first part that is no folder is the script, if it is a file.
    for (let slash = path.indexOf('/', 1); ; slash = path.indexOf('/', slash + 1)) {
      const end = slash < 0 ? path.length : slash;
      // Behind another slash there is no name, and nothing to look up.
      const kind = end > 1 && path[end - 1] === '/' ? 'folder' : await kindOf(root + path.slice(0, end));
      if (kind === 'file') return this.#permitted(root, path.slice(0, end), path.slice(end));
      if (kind === null) return null;
      if (end === path.length || end === path.length - 1) break;
    }
    if (!path.endsWith('/')) {
      const location = encodePath(`${path}/`) + (query === '' ? '' : `?${query}`);
      return { type: 'refusal', status: 301, location, log: null };
    }
    for (const index of this.#app.index) {
      const file = `${path}${bytesOf(index)}`;
      if ((await kindOf(root + file)) === 'file') return this.#permitted(root, file, '', path);
    }
    return NOT_FOUND;
  }

  async #permitted(root: string, path: string, pathInfo: string, name = path): Promise<Script | ScriptAnswer> {
    const file = await real(root + path);
    if (file === null) return NOT_FOUND;
    const { allowedDocroots, allowedExtensions, allowedScripts } = this.#app;
    if (allowedDocroots.length === 0) {
      if (!isBelow(file, root)) return forbidden(`${file} is not under the default docroot`);
    } else {
      const roots = await Promise.all(allowedDocroots.map(async (one) => real(bytesOf(one))));
      if (!roots.some((one) => one !== null && isBelow(file, one))) {
        return forbidden(`${file} is not under an allowed docroot`);
      }
    }
    if (allowedExtensions.length > 0 && !allowedExtensions.some((end) => file.endsWith(bytesOf(end)))) {
      return forbidden(`${file} does not end with an allowed extension`);
    }
    if (allowedScripts.length > 0 && !allowedScripts.some((one) => bytesOf(one) === file)) {
      return forbidden(`${file} is not an allowed script`);
    }
    return scriptOf(root, file, name, pathInfo, null);
  }

  /** Null: there is none. Where it is, is the operator's choice. */
  async #fallback(root: string, path: string): Promise<Script | null> {
    const { fallback, fallback2, fallbackQuery } = this.#app;
    const written = fallback === null ? fallback2 && root + bytesOf(fallback2) : bytesOf(fallback);
    const file = written === null ? null : await real(written);
    if (file === null) return null;
    return scriptOf(root, file, path, '', fallbackQuery === null ? null : `${fallbackQuery}=${encodePath(path)}`);
  }
}

function keyOf({ path, documentRoot }: ScriptQuestion): string {
  return documentRoot === null ? path : `${documentRoot}\0${path}`;
}

function withQuery({ params, queryPrefix }: Script, query: string): ScriptAnswer {
  if (queryPrefix === null) return { type: 'script', params };
  const whole = query === '' ? queryPrefix : `${queryPrefix}&${query}`;
  return { type: 'script', params: Buffer.concat([params, encodeNameValue('QUERY_STRING', whole)]) };
}

function scriptOf(root: string, file: string, name: string, pathInfo: string, queryPrefix: string | null): Script {
  const pairs: [string, string][] = [
    ['DOCUMENT_ROOT', root],
    ['SCRIPT_FILENAME', file],
    ['SCRIPT_NAME', name],
    ['PATH_INFO', pathInfo],
  ];
  if (pathInfo !== '') pairs.push(['PATH_TRANSLATED', root + pathInfo]);
  return { params: Buffer.concat(pairs.map((pair) => encodeNameValue(...pair))), queryPrefix };
}

function forbidden(what: string): ScriptAnswer {
  return { type: 'refusal', status: 403, location: null, log: `PHP security error: ${printable(what)}` };
}

function isBelow(file: string, folder: string): boolean {
  return file.startsWith(folder.endsWith('/') ? folder : `${folder}/`);
}

/** Null: there is none, or none that can be reached. */
async function real(path: string): Promise<string | null> {
  try {
    return (await realpath(Buffer.from(path, 'latin1'), { encoding: 'buffer' })).toString('latin1');
  } catch {
    // ENOENT, EACCES, ENAMETOOLONG, ELOOP: nothing that could run.
    return null;
  }
}

async function kindOf(path: string): Promise<'file' | 'folder' | null> {
  try {
    const found = await stat(Buffer.from(path, 'latin1'));
    return found.isFile() ? 'file' : found.isDirectory() ? 'folder' : null;
  } catch {
    // As above.
    return null;
  }
}

function textOf(bytes: string): string {
  return Buffer.from(bytes, 'latin1').toString();
}

/** A path as it stands in a URI or a query string. */
function encodePath(path: string): string {
  return path.replace(
    /[^\w/.~!$'()*,:@-]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`,
  );
}

/** For a line of the log. */
function printable(text: string): string {
  // oxlint-disable-next-line no-control-regex -- these are what must not get into the log
  return textOf(text).replace(/[\0-\x1f\x7f]/g, '?');
}
