/**
 * What a monitor has found against what is known: new vassals are enlisted, changed ones reload, others end.
 */
import { curse, type Draft, log, refuse, reload, toleranceMs } from './vassal-draft.ts';
import { type FoundVassal, newVassal, type Vassal } from './vassal-state.ts';
import { TO_VASSAL } from './words.ts';

export function scanned(draft: Draft, monitor: number, found: readonly FoundVassal[]): void {
  const { vassals } = draft.state;
  const seen = new Set<string>();
  for (const one of found) {
    const key = keyOf(monitor, one.id);
    seen.add(key);
    const vassal = vassals.get(key);
    if (vassal === undefined) add(draft, key, newVassal(one, monitor, draft.nowMs));
    else compare(draft, key, vassal, one);
  }
  for (const [key, vassal] of vassals) {
    if (vassal.monitor === monitor && !seen.has(key)) remove(draft, key, vassal);
  }
}

export function keyOf(monitor: number, id: string): string {
  return `${monitor}:${id}`;
}

function add(draft: Draft, key: string, vassal: Vassal): void {
  draft.state.vassals.set(key, vassal);
  const { id, refusal } = vassal.found;
  if (refusal === null) return enlist(draft, key, vassal);
  log(draft, `vassal ${id} is not started: ${refusal}`);
  refuse(vassal, refusal);
}

/** To be started, now or when somebody connects. */
function enlist(draft: Draft, key: string, vassal: Vassal): void {
  const { onDemand } = vassal.found;
  if (onDemand === '') {
    vassal.status = 'waiting';
    vassal.nextMs = draft.nowMs;
    return;
  }
  vassal.status = 'on demand';
  draft.effects.push({ type: 'hold', key, socket: onDemand });
}

function compare(draft: Draft, key: string, vassal: Vassal, found: FoundVassal): void {
  const before = vassal.found;
  vassal.found = found;
  if (vassal.curse !== null) {
    // It has come back while its process still ends.
    if (vassal.curse.next === 'remove') vassal.curse.next = 'restart';
    return;
  }
  const isChanged = found.mark !== before.mark || found.config !== before.config;
  const isOwnerNew = draft.policy.isTyrant && (found.uid !== before.uid || found.gid !== before.gid);
  if (vassal.status === 'refused') {
    if (found.refusal !== before.refusal || isChanged) renew(draft, key, vassal);
  } else if (found.refusal !== null) {
    end(draft, key, vassal, found.refusal, 'restart');
  } else if (isOwnerNew) {
    end(draft, key, vassal, 'belongs to another user now', 'restart');
  } else if (found.onDemand !== before.onDemand) {
    draft.effects.push({ type: 'release', key });
    end(draft, key, vassal, 'has another socket now', 'restart');
  } else if (isChanged) {
    reload(draft, key, vassal);
  }
}

/** As if it had been found just now. */
export function renew(draft: Draft, key: string, vassal: Vassal): void {
  add(draft, key, { ...newVassal(vassal.found, vassal.monitor, draft.nowMs), strikes: vassal.strikes });
}

function remove(draft: Draft, key: string, vassal: Vassal): void {
  end(draft, key, vassal, 'its configuration is gone', 'remove');
}

/** Makes it end; what has no process is over at once. */
function end(draft: Draft, key: string, vassal: Vassal, why: string, next: 'remove' | 'restart'): void {
  if (vassal.curse !== null) {
    vassal.curse.next = next;
  } else if (vassal.status === 'starting') {
    // Its process is about to be there, and is told then.
    curse(draft, vassal, why, next, Number.POSITIVE_INFINITY);
  } else if (vassal.status === 'running') {
    const { gracefulShutdown } = draft.policy;
    draft.effects.push({ type: 'tell', key, byte: gracefulShutdown ? TO_VASSAL.stopGracefully : TO_VASSAL.stop });
    curse(draft, vassal, why, next, toleranceMs(draft));
  } else {
    over(draft, key, vassal, next);
  }
}

export function over(draft: Draft, key: string, vassal: Vassal, next: 'remove' | 'restart'): void {
  if (vassal.found.onDemand !== '') draft.effects.push({ type: 'release', key });
  if (next === 'restart' && !draft.state.isStopping) return renew(draft, key, vassal);
  draft.state.vassals.delete(key);
  log(draft, `removed uwsgi instance ${vassal.found.id}`);
}
