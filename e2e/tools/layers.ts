/**
 * Who may import whom. Each layer has a DEPS.list in its folder that names what its files may import; the nearest
 * DEPS.list above a file governs it. Its own files are always allowed, a folder with a DEPS.list of its own is
 * another layer. The rules stand beside the code that they are about, as in Playwright's repository.
 *
 *   # comment
 *   [*]                  for all files of the layer; [*.test.ts] for those whose name matches
 *   ../contract/         a folder (ends with a slash) or one file, relative to the DEPS.list
 *   node:*               Node's own modules
 *   npm:zod  npm:@x/*    a package, or a family of packages
 */
import { existsSync, readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { posix } from 'node:path';
import { findImports } from './imports.ts';
import { projectFiles } from './tree.ts';

export interface DepsRule {
  /** File names the rule is for, `*` stands for any characters. */
  pattern: string;
  entries: string[];
}

const LAYER_ROOTS = ['engine/', 'electron/', 'renderer/', 'resources/', 'e2e/'];
const SOURCE = /\.(?:[cm]?[jt]s|[jt]sx)$/;
const BUILTINS = new Set(builtinModules);

/** Problems of the whole project at `root`, each a full sentence that names file, import, rule and remedy. */
export function checkLayers(root: string, files = projectFiles(root)): string[] {
  const lists = new Map<string, DepsRule[]>();
  for (const path of files.filter((file) => posix.basename(file) === 'DEPS.list')) {
    lists.set(posix.dirname(path), parseDepsList(path, readFileSync(posix.join(root, path), 'utf8')));
  }
  const problems = staleEntries(root, lists);
  for (const file of files) {
    if (!SOURCE.test(file) || !LAYER_ROOTS.some((layer) => file.startsWith(layer))) continue;
    const layer = layerOf(file, lists);
    if (layer === undefined) {
      problems.push(`${file} belongs to no layer: no DEPS.list in its folder or above. Add one.`);
      continue;
    }
    for (const found of findImports(file, readFileSync(posix.join(root, file), 'utf8'))) {
      const problem = checkImport(file, found.specifier, layer, lists);
      if (problem !== undefined) problems.push(`${file}:${found.line} ${problem}`);
    }
  }
  return problems;
}

/** Reads one DEPS.list. Throws when an entry stands before the first `[pattern]`. */
export function parseDepsList(path: string, text: string): DepsRule[] {
  const rules: DepsRule[] = [];
  for (const [index, raw] of text.split('\n').entries()) {
    const line = raw.replace(/#.*/, '').trim();
    if (line === '') continue;
    const head = /^\[(.+)\]$/.exec(line);
    if (head?.[1] !== undefined) {
      rules.push({ pattern: head[1], entries: [] });
      continue;
    }
    const rule = rules.at(-1);
    if (rule === undefined) throw new Error(`${path}:${index + 1}: "${line}" stands before the first [pattern]`);
    rule.entries.push(line);
  }
  return rules;
}

function layerOf(file: string, lists: Map<string, DepsRule[]>): string | undefined {
  for (let folder = posix.dirname(file); folder !== '.'; folder = posix.dirname(folder)) {
    if (lists.has(folder)) return folder;
  }
  return undefined;
}

function checkImport(
  file: string,
  specifier: string,
  layer: string,
  lists: Map<string, DepsRule[]>,
): string | undefined {
  const rules = lists.get(layer) ?? [];
  const name = posix.basename(file);
  const entries = rules.filter((rule) => matches(rule.pattern, name)).flatMap((rule) => rule.entries);
  const target = describeTarget(file, specifier);
  if (target.type === 'path' && layerOf(target.path, lists) === layer) return undefined;
  if (entries.some((entry) => allows(entry, layer, target))) return undefined;
  const wanted = target.type === 'path' ? missingEntry(layer, target.path, lists) : `${target.type}:${target.name}`;
  return (
    `imports "${specifier}", which ${layer}/DEPS.list does not allow. ` +
    `If the layer may depend on it, add "${wanted}" to ${layer}/DEPS.list; otherwise move the code.`
  );
}

type Target = { type: 'path'; path: string } | { type: 'node' | 'npm'; name: string };

function describeTarget(file: string, specifier: string): Target {
  if (specifier.startsWith('.')) {
    const path = posix.normalize(posix.join(posix.dirname(file), specifier.replace(/\?.*$/, '')));
    return { type: 'path', path };
  }
  const bare = specifier.replace(/^node:/, '');
  if (specifier.startsWith('node:') || BUILTINS.has(bare.split('/')[0] ?? bare)) return { type: 'node', name: bare };
  const parts = specifier.split('/');
  return { type: 'npm', name: specifier.startsWith('@') ? parts.slice(0, 2).join('/') : (parts[0] ?? specifier) };
}

function allows(entry: string, layer: string, target: Target): boolean {
  if (target.type !== 'path') {
    const [kind, pattern] = splitOnce(entry, ':');
    return kind === target.type && pattern !== undefined && matches(pattern, target.name);
  }
  const path = posix.normalize(posix.join(layer, entry));
  return entry.endsWith('/') ? target.path.startsWith(path) : target.path === path;
}

function missingEntry(layer: string, path: string, lists: Map<string, DepsRule[]>): string {
  const folder = layerOf(path, lists);
  if (folder === undefined) return posix.relative(layer, path);
  const relative = posix.relative(layer, folder);
  return `${relative.startsWith('.') ? relative : `./${relative}`}/`;
}

function staleEntries(root: string, lists: Map<string, DepsRule[]>): string[] {
  const problems: string[] = [];
  for (const [layer, rules] of lists) {
    for (const entry of rules.flatMap((rule) => rule.entries)) {
      const isPath = entry.startsWith('.');
      if (!isPath && !/^(?:node|npm):./.test(entry)) {
        problems.push(`${layer}/DEPS.list: "${entry}" is neither a path that begins with . nor node:... nor npm:...`);
      } else if (isPath && !existsSync(posix.join(root, layer, entry))) {
        problems.push(`${layer}/DEPS.list: "${entry}" does not exist. Remove the line.`);
      }
    }
  }
  return problems;
}

function matches(pattern: string, name: string): boolean {
  const expression = pattern.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${expression.join('.*')}$`).test(name);
}

function splitOnce(text: string, separator: string): [string, string | undefined] {
  const at = text.indexOf(separator);
  return at === -1 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)];
}
