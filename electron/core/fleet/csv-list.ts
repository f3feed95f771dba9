/**
 * A list of instances as comma separated values: `name,address,tags`, in any order when the first line names them,
 * tags separated by blanks or semicolons. Instead of an address a `host` may stand. Pure.
 */
import { parseCsv } from './csv-text.ts';
import { type List, type ListedRow, LONGEST_TAG, MOST_TAGS } from './import-row.ts';

const COLUMNS = ['name', 'address', 'tags'];
const OTHER_NAMES: Readonly<Record<string, string>> = {
  stats: 'address',
  stats_address: 'address',
  'stats address': 'address',
  tag: 'tags',
  group: 'tags',
  groups: 'tags',
  hostname: 'host',
};
const KNOWN = new Set([...COLUMNS, 'host']);

export function readCsvList(text: string): List {
  const { records, unclosedLine } = parseCsv(text);
  if (unclosedLine !== null) {
    return { rows: [], errors: [{ line: unclosedLine, text: 'A quote that is opened here is never closed.' }] };
  }
  const [first, ...rest] = records;
  const names = first?.cells.map(columnName) ?? [];
  const hasHead = names.includes('address') || names.includes('host');
  const columns = hasHead ? names : COLUMNS;
  const list: List = { rows: [], errors: [] };
  for (const { line, cells } of hasHead ? rest : records) {
    const cellOf = (column: string) => cells[columns.indexOf(column)] ?? '';
    const address = cellOf('address');
    const destination = cellOf('host');
    const tags = splitTags(cellOf('tags'));
    const tooLong = tags.find((tag) => tag.length > LONGEST_TAG);
    if (address === '' && destination === '') {
      list.errors.push({ line, text: 'It has no address, as in checkout,ssh://web1/run/checkout.stats,prod.' });
    } else if (tooLong !== undefined) {
      list.errors.push({ line, text: `The tag ${tooLong.slice(0, 30)}… is longer than ${LONGEST_TAG} characters.` });
    } else {
      const row: ListedRow = {
        line,
        name: cellOf('name').slice(0, 100),
        address: address === '' ? null : address,
        destination: destination === '' ? null : destination,
        tags: tags.slice(0, MOST_TAGS),
      };
      list.rows.push(row);
    }
  }
  return list;
}

function columnName(cell: string): string {
  const name = cell.toLowerCase();
  const column = OTHER_NAMES[name] ?? name;
  return KNOWN.has(column) ? column : '';
}

export function splitTags(text: string): string[] {
  return [...new Set(text.split(/[\s;,]+/).filter((tag) => tag !== ''))];
}
