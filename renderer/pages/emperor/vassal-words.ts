/** Figures of a vassal as the page writes them. Pure. */
import type { VassalRow } from '../../../electron/contract/emperor-model.ts';
import { formatCount, UNKNOWN_TEXT } from '../../format/quantity.ts';
import { formatClock, formatLongTime } from '../../format/time.ts';

export function upWords({ upSinceMs }: VassalRow, nowMs: number): string {
  return upSinceMs === null ? UNKNOWN_TEXT : formatLongTime(Math.max(0, nowMs - upSinceMs));
}

/** `in 12 s`; when its time has come: with the emperor's next look. */
export function nextWords({ blacklist }: VassalRow, nowMs: number): string {
  const nextAtMs = blacklist?.nextAtMs ?? null;
  if (nextAtMs === null) return UNKNOWN_TEXT;
  return nextAtMs <= nowMs ? 'now' : `in ${formatLongTime(nextAtMs - nowMs)}`;
}

export function ownerWords({ uid, gid }: VassalRow): string {
  return uid === null || gid === null ? UNKNOWN_TEXT : `${uid}:${gid}`;
}

export function factsOf(row: VassalRow, nowMs: number): [string, string][] {
  const { blacklist } = row;
  const at = (atMs: number | null): string => formatClock(atMs, nowMs);
  const facts: [string, string][] = [
    ['Configuration', row.configPath ?? UNKNOWN_TEXT],
    ['Announced by', row.monitor ?? UNKNOWN_TEXT],
    ['Process', row.pid === null ? UNKNOWN_TEXT : String(row.pid)],
    ['Up', upWords(row, nowMs)],
    ['Respawns', formatCount(row.respawns)],
    ['User and group', ownerWords(row)],
    ['File of', at(row.changedAtMs)],
    ['Ready since', at(row.readyAtMs)],
    ['Loyal since', at(row.loyalAtMs)],
    ['Heartbeat', at(row.heartbeatAtMs)],
  ];
  if (row.onDemand !== null) facts.push(['Socket on demand', row.onDemand]);
  if (blacklist !== null) {
    facts.push(
      ['Died early', `${formatCount(blacklist.attempts)} in a row`],
      ['First, last', `${at(blacklist.firstAtMs)}, ${at(blacklist.lastAtMs)}`],
      ['Present wait', formatLongTime(blacklist.waitMs)],
      ['Next start', nextWords(row, nowMs)],
    );
  }
  return facts;
}
