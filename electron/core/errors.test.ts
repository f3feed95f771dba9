import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, describe as group, it } from 'vitest';
import { CATALOGUE, CoreError, describe, toErrorData } from './errors.ts';

const folder = import.meta.dirname;
const sources = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts') && name !== 'errors.ts')
  .map((name) => readFileSync(join(folder, name), 'utf8'));
const parser = readFileSync(join(folder, '../../engine/api/parse-stats.ts'), 'utf8');
const codes = Object.keys(CATALOGUE);

group('the catalogue of errors', () => {
  it('has no code that is never thrown', () => {
    const text = [...sources, parser].join('\n');
    const unused = codes.filter((code) => code !== 'core-bug' && !text.includes(`'${code}'`));
    expect(unused).toEqual([]);
  });

  it('has every code that the reader of stats documents gives', () => {
    const given = [...parser.matchAll(/^\s*\| '(stats-[a-z-]+)'/gm)].map((match) => match[1]);
    expect(given.length).toBeGreaterThan(3);
    expect(given.filter((code) => code === undefined || !codes.includes(code))).toEqual([]);
  });

  it('gets every value that its messages name, wherever a code is thrown', () => {
    const everything = sources.join('\n');
    // A literal, with templates in it, or the name of one that was made just before.
    const thrown = everything.matchAll(/new CoreError\(\s*'([a-z-]+)'(?:,\s*(\{(?:[^{}]|\{[^{}]*\})*\}|\w+))?/g);
    const all = [...thrown].map((match) => {
      const [, code = '', given = ''] = match;
      const made = /^\w/.test(given) ? everything.lastIndexOf(`const ${given} = {`, match.index) : -1;
      return { code, values: made < 0 ? given : everything.slice(made, everything.indexOf('}', made)) };
    });
    expect(all.length).toBeGreaterThan(30);
    for (const { code, values } of all) {
      const [message, hint] = Object.entries(CATALOGUE).find(([name]) => name === code)?.[1] ?? ['', ''];
      const named = [...`${message} ${hint}`.matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? '');
      for (const name of named) expect(values, `${code} needs ${name}`).toMatch(new RegExp(`\\b${name}\\b`));
    }
  });

  it('says in each entry what happened and what to do, as sentences', () => {
    for (const [code, [message, hint]] of Object.entries(CATALOGUE)) {
      expect(message, code).toMatch(/[.:}]$/);
      expect(hint, code).toMatch(/[.}]$/);
      expect(`${message} ${hint}`, code).not.toMatch(/!|please|oops|went wrong, /i);
    }
  });
});

group('an error', () => {
  it('carries code, message and next step to the page', () => {
    const error = new CoreError('stats-refused', { address: '127.0.0.1:1717' });
    expect(toErrorData(error)).toEqual({
      code: 'stats-refused',
      message: 'Nothing listens on 127.0.0.1:1717.',
      hint: expect.stringContaining('stats'),
    });
  });

  it('that is a bug is told as one, without its stack', () => {
    const data = toErrorData(new TypeError('x is undefined'));
    expect(data).toMatchObject({ code: 'core-bug', message: 'Something in Reeve went wrong: x is undefined.' });
    expect(JSON.stringify(data)).not.toContain('.ts:');
  });

  it('of the system is put in words', () => {
    expect(describe(Object.assign(new Error('EACCES: x'), { code: 'EACCES' }))).toBe('permission denied');
  });
});
