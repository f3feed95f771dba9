/**
 * An Ansible inventory in its YAML form: groups with `hosts`, `vars` and `children`, hosts with their variables. Values
 * that are encrypted (`!vault`) are left alone. Pure.
 */
import { isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument, type YAMLMap } from 'yaml';
import { Inventory, type Vars } from './ansible-hosts.ts';
import type { List } from './import-row.ts';

/** Groups within groups; deeper ones are not read. */
const DEEPEST = 50;

export function readAnsibleYaml(text: string): List {
  const lineCounter = new LineCounter();
  const document = parseDocument(text, { lineCounter, logLevel: 'silent', uniqueKeys: false });
  const inventory = new Inventory();
  const lineOf = (offset: number | undefined) =>
    offset === undefined ? 1 : Math.max(1, lineCounter.linePos(offset).line);
  const [broken] = document.errors;
  if (broken !== undefined) {
    const [reason = broken.message] = broken.message.split('\n');
    return { rows: [], errors: [{ line: lineOf(broken.pos[0]), text: `It is not YAML: ${reason}` }] };
  }

  function readGroup(name: string, node: unknown, line: number, depth: number): void {
    inventory.group(name);
    if (node === null || (isScalar(node) && node.value === null)) return;
    if (!isMap(node) || depth > DEEPEST) {
      inventory.errors.push({ line, text: `The group ${name} is no mapping of hosts, vars and children.` });
      return;
    }
    for (const entry of entriesOf(node)) {
      switch (entry.key) {
        case 'hosts':
          readHosts(name, entry.value, lineOf(entry.offset));
          break;
        case 'vars':
          if (isMap(entry.value)) inventory.addVars(name, varsOf(entry.value));
          break;
        case 'children':
          for (const child of isMap(entry.value) ? entriesOf(entry.value) : []) {
            inventory.group(name).children.add(child.key);
            readGroup(child.key, child.value, lineOf(child.offset), depth + 1);
          }
          break;
        default:
          inventory.errors.push({
            line: lineOf(entry.offset),
            text: `${entry.key} is not understood in the group ${name}, only hosts, vars and children are.`,
          });
      }
    }
  }

  function readHosts(group: string, node: unknown, line: number): void {
    if (isScalar(node) && node.value === null) return;
    if (!isMap(node)) {
      inventory.errors.push({
        line,
        text: `The hosts of ${group} are no mapping: each needs a colon behind its name.`,
      });
      return;
    }
    for (const { key, value, offset } of entriesOf(node)) {
      inventory.addHost(group, key, isMap(value) ? varsOf(value) : {}, lineOf(offset));
    }
  }

  const { contents } = document;
  if (isMap(contents)) {
    for (const { key, value, offset } of entriesOf(contents)) readGroup(key, value, lineOf(offset), 0);
  } else if (contents !== null) inventory.errors.push({ line: 1, text: 'It is no mapping of groups.' });
  return { rows: inventory.rows(), errors: inventory.errors };
}

interface Entry {
  key: string;
  value: unknown;
  offset: number | undefined;
}

function entriesOf(map: YAMLMap): Entry[] {
  return map.items.flatMap(({ key, value }): Entry[] => {
    if (!isScalar(key) || (typeof key.value !== 'string' && typeof key.value !== 'number')) return [];
    return [{ key: String(key.value), value: isAlias(value) ? null : value, offset: key.range?.[0] }];
  });
}

function varsOf(map: YAMLMap): Vars {
  return Object.fromEntries(
    entriesOf(map).flatMap(({ key, value }): [string, string][] => {
      const text = isSeq(value) ? value.items.map(plainText).join(' ') : plainText(value);
      return text === '' ? [] : [[key, text]];
    }),
  );
}

function plainText(node: unknown): string {
  if (!isScalar(node) || node.tag === '!vault') return '';
  const { value } = node;
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}
