/**
 * `npm start` in a checkout: builds what is missing or out of date, then opens the window where Electron can show one;
 * otherwise one line says why and the same console runs for the browser. Ends with everything it started.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { buildState } from './build-state.ts';
import { findElectron } from './electron-binary.ts';
import { findInstallation } from './installation.ts';
import { exitWith, processTerminal } from './process-terminal.ts';
import { report } from './reeve.ts';
import { serveConsole } from './serve-console.ts';
import { stopSignal } from './stop-signals.ts';
import { CommandError, EXIT, type Terminal } from './terminal.ts';

const PAGE_SOURCES = [
  'renderer',
  'electron/contract',
  'electron/rpc',
  'engine/config',
  'engine/api',
  'vite.config.ts',
  'package-lock.json',
];
const WINDOW_SOURCES = [...PAGE_SOURCES, 'electron', 'engine', 'electron.vite.config.ts'];
/** Electron that ends with an error this soon never showed its window. */
const WINDOW_UP_MS = 3000;

async function start(terminal: Terminal): Promise<number> {
  const installation = findInstallation();
  const { root } = installation;
  const stopped = stopSignal();
  const electron = await findElectron({
    root,
    platform: process.platform,
    env: terminal.env,
    isRoot: process.getuid?.() === 0,
    onFetch: (line) => terminal.out(line),
  });
  let reason = electron.status === 'none' ? electron.reason : null;
  if (electron.status === 'found') {
    await buildIfNeeded(terminal, root, 'out/main/main.js', WINDOW_SOURCES, [
      'electron-vite/bin/electron-vite.js',
      'build',
    ]);
    const code = await runWindow(electron.path, root, stopped);
    if (code !== null) return code;
    reason = 'Electron could not start here';
  }
  terminal.out(`No window: ${reason ?? 'no reason is known'}. The console runs for a browser instead.`);
  await buildIfNeeded(terminal, root, 'out/renderer/index.html', PAGE_SOURCES, ['vite/bin/vite.js', 'build']);
  return serveConsole({ terminal, installation, host: '127.0.0.1', port: null, open: true, stopped });
}

async function buildIfNeeded(
  terminal: Terminal,
  root: string,
  builtFile: string,
  sources: readonly string[],
  [tool, ...args]: readonly [tool: string, ...args: string[]],
): Promise<void> {
  const state = await buildState(root, builtFile, sources);
  if (state === 'fresh') return;
  terminal.out(state === 'missing' ? 'Building the console, once …' : 'Building the console: its sources changed …');
  const child = spawn(process.execPath, [join(root, 'node_modules', tool), ...args, '--logLevel', 'warn'], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString('utf8')));
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString('utf8')));
  const [code] = await once(child, 'close');
  if (code === 0) return;
  if (output.trim() !== '') terminal.err(output.trimEnd());
  throw new CommandError(
    'The console could not be built.',
    'What the build said is above; `npm ci` mends a half install.',
  );
}

/** The exit code of the window's process; null when it ended with an error before it can have shown anything. */
async function runWindow(path: string, root: string, stopped: Promise<void>): Promise<number | null> {
  const startedAtMs = performance.now();
  const child = spawn(path, [root], { stdio: 'inherit' });
  void stopped.then(() => child.kill('SIGTERM'));
  try {
    const [code] = await once(child, 'close');
    if (code === EXIT.done) return EXIT.done;
    return performance.now() - startedAtMs < WINDOW_UP_MS ? null : EXIT.failed;
  } catch {
    // The binary cannot be run at all.
    return null;
  }
}

const terminal = processTerminal();
exitWith(await report(terminal, async () => start(terminal)));
