import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { operations } from './operations.ts';
import { Op, Status } from './wire.ts';

const PYTHON = readFileSync(new URL('../../resources/runtimes/python/reeve_commons.py', import.meta.url), 'utf8');

/** `NAME = 1`, `A, B = 1, 2` and `A, B = range(1, 3)` at the top of the module. */
function numbersOf(source: string): Map<string, number> {
  const numbers = new Map<string, number>();
  for (const [, names = '', values = ''] of source.matchAll(/^([A-Z][A-Z_, ]*) = ((?:range\()?\d[\d, ]*)\)?$/gm)) {
    const given = values.replace('range(', '').split(',').map(Number);
    const isRange = values.startsWith('range(');
    for (const [index, name] of names.split(',').entries()) {
      numbers.set(name.trim(), isRange ? (given[0] ?? 0) + index : (given[index] ?? Number.NaN));
    }
  }
  return numbers;
}

function pythonName(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase();
}

test('Python has the same number for each operation and status', () => {
  const python = numbersOf(PYTHON);
  for (const [name, number] of Object.entries({ ...Op, ...Status })) {
    expect([name, python.get(pythonName(name))]).toEqual([name, number]);
  }
});

test('every operation but the greeting has a handler, and every handler a number', () => {
  expect([...operations.keys()].toSorted((a, b) => a - b)).toEqual(
    Object.values(Op)
      .filter((number) => number !== Op.hello)
      .toSorted((a, b) => a - b),
  );
});
