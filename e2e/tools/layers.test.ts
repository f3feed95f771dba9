import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { checkLayers, parseDepsList } from './layers.ts';
import { PROJECT_ROOT, projectFiles } from './tree.ts';

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

function project(files: Record<string, string>): string {
  const root = mkdtempSync(join(tmpdir(), 'reeve-layers-'));
  folders.push(root);
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(root, dirname(path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return root;
}

const PURE = '[*]\n';
const LISTS = {
  'engine/DEPS.list': '[*]\n./config/\nnode:*\n[*.test.ts]\nnpm:vitest\n',
  'engine/config/DEPS.list': PURE,
  'engine/config/ini.ts': 'export const a = 1;',
  'renderer/DEPS.list': '[*]\n../engine/config/\nnpm:@mantine/*\n',
};

describe('the layer check', () => {
  it('is content with imports that the lists allow', () => {
    const root = project({
      ...LISTS,
      'engine/main.ts': `import { a } from './config/ini.ts'; import './helper.ts'; import 'node:fs';`,
      'engine/helper.ts': '',
      'engine/main.test.ts': `import 'vitest'; import './main.ts';`,
      'renderer/app.tsx': `import { a } from '../engine/config/ini.ts'; import '@mantine/core/styles.css';`,
    });
    expect(checkLayers(root)).toEqual([]);
  });

  it('names the file, the line, the import and the list to edit', () => {
    const root = project({
      ...LISTS,
      'engine/main.ts': '',
      'renderer/app.tsx': `const a = 1;\nimport type { M } from '../engine/main.ts';`,
    });
    expect(checkLayers(root)).toEqual([
      'renderer/app.tsx:2 imports "../engine/main.ts", which renderer/DEPS.list does not allow. ' +
        'If the layer may depend on it, add "../engine/" to renderer/DEPS.list; otherwise move the code.',
    ]);
  });

  it.each([
    ['a package', `import 'electron';`, 'npm:electron'],
    ['a Node module in a pure layer', `import { readFileSync } from 'fs';`, 'node:fs'],
    ['a re-export', `export * from '../helper.ts';`, '../'],
    ['a dynamic import', `const m = await import('../helper.ts');`, '../'],
    ['an imported type', `export type T = import('../helper.ts').T;`, '../'],
    ['a required module', `const m = require('electron');`, 'npm:electron'],
    ['a thread beside the source', `new Worker(new URL('../helper.ts', import.meta.url));`, '../'],
    ['a thread in a folder below', `new URL('../config/../helper.ts', import.meta.url);`, '../'],
  ])('sees %s', (_name, source, wanted) => {
    const root = project({ ...LISTS, 'engine/helper.ts': '', 'engine/config/bad.ts': source });
    const problems = checkLayers(root);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain('engine/config/bad.ts:1');
    expect(problems[0]).toContain(`add "${wanted}`);
  });

  it('lets a test import what only tests may', () => {
    const root = project({ ...LISTS, 'engine/main.ts': `import 'vitest';` });
    expect(checkLayers(root)[0]).toContain('add "npm:vitest" to engine/DEPS.list');
  });

  it('reports a source file that no list governs, a path that is gone and an entry it cannot read', () => {
    const root = project({ ...LISTS, 'e2e/a.ts': '', 'resources/DEPS.list': '[*]\n./gone/\nvitest\n' });
    expect(checkLayers(root)).toEqual([
      'resources/DEPS.list: "./gone/" does not exist. Remove the line.',
      'resources/DEPS.list: "vitest" is neither a path that begins with . nor node:... nor npm:...',
      'e2e/a.ts belongs to no layer: no DEPS.list in its folder or above. Add one.',
    ]);
  });

  it('refuses an entry before the first pattern', () => {
    expect(() => parseDepsList('x/DEPS.list', 'node:*')).toThrow('x/DEPS.list:1');
  });

  it.each([
    ['engine/master/offender.ts', '../../electron/core/core.ts'],
    ['engine/config/offender.ts', 'node:fs'],
    ['engine/api/offender.ts', '../gateway/frames.ts'],
    ['electron/contract/offender.ts', 'node:path'],
    ['electron/rpc/offender.ts', 'ws'],
    ['electron/core/offender.ts', 'electron'],
    ['electron/core/offender.ts', '../../engine/gateway/frames.ts'],
    ['electron/web/offender.ts', 'electron'],
    ['renderer/offender.tsx', '../electron/core/core.ts'],
    ['renderer/offender.tsx', '../engine/scoreboard.ts'],
    ['renderer/offender.tsx', 'node:fs'],
  ])('stops %s from importing %s by the lists of this project', (path, specifier) => {
    const lists = projectFiles().filter((file) => file.endsWith('/DEPS.list'));
    const copies = lists.map((file) => [file, readFileSync(join(PROJECT_ROOT, file), 'utf8')]);
    const root = project({ ...Object.fromEntries(copies), [path]: `import ${JSON.stringify(specifier)};` });
    expect(checkLayers(root).filter((problem) => problem.startsWith(`${path}:1 imports`))).toHaveLength(1);
  });
});
