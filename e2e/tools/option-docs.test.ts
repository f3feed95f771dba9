import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { optionNotes } from '../../engine/config/option-notes.ts';
import { optionTable } from '../../engine/config/option-table.ts';
import { titledSections } from '../../engine/config/options/sections.ts';
import { namesInSection, OPTION_DOCS_PATH, renderOptionDocs } from './option-docs.ts';
import { PROJECT_ROOT } from './tree.ts';

const sections = Object.entries(titledSections).map(([title, { data }]) => ({ title, names: namesInSection(data) }));
const page = renderOptionDocs({ options: optionTable, sections, notes: optionNotes });

it('the page of all options is what the option table says (npm run docs writes it)', () => {
  expect(readFileSync(join(PROJECT_ROOT, OPTION_DOCS_PATH), 'utf8') === page).toBe(true);
});

it('has every name of every option once', () => {
  const named = page
    .split('\n')
    .flatMap((line) => (line.startsWith('| `') ? [(line.split(' | ', 1)[0] ?? '').slice(2)] : []))
    .flatMap((part) => part.split(', '))
    .map((name) => name.replaceAll('`', ''));
  const expected = optionTable.flatMap(({ name, aliases }) => aliases.concat(name));
  expect(named.toSorted()).toEqual(expected.toSorted());
});

it('says of an option what becomes of it here, its unit, and what a change needs', () => {
  expect(page).toMatch(/^\| `harakiri` \| works \| 0 \| seconds \| reload \| /m);
  expect(page).toMatch(/^\| `listen` \| works \| 1024 \(uWSGI: 100\) \| connections \| restart \(here: reload\) \| /m);
  expect(page).toMatch(/^\| `thunder-lock` \| no effect: [^|]+ \| +\| +\| reload \| /m);
});

it('has every note below the table of its section', () => {
  for (const [name, note] of optionNotes) expect(page.includes(`\n- **\`${name}\`**: ${note}\n`), name).toBe(true);
});

it('refuses an option that no section describes', () => {
  expect(() => renderOptionDocs({ options: optionTable, sections: sections.slice(1), notes: optionNotes })).toThrow(
    /No section describes .*http-socket/,
  );
});
