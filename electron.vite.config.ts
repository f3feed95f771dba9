/**
 * Builds the packaged form of everything: out/main (the Electron host, the commands as `cli.js`, the engine's utility
 * process), out/preload and out/renderer. Dependencies are bundled, so that the package carries no node_modules.
 * REEVE_BUILD_FOLDER names another folder than out/, for tests.
 */
import { basename, dirname, resolve } from 'node:path';
import { defineConfig } from 'electron-vite';
import type { Plugin } from 'vite';
import renderer from './vite.config.ts';

const at = (path: string): string => resolve(import.meta.dirname, path);
const built = (part: string): string => resolve(import.meta.dirname, process.env['REEVE_BUILD_FOLDER'] ?? 'out', part);

export default defineConfig({
  main: {
    plugins: [workerThreads()],
    build: {
      outDir: built('main'),
      externalizeDeps: false,
      target: 'node24',
      // Messages of errors name functions and classes; a few hundred kilobytes are not worth losing that.
      minify: false,
      rolldownOptions: {
        input: {
          main: at('electron/main/main.ts'),
          cli: at('electron/cli/main.ts'),
          'engine-process': at('electron/main/engine-process.ts'),
        },
        // The native add-ons of ws and ssh2 are not there, and both do without.
        external: ['electron', 'bufferutil', 'utf-8-validate', 'cpu-features', /sshcrypto\.node$/],
        // Flat: modules find package.json and resources/ two levels above themselves, as in the sources.
        output: { format: 'es', entryFileNames: '[name].js', chunkFileNames: '[name]-[hash].js' },
      },
    },
  },
  preload: {
    build: {
      outDir: built('preload'),
      externalizeDeps: false,
      rolldownOptions: {
        input: at('electron/preload/preload.ts'),
        // A sandboxed page can load CommonJS only.
        output: { format: 'cjs', entryFileNames: 'preload.cjs' },
      },
    },
  },
  renderer: {
    ...renderer,
    // electron-vite would leave the pages as large as they were written.
    build: {
      ...renderer.build,
      outDir: built('renderer'),
      minify: true,
      cssMinify: true,
      rolldownOptions: { input: at('renderer/index.html') },
    },
  },
});

/** `new Worker(new URL('./x.ts', import.meta.url))` of node:worker_threads: the file becomes an entry of its own, `x.js`. */
function workerThreads(): Plugin {
  return {
    name: 'worker-threads',
    transform(code, id) {
      return code.replace(
        /(new Worker\(\s*new URL\(\s*)['"](\.{1,2}\/[^'"]+)\.ts['"]/g,
        (_all, before: string, path: string) => {
          const fileName = `${basename(path)}.js`;
          this.emitFile({ type: 'chunk', id: resolve(dirname(id), `${path}.ts`), fileName });
          return `${before}'./${fileName}'`;
        },
      );
    },
  };
}
