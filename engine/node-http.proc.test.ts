import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { withCompileCache } from './compile-cache.ts';

test('neither the master nor a gateway loads the clients of HTTP that it never uses', () => {
  const modules = ['run-engine.ts', 'gateway/gateway.ts'].map((path) => new URL(path, import.meta.url).href);
  const script = `
    for (const module of ${JSON.stringify(modules)}) await import(module);
    console.log('loaded', process.moduleLoadList.filter((name) => name.includes('undici')));`;
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
    encoding: 'utf8',
    env: withCompileCache(process.env),
  });
  expect(stdout.trim(), stderr).toBe('loaded []');
});
