import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { PROTOCOL_ERROR_CODES } from './protocol-error.ts';

/** The vectors, and the parsers' tests for what is too long to be one. */
const proofs = ['./vectors/', './']
  .map((folder) => new URL(folder, import.meta.url))
  .flatMap((folder) => readdirSync(folder).map((name) => new URL(name, folder)))
  .filter(({ pathname }) => /\.md$|-parser\.test\.ts$/.test(pathname))
  .map((file) => readFileSync(file, 'utf8'))
  .join('\n');

test.each(PROTOCOL_ERROR_CODES)('%s is raised by a vector or a test of a parser', (code) => {
  expect(proofs.includes(code)).toBe(true);
});
