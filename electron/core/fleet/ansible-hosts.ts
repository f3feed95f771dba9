/**
 * Hosts and groups of an Ansible inventory, turned into rows: a host is a row for each stats address that its variable
 * `uwsgi_stats` names (a text or a list), or one without. Its groups, and the groups around them, are its tags; `all`
 * and `ungrouped` are none. `ansible_host`, `ansible_port` and `ansible_user` say how it is reached. Variables that
 * hold secrets are not read. Pure; the formats are ansible-ini.ts and ansible-yaml.ts.
 */
import { type ListedRow, type ListProblem, LONGEST_TAG, MOST_TAGS } from './import-row.ts';

export type Vars = Readonly<Record<string, string>>;

interface Host {
  line: number;
  vars: Record<string, string>;
}

interface Group {
  hosts: Set<string>;
  children: Set<string>;
  vars: Record<string, string>;
}

/** Only these are kept of what an inventory holds: it may hold passwords. */
const READ = new Set([
  'ansible_host',
  'ansible_ssh_host',
  'ansible_port',
  'ansible_ssh_port',
  'ansible_user',
  'ansible_ssh_user',
  'ansible_connection',
  'uwsgi_stats',
]);
const NO_TAGS = new Set(['all', 'ungrouped']);
const MOST_HOSTS = 5_000;

export class Inventory {
  readonly errors: ListProblem[] = [];
  readonly #hosts = new Map<string, Host>();
  readonly #groups = new Map<string, Group>();

  group(name: string): Group {
    const group = this.#groups.get(name) ?? { hosts: new Set(), children: new Set(), vars: {} };
    this.#groups.set(name, group);
    return group;
  }

  addHost(groupName: string, pattern: string, vars: Vars, line: number): void {
    const names = expandRange(pattern);
    if (names === null || this.#hosts.size + names.length > MOST_HOSTS) {
      this.errors.push({ line, text: `${pattern} stands for too many hosts, or its range is not understood.` });
      return;
    }
    for (const name of names) {
      const host = this.#hosts.get(name) ?? { line, vars: {} };
      this.#hosts.set(name, host);
      keep(host.vars, vars);
      this.group(groupName).hosts.add(name);
    }
  }

  addVars(groupName: string, vars: Vars): void {
    keep(this.group(groupName).vars, vars);
  }

  rows(): ListedRow[] {
    return [...this.#hosts].flatMap(([name, host]) => this.#rowsOf(name, host));
  }

  #rowsOf(name: string, { line, vars: own }: Host): ListedRow[] {
    const groups = this.#groupsOf(name);
    const vars: Vars = Object.assign({}, this.#groups.get('all')?.vars, ...groups.map(({ group }) => group.vars), own);
    const tags = groups.map((group) => group.name).filter((tag) => !NO_TAGS.has(tag) && tag.length <= LONGEST_TAG);
    const destination = destinationOf(name, vars);
    const addresses = (vars['uwsgi_stats'] ?? '').split(/[\s,]+/).filter((address) => address !== '');
    const shared = { line, destination, tags: tags.slice(0, MOST_TAGS) };
    if (addresses.length === 0) return [{ ...shared, name, address: null }];
    return addresses.map((address) => ({ ...shared, name, address: addressOn(destination, address) }));
  }

  /** Groups of a host, the outer ones first, so that what an inner one says counts. */
  #groupsOf(host: string): { name: string; group: Group }[] {
    const depths = new Map<string, number>();
    const climb = (name: string, depth: number): void => {
      if ((depths.get(name) ?? -1) >= depth || depth > this.#groups.size) return;
      depths.set(name, depth);
      for (const [parent, { children }] of this.#groups) if (children.has(name)) climb(parent, depth + 1);
    };
    for (const [name, { hosts }] of this.#groups) if (hosts.has(host)) climb(name, 0);
    return [...depths].sort(([, a], [, b]) => b - a).map(([name]) => ({ name, group: this.group(name) }));
  }
}

function keep(into: Record<string, string>, vars: Vars): void {
  for (const [name, value] of Object.entries(vars)) if (READ.has(name)) into[name] = value;
}

/** null: on this machine. */
function destinationOf(name: string, vars: Vars): string | null {
  if (vars['ansible_connection'] === 'local') return null;
  const host = vars['ansible_host'] ?? vars['ansible_ssh_host'] ?? name;
  const user = vars['ansible_user'] ?? vars['ansible_ssh_user'];
  const port = vars['ansible_port'] ?? vars['ansible_ssh_port'];
  const written = host.includes(':') && !host.startsWith('[') ? `[${host}]` : host;
  return `${user === undefined ? '' : `${user}@`}${written}${port === undefined ? '' : `:${port}`}`;
}

function addressOn(destination: string | null, address: string): string {
  if (destination === null || /^ssh:/i.test(address)) return address;
  return `ssh://${destination}${address.startsWith('/') ? '' : '/'}${address}`;
}

/** `web[01:12].ams` and `db-[a:c]`, with an optional step; null: not understood or too many. */
export function expandRange(pattern: string): string[] | null {
  const match = /\[(\w+):(\w+)(?::(\d+))?\]/.exec(pattern);
  // `[2001:db8::1]` is an address.
  if (match === null || /^\[[\da-f]*:[\da-f:.]*\]$/i.test(pattern)) return [pattern];
  const [written, from = '', to = '', stepText = '1'] = match;
  const before = pattern.slice(0, match.index);
  const rest = expandRange(pattern.slice(match.index + written.length));
  const steps = rest === null ? null : rangeOf(from, to, Number(stepText));
  if (steps === null || rest === null || steps.length * rest.length > MOST_HOSTS) return null;
  return steps.flatMap((step) => rest.map((after) => `${before}${step}${after}`));
}

function rangeOf(from: string, to: string, step: number): string[] | null {
  const isNumeric = /^\d+$/.test(from) && /^\d+$/.test(to);
  const isAlphabetic = /^[a-z]$/i.test(from) && /^[a-z]$/i.test(to);
  if ((!isNumeric && !isAlphabetic) || step < 1) return null;
  const [first, last] = isNumeric ? [Number(from), Number(to)] : [from.charCodeAt(0), to.charCodeAt(0)];
  const count = Math.floor((last - first) / step) + 1;
  if (count < 1 || count > MOST_HOSTS) return null;
  return Array.from({ length: count }, (_, index) => {
    const value = first + index * step;
    return isNumeric ? String(value).padStart(from.length, '0') : String.fromCharCode(value);
  });
}
