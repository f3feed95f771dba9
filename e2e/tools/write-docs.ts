/** `npm run docs`: writes the pages that are made from code. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { optionNotes } from '../../engine/config/option-notes.ts';
import { optionTable } from '../../engine/config/option-table.ts';
import { titledSections } from '../../engine/config/options/sections.ts';
import { API_DOCS_PATH, readApi, renderApiDocs } from './api-docs.ts';
import { DIAGNOSTIC_DOCS_PATH, renderDiagnosticDocs } from './diagnostic-docs.ts';
import { namesInSection, OPTION_DOCS_PATH, renderOptionDocs } from './option-docs.ts';
import { PROJECT_ROOT } from './tree.ts';

const sections = Object.entries(titledSections).map(([title, { data }]) => ({ title, names: namesInSection(data) }));
writeFileSync(
  join(PROJECT_ROOT, OPTION_DOCS_PATH),
  renderOptionDocs({ options: optionTable, sections, notes: optionNotes }),
);
console.log(`${OPTION_DOCS_PATH}: ${optionTable.length} options`);
writeFileSync(join(PROJECT_ROOT, DIAGNOSTIC_DOCS_PATH), renderDiagnosticDocs());
console.log(DIAGNOSTIC_DOCS_PATH);
writeFileSync(join(PROJECT_ROOT, API_DOCS_PATH), renderApiDocs(readApi()));
console.log(API_DOCS_PATH);
