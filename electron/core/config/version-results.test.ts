import { expect, it } from 'vitest';
import type { ConfigLoad, ConfigVersion } from '../history/config-history.ts';
import { type ServerState, withResults } from './version-results.ts';

function version(mtimeMs: number): ConfigVersion {
  const fixed = { path: '/a.ini', sha256: 'x', sizeBytes: 1, kind: 'saved', who: null, summary: null } as const;
  return { ...fixed, id: mtimeMs, atMs: mtimeMs, mtimeMs };
}

function load(atMs: number, status: ConfigLoad['status'] = 'done', readsFiles = 1): ConfigLoad {
  return { atMs, kind: 'reload', status, title: '', reloadId: `r${atMs}`, readsFiles };
}

const RUNNING: ServerState = { isRunning: true, seen: [{ atMs: 5, kind: 'start', slackMs: 0 }] };

function texts(versions: ConfigVersion[], loads: ConfigLoad[], server = RUNNING): (string | null)[] {
  return withResults(versions, loads, server).map(({ result }) => result?.text ?? null);
}

it('a version has the last reload before the next one', () => {
  const loads = [load(25, 'stuck'), load(22, 'failed'), load(15)];
  expect(texts([version(20), version(10), version(1)], loads)).toEqual(['reload stuck', 'reloaded', 'started']);
});

it('a version that nobody read is waiting while it is the newest and something runs', () => {
  expect(texts([version(30), version(20)], [])).toEqual(['not in effect', null]);
  expect(texts([version(30)], [], { isRunning: false, seen: [] })).toEqual([null]);
});

it('a reload of the workers only reads nothing', () => {
  const [only] = withResults([version(30)], [load(31, 'done', 0)], RUNNING);
  expect(only?.result).toMatchObject({ status: 'waiting', reloadId: 'r31' });
});

it('the time of a process is known to the second only', () => {
  const seen = [{ atMs: 29_500, kind: 'start', slackMs: 1_000 } as const];
  expect(texts([version(30_000)], [], { isRunning: true, seen })).toEqual(['started']);
});
