/** Lines of an import before it is done: what a list or the SSH configuration names, and what was found there. Pure. */
import type { FleetPreview, ImportFormat } from '../../electron/contract/fleet-model.ts';
import type { HostEntry } from '../../electron/contract/hosts-model.ts';
import type { Discovered } from '../../electron/contract/model.ts';

export interface ImportLine {
  key: string;
  /** In the file; null: it stands in none. */
  line: number | null;
  name: string;
  /** null: only the host is known. */
  address: string | null;
  machine: string;
  tags: readonly string[];
  /** `host`: its servers have to be looked for; `refused`: `note` says why it can't be added. */
  status: 'new' | 'known' | 'again' | 'host' | 'looking' | 'refused';
  note: string | null;
}

export function linesOfPreview({ rows }: FleetPreview): ImportLine[] {
  return rows.map((row, index) => ({
    ...row,
    key: `row ${index}`,
    status: row.address === null && row.status === 'new' ? 'host' : row.status,
    note: null,
  }));
}

export function linesOfHosts(entries: readonly HostEntry[]): ImportLine[] {
  return entries.map(({ id, note, instances }) => ({
    key: `host ${id}`,
    line: null,
    name: id,
    address: null,
    machine: id,
    tags: [],
    status: 'host',
    note: instances > 0 ? `${instances} in the list` : note,
  }));
}

/** The line of a host gives way to those of its servers; without any it stays and says so. */
export function withFound(
  lines: readonly ImportLine[],
  host: ImportLine,
  found: readonly Discovered[] | string,
): ImportLine[] {
  if (typeof found === 'string' || found.length === 0) {
    const note = typeof found === 'string' ? found : 'No uWSGI runs there.';
    return lines.map((line) => (line.key === host.key ? { ...line, status: 'refused', note } : line));
  }
  const servers = found
    .filter(({ role, statsAddress }) => role !== 'emperor' || statsAddress !== null)
    .map(({ pid, configPath, statsAddress, instanceId, missing, machine }): ImportLine => {
      const address = statsAddress === null ? null : addressOn(machine, statsAddress);
      const isListed = instanceId !== null || lines.some((line) => line.address !== null && line.address === address);
      return {
        key: `${host.key} ${pid}`,
        line: host.line,
        name: nameOf(configPath) ?? host.name,
        address,
        machine: host.machine,
        tags: host.tags,
        status: address === null ? 'refused' : isListed ? 'known' : 'new',
        note: missing,
      };
    });
  return lines.flatMap((line) => (line.key === host.key ? servers : [line]));
}

/** Kind of a file by its name, or by what stands in it. */
export function formatOf(fileName: string, text: string): ImportFormat {
  if (/\.ya?ml$/i.test(fileName)) return 'ansible-yaml';
  if (/\.csv$|\.tsv$/i.test(fileName)) return 'csv';
  const first = text.split('\n').find((line) => line.trim() !== '' && !/^\s*[#;]/.test(line)) ?? '';
  if (/^\s*[\w-]+:\s*$|^---/.test(first)) return 'ansible-yaml';
  if (/^\s*\[/.test(first) || /ansible_|^\S+(\s+\w+=\S+)*\s*$/.test(first))
    return first.includes(',') ? 'csv' : 'ansible-ini';
  return 'csv';
}

/** `2 new, 1 in the list already`. */
export function countWords(lines: readonly ImportLine[]): string {
  const count = (status: ImportLine['status']) => lines.filter((line) => line.status === status).length;
  const words: [number, string][] = [
    [count('new'), 'new'],
    [count('host'), 'hosts to look at'],
    [count('known'), 'in the list already'],
    [count('again'), 'named twice'],
    [count('refused'), 'without a way'],
  ];
  return words.flatMap(([number, word]) => (number > 0 ? [`${number} ${word}`] : [])).join(', ');
}

function addressOn(machine: string, address: string): string {
  if (machine === 'local' || /^ssh:/i.test(address)) return address;
  return `ssh://${machine}${address.startsWith('/') ? '' : '/'}${address}`;
}

/** `checkout` of `/etc/uwsgi/checkout.ini`, `shop` of `/srv/shop/uwsgi.ini`. */
function nameOf(configPath: string | null): string | null {
  const parts = configPath?.split('/').filter((part) => part !== '') ?? [];
  const file = parts.at(-1)?.replace(/\.\w+$/, '') ?? null;
  return file === 'uwsgi' ? (parts.at(-2) ?? file) : file;
}
