import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { catalogue } from '../../engine/config/rules/catalogue.ts';
import { DIAGNOSTIC_DOCS_PATH, renderDiagnosticDocs } from './diagnostic-docs.ts';
import { PROJECT_ROOT } from './tree.ts';

const page = renderDiagnosticDocs();

it('the page of all diagnostics is what the catalogue says (npm run docs writes it)', () => {
  expect(readFileSync(join(PROJECT_ROOT, DIAGNOSTIC_DOCS_PATH), 'utf8') === page).toBe(true);
});

it('has every code once', () => {
  const named = [...page.matchAll(/^### (\S+)$/gm)].map(([, code = '']) => code);
  expect(named.toSorted()).toEqual(catalogue.map(({ code }) => code).toSorted());
});
