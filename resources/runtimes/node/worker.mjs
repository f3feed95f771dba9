/**
 * The JavaScript worker: loads the application (`js-app`), serves the requests that the gateways send beside each other
 * in its event loop, and ends when the master says so or goes away. Started with one line of JSON on standard input
 * (RuntimeBoot in engine/master/control.ts). Runs on Node 20 or newer, with nothing installed.
 */
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';
import { watchFailures } from './failures.mjs';
import { chooseHandler } from './handlers.mjs';
import { acceptingPhases, runHooks } from './hooks.mjs';
import { installLightRequest } from './light-request.mjs';
import { installLightResponse } from './light-response.mjs';
import { Master } from './master.mjs';
import { Serving } from './serving.mjs';
import { signals } from './signals.mjs';
import { watchStack } from './stack-watch.mjs';
import { resolveUwsgi } from './uwsgi-resolver.mjs';
import { install } from './uwsgi-state.mjs';
import { listenToSignals } from './worker-signals.mjs';

async function readBoot() {
  const lines = createInterface({ input: process.stdin });
  for await (const line of lines) {
    lines.close();
    process.stdin.destroy();
    return JSON.parse(line);
  }
  throw new Error('The worker was started without its boot line on standard input; the engine starts it.');
}

async function load({ app, chdir }) {
  if (chdir !== null) process.chdir(chdir);
  if (app.language !== 'javascript') throw new Error('The JavaScript worker needs js-app.');
  const handler = await chooseHandler(await import(pathToFileURL(resolve(app.file)).href));
  if (handler !== null) return handler;
  throw new Error(
    `${app.file} exports no application: export a fetch handler or a (req, res) function, and do not listen.`,
  );
}

/** As Node shows it, without the frames of this runtime and of Node's loader. */
function reportOf(error) {
  if (!(error instanceof Error)) return String(error);
  const own = new URL('.', import.meta.url).href;
  const lines = (error.stack ?? error.message).split('\n');
  return lines
    .filter((line) => !line.startsWith('    at ') || !(line.includes(own) || line.includes('node:internal')))
    .join('\n');
}

async function main() {
  const boot = await readBoot();
  const serving = new Serving(boot);
  const master = new Master(boot);
  master.on('exit', () => serving.exit());
  master.on('cancel', ({ requestId }) => serving.cancel(requestId));
  master.on('signal', ({ number }) => signals.receive(number));
  signals.connect({
    send: (message) => master.send(message),
    isFree: () => serving.isFree,
    resume: () => serving.resume(),
    who: `worker ${boot.wid}`,
  });
  install(boot, master);
  resolveUwsgi();
  installLightRequest();
  installLightResponse();
  process.on('SIGINT', () => {
    // Ctrl-C reaches the whole group; the master decides what happens.
  });
  const title = boot.system.titles.worker;
  if (title !== null) process.title = title.replace('{number}', boot.wid);
  const startedMs = performance.now();
  let handler = null;
  try {
    runHooks(boot, 'pre-app');
    handler = await load(boot);
  } catch (error) {
    const text = reportOf(error);
    console.error(text);
    if (boot.needApps > 0) {
      // One line: the stack is in the log already.
      master.send({ type: 'load-failed', text: text.split('\n', 1)[0] });
      return;
    }
  }
  runHooks(boot, 'post-app');
  if (boot.system.chdir2 !== null) process.chdir(boot.system.chdir2);
  runHooks(boot, 'post-fork', ...acceptingPhases(boot));
  const startupSeconds = Math.round((performance.now() - startedMs) / 1000);
  const app = { id: 0, modifier1: 0, mountpoint: '', startupSeconds, chdir: boot.chdir ?? '' };
  master.send({ type: 'loaded', apps: handler === null ? [] : [app], runtime: `Node.js ${process.versions.node}` });
  listenToSignals(master);
  watchFailures(master, serving);
  watchStack(boot.loop.harakiriSeconds);
  serving.serve(handler);
}

await main();
