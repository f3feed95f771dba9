import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { FrameFlag, FrameType } from '../gateway/frames.ts';
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

/** Constants of a Perl module, in its order. */
function perlNumbers(module: string): [string, number][] {
  const text = readFileSync(new URL(`../../resources/runtimes/perl/Reeve/${module}.pm`, import.meta.url), 'utf8');
  return [...text.matchAll(/^ {4}([A-Z_]+) +=> (\d+|0x[0-9a-f]+),$/gm)].map(([, name = '', value]) => [
    name,
    Number(value),
  ]);
}

test('Perl has the same number for each operation that it knows, and the frames of workers theirs', () => {
  const ops = new Map(Object.entries({ ...Op, ...Status }).map(([name, number]) => [pythonName(name), number]));
  const own = perlNumbers('Commons').filter(([name]) => name !== 'CONNECT_SECONDS');
  expect(own.length).toBeGreaterThan(8);
  expect(own).toEqual(own.map(([name]) => [name, ops.get(name)]));
  const frames = new Map<string, number>(Object.entries({ ...FrameType, ...FrameFlag, END_ANSWER: FrameType.END }));
  const words = perlNumbers('Frames').filter(([name]) => frames.has(name));
  expect(words.length).toBeGreaterThan(15);
  expect(words).toEqual(words.map(([name]) => [name, frames.get(name)]));
});

test('every operation but the greeting has a handler, and every handler a number', () => {
  expect([...operations.keys()].toSorted((a, b) => a - b)).toEqual(
    Object.values(Op)
      .filter((number) => number !== Op.hello)
      .toSorted((a, b) => a - b),
  );
});
