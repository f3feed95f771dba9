/**
 * An Ansible inventory in its INI form: hosts with `name=value` behind them, `[group]`, `[group:children]`,
 * `[group:vars]`, ranges such as `web[01:12]`. Values may be quoted, `#` and `;` begin comments. Pure.
 */
import { Inventory, type Vars } from './ansible-hosts.ts';
import type { List } from './import-row.ts';

type Kind = 'hosts' | 'children' | 'vars';

export function readAnsibleIni(text: string): List {
  const inventory = new Inventory();
  let group = 'ungrouped';
  let kind: Kind = 'hosts';
  for (const [index, raw] of text.split(/\r?\n/).entries()) {
    const line = index + 1;
    const content = raw.trim();
    if (content === '' || content.startsWith('#') || content.startsWith(';')) continue;
    const section = /^\[([^\]:]+)(?::(\w+))?\]\s*(?:[#;].*)?$/.exec(content);
    if (section !== null) {
      const [, name = '', suffix = 'hosts'] = section;
      const wanted = kindOf(suffix);
      if (wanted === null) {
        inventory.errors.push({ line, text: `[${name}:${suffix}] is not understood, only :children and :vars are.` });
        continue;
      }
      group = name.trim();
      kind = wanted;
      inventory.group(group);
      continue;
    }
    const words = splitWords(content);
    const [first = ''] = words;
    if (kind === 'children') inventory.group(group).children.add(first);
    else if (kind === 'vars') inventory.addVars(group, varsOf([wholeAssignment(content)]));
    else if (first.includes('=')) inventory.errors.push({ line, text: 'The name of the host is missing.' });
    else addHost(inventory, group, words, line);
  }
  return { rows: inventory.rows(), errors: inventory.errors };
}

/** `host:2222` is the older spelling of `ansible_port`. */
function addHost(inventory: Inventory, group: string, [written = '', ...rest]: string[], line: number): void {
  const [, host = written, port] = /^([^:]*(?:\[[^\]]*\][^:]*)*):(\d+)$/.exec(written) ?? [];
  inventory.addHost(group, host, { ...(port === undefined ? {} : { ansible_port: port }), ...varsOf(rest) }, line);
}

function kindOf(suffix: string): Kind | null {
  return suffix === 'hosts' || suffix === 'children' || suffix === 'vars' ? suffix : null;
}

/** In `[group:vars]` a value goes on to the end of its line. */
function wholeAssignment(content: string): string {
  const [, name = '', value = ''] = /^([^=]*)=(.*)$/.exec(content) ?? [];
  return `${name.trim()}=${unquoted(value.trim())}`;
}

function varsOf(words: readonly string[]): Vars {
  return Object.fromEntries(
    words.flatMap((word) => {
      const at = word.indexOf('=');
      return at > 0 ? [[word.slice(0, at), word.slice(at + 1)]] : [];
    }),
  );
}

/** Words of a line; quotes hold blanks together and go, `#` after a blank begins a comment. */
function splitWords(content: string): string[] {
  const words: string[] = [];
  for (const [word] of content.matchAll(/(?:[^\s"']|"[^"]*"|'[^']*')+/g)) {
    if (word.startsWith('#')) break;
    words.push(word.replace(/"([^"]*)"|'([^']*)'/g, '$1$2'));
  }
  return words;
}

function unquoted(value: string): string {
  const [, inner] = /^(?:"([^"]*)"|'([^']*)')$/.exec(value) ?? [];
  return inner ?? value;
}
