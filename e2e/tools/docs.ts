/**
 * Documents stay true: every path that a Markdown file of the project mentions exists, every link to a file leads
 * somewhere, every `npm run` script and `reeve` file it names is there. A path is a backticked word or a line of a
 * tree map that contains a slash or a file ending; `*`, `<name>` and `NAME` parts stand for any.
 */
import { posix } from 'node:path';

/** Problems of one document. `files` are all files of the project, `scripts` those of package.json. */
export function checkDocument(path: string, text: string, files: string[], scripts: string[]): string[] {
  const known = new Set(files);
  for (const file of files) {
    for (let folder = posix.dirname(file); folder !== '.'; folder = posix.dirname(folder)) known.add(folder);
  }
  const problems: string[] = [];
  for (const [index, line] of text.split('\n').entries()) {
    const at = `${path}:${index + 1}`;
    for (const mention of mentionedPaths(line)) {
      if (!exists(mention, path, known)) problems.push(`${at} mentions ${mention}, which does not exist`);
    }
    for (const [, script = ''] of line.matchAll(/\bnpm run (?:-\S+ )*([\w:-]+)/g)) {
      if (!scripts.includes(script)) problems.push(`${at} says npm run ${script}; package.json has no such script`);
    }
    for (const [, script = ''] of line.matchAll(/\bnpm (test|start)\b/g)) {
      if (!scripts.includes(script)) problems.push(`${at} says npm ${script}; package.json has no such script`);
    }
  }
  return problems;
}

/** Paths of the project that a line of Markdown names. */
export function mentionedPaths(line: string): string[] {
  const links = [...line.matchAll(/\]\(([^)#\s]+)(?:#[^)]*)?\)/g)].map(([, target = '']) => target);
  const quoted = [...line.matchAll(/`([^`]+)`/g)].flatMap(([, code = '']) => code.split(/[\s,]+/));
  const relative = links.filter((target) => !/^[a-z]+:/i.test(target));
  return [...relative, ...quoted.filter(looksLikePath)].map((path) => path.replace(/[.:]$/, '').replace(/^\.\//, ''));
}

const ROOTS = /^(?:\.\/)?(?:electron|renderer|engine|resources|e2e|\.ci)\//;
const ROOT_FILE = /^[\w.-]+\.(?:json|ya?ml|md|config\.ts)$|^LICENSE$/;

function looksLikePath(word: string): boolean {
  return ROOTS.test(word) || ROOT_FILE.test(word);
}

function exists(mention: string, from: string, known: Set<string>): boolean {
  const candidates = [mention, posix.join(posix.dirname(from), mention)].map((path) => path.replace(/\/$/, ''));
  if (candidates.some((path) => known.has(path))) return true;
  if (!/[*<]|\b[A-Z]{3,}\b/.test(mention)) return false;
  const pattern = mention
    .replace(/\/$/, '')
    .replace(/[.+?^${}()|[\]\\]/g, '\\$&')
    .replace(/\*+|<[^>]*>|\b[A-Z]{3,}\b/g, '.+');
  const expression = new RegExp(`^${pattern}$`);
  return [...known].some((path) => expression.test(path));
}
