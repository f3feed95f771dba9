/**
 * What became of each version of a file: the last time a server read it before the next version came. Joined by time:
 * reload reports and starts know when, versions know from when to when they were on the disk. Pure.
 */
import type { ConfigVersion } from '../../contract/desk-model.ts';
import type { ConfigLoad, ConfigVersion as KeptVersion } from '../history/config-history.ts';
import type { LastLoad } from './last-load.ts';

export interface ServerState {
  isRunning: boolean;
  /** When it read its files, beside the loads that were noted: its start, a reload by other means. */
  seen: readonly LastLoad[];
}

type Result = NonNullable<ConfigVersion['result']>;

/** `versions` and `loads` newest first. */
export function withResults(
  versions: readonly KeptVersion[],
  loads: readonly ConfigLoad[],
  server: ServerState,
): ConfigVersion[] {
  return versions.map((version, i) => {
    const { id, atMs, kind, who, sha256, sizeBytes, summary } = version;
    const untilMs = i === 0 ? null : (versions[i - 1]?.mtimeMs ?? null);
    return { id, atMs, kind, who, sha256, sizeBytes, summary, result: resultOf(version, untilMs, loads, server) };
  });
}

function resultOf(
  { mtimeMs }: KeptVersion,
  untilMs: number | null,
  loads: readonly ConfigLoad[],
  server: ServerState,
): Result | null {
  const during = loads.filter((load) => load.atMs >= Math.floor(mtimeMs) && (untilMs === null || load.atMs < untilMs));
  const load = during.find(({ readsFiles }) => readsFiles === 1);
  if (load !== undefined) {
    return { status: load.status, text: wordsOf(load), atMs: load.atMs, reloadId: load.reloadId };
  }
  const { seen, isRunning } = server;
  const inTime = ({ atMs, slackMs }: LastLoad) => atMs + slackMs >= mtimeMs && (untilMs === null || atMs < untilMs);
  const other = seen.find(inTime);
  if (other !== undefined) {
    return { status: 'done', text: other.kind === 'start' ? 'started' : 'reloaded', atMs: other.atMs, reloadId: null };
  }
  if (untilMs !== null || !isRunning) return null;
  const [chain] = during;
  if (chain === undefined) return { status: 'waiting', text: 'not in effect', atMs: null, reloadId: null };
  const text = 'not in effect: only the workers were renewed';
  return { status: 'waiting', text, atMs: chain.atMs, reloadId: chain.reloadId };
}

function wordsOf({ kind, status }: ConfigLoad): string {
  if (kind === 'start') return status === 'failed' ? 'did not start' : 'started';
  return { done: 'reloaded', 'done-with': 'reloaded, with losses', stuck: 'reload stuck', failed: 'reload failed' }[
    status
  ];
}
