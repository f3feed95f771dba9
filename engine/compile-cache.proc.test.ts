import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { compileCacheFolder, withCompileCache } from './compile-cache.ts';

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

it('is told to engines of the same code, who do not hand it on', () => {
  const script = `
    const { keepCompiledCode } = await import(${JSON.stringify(MODULE)});
    keepCompiledCode();
    console.log(JSON.stringify([process.env.NODE_COMPILE_CACHE, process.moduleLoadList.some((name) => name.includes('amaro'))]));`;
  const run = (): string =>
    spawnSync(process.execPath, ['--input-type=module', '-e', script], {
      encoding: 'utf8',
      env: withCompileCache({ PATH: process.env['PATH'] }),
    }).stdout;
  run();
  // Nothing takes the types off any module the second time.
  expect(run().trim()).toBe('[null,false]');
  expect(withCompileCache({ NODE_COMPILE_CACHE: '/own' })).toEqual({ NODE_COMPILE_CACHE: '/own' });
});
