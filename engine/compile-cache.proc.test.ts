import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { compileCacheFolder } from './compile-cache.ts';

const MODULE = fileURLToPath(new URL('compile-cache.ts', import.meta.url));

it('keeps compiled code inside the checkout, where the code itself lies', () => {
  const script = `
    import { getCompileCacheDir } from 'node:module';
    const { keepCompiledCode } = await import(${JSON.stringify(MODULE)});
    keepCompiledCode();
    console.log(getCompileCacheDir());`;
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' });
  const folder = compileCacheFolder();
  expect(folder).toMatch(/node_modules.\.cache.reeve$/);
  expect(stdout, stderr).toContain(`${folder}`);
});
