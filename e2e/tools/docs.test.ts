import { describe, expect, it } from 'vitest';
import { checkDocument } from './docs.ts';

const FILES = ['README.md', 'engine/main.ts', 'resources/docs/differences.md', 'electron/core/poll.ts'];

function problemsOf(text: string): string[] {
  return checkDocument('README.md', text, FILES, ['test', 'check']);
}

describe('the document check', () => {
  it('is content with paths, folders, links, patterns and scripts that exist', () => {
    const text =
      'See `engine/main.ts`, `engine/`, [differences](resources/docs/differences.md#http), `electron/core/*.ts`.\n' +
      'Run `npm run check` or `npm test`. [Home](https://example.org/missing.md). Use `uwsgi.ini` of your own.';
    expect(problemsOf(text)).toEqual([]);
  });

  it.each([
    ['a file', 'Edit `engine/gone.ts`.', 'README.md:1 mentions engine/gone.ts, which does not exist'],
    ['a link', '[x](docs/gone.md)', 'README.md:1 mentions docs/gone.md, which does not exist'],
    ['a pattern', '`electron/web/*.ts`', 'README.md:1 mentions electron/web/*.ts, which does not exist'],
    ['a root file', '\n`gone.config.ts`', 'README.md:2 mentions gone.config.ts, which does not exist'],
    ['a script', 'npm run gone', 'README.md:1 says npm run gone; package.json has no such script'],
    ['npm start', '`npm ci && npm start`', 'README.md:1 says npm start; package.json has no such script'],
  ])('reports %s that is not there', (_name, text, problem) => {
    expect(problemsOf(text)).toEqual([problem]);
  });

  it('finds a path relative to the document that names it', () => {
    expect(checkDocument('resources/docs/a.md', '[b](differences.md)', FILES, [])).toEqual([]);
  });
});
