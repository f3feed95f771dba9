/**
 * What each event means for a generation's zygote in each of its phases; every pair is written down. A zygote that
 * dies takes nothing with it: its workers serve on, and a new one is loaded for the next fork.
 */
import { type Draft, forgetWorker, log } from './draft.ts';
import type { Ending, ZygoteEvent } from './events.ts';
import { type Generation, workersOf } from './machine-state.ts';
import { abandonReload, failStart } from './reload.ts';
import { describeEnding, orphaned } from './worker-events.ts';

const MAX_RETRY_MS = 30_000;
/** A zygote that dies sooner than this after it was ready is as good as one that never was. */
const EARLY_DEATH_MS = 1000;

export function handleZygoteEvent(draft: Draft, generation: Generation, event: ZygoteEvent): void {
  switch (event.type) {
    case 'zygote-loaded':
      return loaded(draft, generation, event);
    case 'zygote-load-failed':
      return loadFailed(draft, generation, event.text);
    case 'zygote-exited':
      return exited(draft, generation, event);
  }
}

function loaded(draft: Draft, generation: Generation, event: Extract<ZygoteEvent, { type: 'zygote-loaded' }>): void {
  switch (generation.zygote) {
    case 'loading':
      generation.zygote = 'ready';
      generation.zygoteReadyMs = draft.nowMs;
      generation.hasLoaded = true;
      generation.apps = event.apps;
      return;
    case 'none':
    case 'ready':
    case 'leaving':
    case 'killed':
      return;
  }
}

function loadFailed(draft: Draft, generation: Generation, text: string): void {
  switch (generation.zygote) {
    case 'loading':
      // The process exits by itself.
      if (generation.role === 'incoming') return abandonReload(draft, text);
      if (!generation.hasLoaded) return failStart(draft, 22, `the application could not be loaded: ${text}`);
      log(draft, `*** the application could not be loaded again: ${text}; the running workers serve on ***`);
      return;
    case 'none':
    case 'ready':
    case 'leaving':
    case 'killed':
      return;
  }
}

function exited(draft: Draft, generation: Generation, ending: Ending): void {
  const before = generation.zygote;
  generation.zygote = 'none';
  generation.zygoteDeadlineMs = null;
  for (const worker of workersOf(draft.state, generation.number)) {
    // Without a pid: a fork that was asked for and never came.
    if (worker.pid === 0) forgetWorker(draft, worker);
    else orphaned(draft, worker, generation);
  }
  switch (before) {
    case 'none':
    case 'leaving':
    case 'killed':
      return;
    case 'loading':
    case 'ready':
      break;
  }
  const what = `the zygote of generation ${generation.number} ${describeEnding(ending)}`;
  if (generation.role === 'outgoing') return;
  if (generation.role === 'incoming') return abandonReload(draft, what);
  if (!generation.hasLoaded)
    return failStart(draft, ending.code === 22 ? 22 : 1, `${what} before it had loaded the application`);
  const hasLived = before === 'ready' && draft.nowMs - generation.zygoteReadyMs >= EARLY_DEATH_MS;
  generation.zygoteFailures = hasLived ? 1 : generation.zygoteFailures + 1;
  // The first time at once; one that dies again and again does not make a hot loop of it.
  const isFirst = before === 'ready' && generation.zygoteFailures === 1;
  const delayMs = isFirst ? 0 : Math.min(MAX_RETRY_MS, 500 * 2 ** Math.min(generation.zygoteFailures, 10));
  generation.zygoteNotBeforeMs = draft.nowMs + delayMs;
  log(draft, `*** ${what}; loading the application again${delayMs > 0 ? ` in ${delayMs / 1000} s` : ''} ***`);
}
