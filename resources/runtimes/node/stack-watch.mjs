/**
 * Says where the application is when it holds the event loop so long that the worker will be ended for it (`harakiri`).
 * A thread notices that the loop does not turn, stops the main thread by the debugger's protocol, writes its stack to
 * the log and lets it go on. It costs a thread, and so there is none without harakiri.
 */
import { Worker } from 'node:worker_threads';

/** How often the loop shows that it turns. */
const BEAT_MS = 200;

const THREAD = `
const { Session } = require('node:inspector');
const { writeSync } = require('node:fs');
const { workerData: { beats, limitMs, beatMs } } = require('node:worker_threads');

let told = -1;

function tell(silentMs) {
  const session = new Session();
  session.connectToMainThread();
  const end = () => {
    clearTimeout(timer);
    session.disconnect();
  };
  // Native code does not stop for a debugger; on a busy machine the rest may take as long as there is time for.
  const timer = setTimeout(end, 1000);
  const urls = new Map();
  session.on('Debugger.scriptParsed', ({ params: { scriptId, url } }) => urls.set(scriptId, url));
  session.on('Debugger.paused', ({ params: { callFrames } }) => {
    const lines = callFrames.slice(0, 50).map(({ functionName, location }) =>
      '    at ' + (functionName || '<anonymous>') + ' (' + urls.get(location.scriptId) + ':' + (location.lineNumber + 1) + ':' + (location.columnNumber + 1) + ')');
    writeSync(2, '*** the event loop of worker process ' + process.pid + ' has been held for ' + (silentMs / 1000).toFixed(1) + ' s, here: ***\\n' + lines.join('\\n') + '\\n');
    session.post('Debugger.resume', end);
  });
  session.post('Debugger.enable');
  session.post('Debugger.pause');
}

let seen = Atomics.load(beats, 0);
let sinceMs = performance.now();
setInterval(() => {
  const beat = Atomics.load(beats, 0);
  const nowMs = performance.now();
  if (beat !== seen) {
    seen = beat;
    sinceMs = nowMs;
  } else if (nowMs - sinceMs >= limitMs && told !== beat) {
    told = beat;
    tell(nowMs - sinceMs);
  }
}, beatMs);
`;

/** @param harakiriSeconds 0: there is no harakiri */
export function watchStack(harakiriSeconds) {
  if (!(harakiriSeconds > 0)) return;
  const beats = new Int32Array(new SharedArrayBuffer(4));
  // The request began after the last beat, and is given up a second after its time: this lies between the two.
  const limitMs = Math.max(BEAT_MS * 2, harakiriSeconds * 1000 - BEAT_MS);
  const thread = new Worker(THREAD, {
    eval: true,
    workerData: { beats, limitMs, beatMs: BEAT_MS },
    resourceLimits: { maxOldGenerationSizeMb: 16, maxYoungGenerationSizeMb: 2 },
  });
  thread.on('error', () => {
    // Without it there is no stack in the log, and nothing else is amiss.
  });
  thread.unref();
  setInterval(() => Atomics.add(beats, 0, 1), BEAT_MS).unref();
}
