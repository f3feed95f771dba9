/** The list of instances as a file: what is needed to list them elsewhere, and no secrets. Pure. */
import type { ExportFormat } from '../../contract/fleet-model.ts';
import type { InstanceRecord } from '../instances/record.ts';
import { hasSocket } from '../stats/target.ts';
import { formatCsvLine } from './csv-text.ts';

/** Engines that Reeve runs here are left out: they have no address elsewhere. So are instances without an address. */
export function exportFleet(
  records: readonly InstanceRecord[],
  format: ExportFormat,
): { fileName: string; text: string } {
  const rows = records
    .filter(({ kind, statsAddress }) => kind !== 'engine' && hasSocket(statsAddress))
    .map(({ name, statsAddress, tags, configPath }) => ({
      name,
      address: withoutQuery(statsAddress),
      tags,
      configPath,
    }));
  if (format === 'json') {
    return { fileName: 'reeve-fleet.json', text: `${JSON.stringify({ version: 1, instances: rows }, null, 2)}\n` };
  }
  const lines = rows.map(({ name, address, tags, configPath }) =>
    formatCsvLine([name, address, tags.join(' '), configPath ?? '']),
  );
  return { fileName: 'reeve-fleet.csv', text: `${['name,address,tags,config', ...lines].join('\r\n')}\r\n` };
}

/** The query of an http address may hold a token. */
function withoutQuery(address: string): string {
  return /https?:\/\//i.test(address) ? address.replace(/\?.*$/s, '') : address;
}
