import { describe, expect, it } from 'vitest';
import { checkText } from './hygiene.ts';

describe('the hygiene check', () => {
  it.each([
    ['package-lock.json', '"resolved": "https://registry.example/a.tgz"', 'names a package registry'],
    ['engine/a.ts', `const folder = '/root/.cache/x';`, 'names a path of one machine'],
    ['engine/a.ts', `read('/root/.cache/app.ini');`, 'names a path of one machine'],
    ['engine/a.test.ts', `it.only('x', run);`, 'runs only some of its tests'],
    ['engine/a.test.ts', `describe.concurrent.only('x', run);`, 'runs only some of its tests'],
    ['engine/a.test.ts', `it.todo('x');`, 'has a test not written'],
    ['engine/a.test.ts', `it.skip('x', run);`, 'switches a test off for good'],
    ['engine/a.test.ts', `it.skipIf(isMac)('x', run);`, 'skips without a printed reason'],
    ['e2e/a.spec.ts', `test.skip(isMac);`, 'skips without a printed reason'],
    ['engine/a.test.ts', `context.skip();`, 'skips without a printed reason'],
    ['engine/a.ts', `// TODO later`, 'has a note to oneself'],
  ])('in %s finds: %s', (path, line, problem) => {
    const problems = checkText(path, `\n${line}`);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(`${path}:2 ${problem}`);
  });

  it.each([
    ['engine/a.ts', `const path = '/run/app/stats.sock';`],
    ['engine/a.ts', `const home = '/home/user/app';`],
    ['engine/a.test.ts', `expand('~/a.sock', '/root/a.sock');`],
    ['engine/a.ts', `stream.skip();`],
    ['e2e/a.spec.ts', `test.skip(!electron, 'no Electron binary: set ELECTRON_PATH');`],
    ['engine/a.test.ts', `context.skip(process.platform === 'win32', 'no unix sockets here');`],
    ['README.md', 'A TODO list application'],
    ['engine/a.ts', `const workers = '/network/root/';`],
  ])('in %s leaves alone: %s', (path, line) => {
    expect(checkText(path, line)).toEqual([]);
  });
});
