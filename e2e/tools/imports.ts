/**
 * What a source file imports, read from its syntax tree (Vite's parser): static and dynamic imports, re-exports,
 * `import('...')` types, `require('...')` and `new URL('...', import.meta.url)`, which is how threads and
 * programs beside the source are named. Specifiers that are computed at run time are not seen.
 */
import { parseSync } from 'vite';

export interface FoundImport {
  specifier: string;
  /** 1-based. */
  line: number;
}

/** Every import of `source`, in order. Throws when it cannot be parsed. */
export function findImports(fileName: string, source: string): FoundImport[] {
  const parsed = parseSync(fileName, source);
  const [problem] = parsed.errors;
  if (problem !== undefined) throw new Error(`${fileName}: ${problem.message}`);
  const found = new Map<number, string>();
  for (const item of parsed.module.staticImports) found.set(item.start, item.moduleRequest.value);
  for (const item of parsed.module.staticExports) {
    for (const entry of item.entries) {
      if (entry.moduleRequest !== null) found.set(item.start, entry.moduleRequest.value);
    }
  }
  visit(parsed.program, (node) => {
    const specifier = specifierOf(node);
    if (specifier !== undefined && typeof node['start'] === 'number') found.set(node['start'], specifier);
  });
  return [...found]
    .toSorted(([a], [b]) => a - b)
    .map(([start, specifier]) => ({ specifier, line: source.slice(0, start).split('\n').length }));
}

type Node = Record<string, unknown>;

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'type' in value;
}

function visit(value: unknown, see: (node: Node) => void): void {
  if (Array.isArray(value)) {
    for (const item of value) visit(item, see);
  } else if (isNode(value)) {
    see(value);
    for (const key of Object.keys(value)) visit(value[key], see);
  }
}

function specifierOf(node: Node): string | undefined {
  if (node['type'] === 'ImportExpression') return text(node['source']);
  if (node['type'] === 'TSImportType') return text(node['source'] ?? node['argument']);
  if (node['type'] === 'TSExternalModuleReference') return text(node['expression']);
  const callee = node['callee'];
  const args = node['arguments'];
  if (!isNode(callee) || !Array.isArray(args)) return undefined;
  if (node['type'] === 'CallExpression' && callee['name'] === 'require') return text(args[0]);
  if (node['type'] === 'NewExpression' && callee['name'] === 'URL' && isImportMetaUrl(args[1])) {
    const path = text(args[0]);
    if (path === undefined || !/\.[cm]?[jt]sx?$/.test(path)) return undefined;
    return path.startsWith('.') ? path : `./${path}`;
  }
  return undefined;
}

function text(node: unknown): string | undefined {
  if (!isNode(node)) return undefined;
  if (node['type'] === 'TSLiteralType') return text(node['literal']);
  return typeof node['value'] === 'string' ? node['value'] : undefined;
}

function isImportMetaUrl(node: unknown): boolean {
  if (!isNode(node) || node['type'] !== 'MemberExpression') return false;
  const { object, property } = node;
  return isNode(object) && object['type'] === 'MetaProperty' && isNode(property) && property['name'] === 'url';
}
