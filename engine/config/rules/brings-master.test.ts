import { expect, test } from 'vitest';
import { findOption } from '../option-table.ts';
import { BRINGS_MASTER } from './brings-master.ts';

test('everything that brings a master is an option', () => {
  expect(BRINGS_MASTER.filter((name) => findOption(name) === null)).toEqual([]);
});
