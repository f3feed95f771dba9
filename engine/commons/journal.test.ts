import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Journal } from './journal.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'reeve-test-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A journal of one text, the last one that was appended. */
function open(replaces = false): { journal: Journal; seen: string[]; log: string[]; set: (text: string) => void } {
  const seen: string[] = [];
  const log: string[] = [];
  let present: string | null = null;
  const setting = { path: join(folder, 'store'), syncSeconds: 10, replaces };
  const journal = new Journal(setting, {
    log: (text) => log.push(text),
    restore: (payload) => {
      present = payload.toString();
      seen.push(present);
    },
    *snapshot() {
      if (present !== null) yield Buffer.from(present);
    },
  });
  journal.open();
  const set = (text: string): void => {
    present = text;
    journal.append(Buffer.from(text));
  };
  return { journal, seen, log, set };
}

test('what was appended is read again, each start beginning with what is left of it', () => {
  const first = open();
  first.set('one');
  first.set('two');
  first.journal.dispose();
  const second = open();
  second.journal.dispose();
  const third = open();
  third.journal.dispose();
  expect([first.seen, second.seen, third.seen]).toEqual([[], ['one', 'two'], ['two']]);
});

test('a file that was cut off or changed anywhere gives the records before that place, and never an error', () => {
  const first = open();
  for (const text of ['one', 'two', 'three']) first.set(text);
  first.journal.dispose();
  const path = join(folder, 'store');
  const whole = readFileSync(path);
  for (let length = 0; length < whole.length; length++) {
    writeFileSync(path, whole.subarray(0, length));
    const { journal, seen } = open();
    journal.dispose();
    expect(['one', 'two', 'three'].slice(0, seen.length)).toEqual(seen);
  }
  const changed = Buffer.from(whole);
  changed[whole.length - 1] = (changed[whole.length - 1] ?? 0) ^ 1;
  writeFileSync(path, changed);
  const { journal, seen, log } = open();
  journal.dispose();
  expect(seen).toEqual(['one', 'two']);
  expect(log[0]).toContain('the last 13 bytes of the store');
});

test('it is written anew before it is full of what is out of date', async () => {
  const { journal, set } = open();
  for (let turn = 0; turn < 40; turn++) {
    set(`${turn} ${'x'.repeat(100_000)}`);
    await new Promise((resolve) => setImmediate(resolve));
  }
  journal.dispose();
  expect(statSync(join(folder, 'store')).size).toBeLessThan(1_600_000);
  const again = open();
  again.journal.dispose();
  expect(again.seen.at(-1)).toMatch(/^39 /);
  expect(readdirSync(folder)).toEqual(['store']);
});

test('a file of another program is refused, and replaced only on demand; a folder that is not there is told', () => {
  writeFileSync(join(folder, 'store'), 'something else entirely');
  expect(() => open()).toThrow('is no store of this engine');
  open(true).journal.dispose();
  expect(readFileSync(join(folder, 'store'), 'utf8')).toBe('REEVE-STORE-1\n');
  rmSync(folder, { recursive: true });
  expect(() => open()).toThrow(/can not be written/);
});
