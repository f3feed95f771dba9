/** What a list would add: every row with its address in the one spelling, what is there already, errors by line. Pure. */
import type { FleetPreview, ImportFormat, PreviewRow } from '../../contract/fleet-model.ts';
import { toErrorData } from '../errors.ts';
import { LOCAL } from '../machine/machine.ts';
import { formatDestination, parseDestination } from '../ssh/destination.ts';
import { parseStatsTarget } from '../stats/target.ts';
import { readAnsibleIni } from './ansible-ini.ts';
import { readAnsibleYaml } from './ansible-yaml.ts';
import { readCsvList } from './csv-list.ts';
import type { List, ListedRow } from './import-row.ts';

const READERS: Readonly<Record<ImportFormat, (text: string) => List>> = {
  csv: readCsvList,
  'ansible-ini': readAnsibleIni,
  'ansible-yaml': readAnsibleYaml,
};

/** `known`: addresses that are in the list of instances. */
export function previewImport(
  format: ImportFormat,
  text: string,
  known: ReadonlySet<string>,
  homeFolder: string,
): FleetPreview {
  const { rows, errors } = READERS[format](text);
  const preview: FleetPreview = { rows: [], errors: [...errors] };
  const seen = new Set<string>();
  for (const row of rows) {
    try {
      const placed = placeRow(row, homeFolder);
      const key = placed.address ?? `host ${placed.machine}`;
      const status = known.has(key) ? 'known' : seen.has(key) ? 'again' : 'new';
      seen.add(key);
      preview.rows.push({ ...placed, status });
    } catch (error) {
      const { message, hint } = toErrorData(error);
      preview.errors.push({ line: row.line, text: hint === null ? message : `${message} ${hint}` });
    }
  }
  preview.errors.sort((a, b) => a.line - b.line);
  return preview;
}

/** Throws `stats-address` or `ssh-destination`. */
function placeRow(row: ListedRow, homeFolder: string): Omit<PreviewRow, 'status'> {
  const { line, tags } = row;
  if (row.address === null) {
    const machine = row.destination === null ? LOCAL : formatDestination(parseDestination(row.destination));
    return { line, name: row.name || machine, address: null, machine, tags };
  }
  const isBare = row.destination !== null && !/^ssh:/i.test(row.address);
  const written = isBare
    ? `ssh://${row.destination}${row.address.startsWith('/') ? '' : '/'}${row.address}`
    : row.address;
  const target = parseStatsTarget(written, homeFolder);
  return { line, name: row.name || target.text.slice(0, 100), address: target.text, machine: target.machine, tags };
}
