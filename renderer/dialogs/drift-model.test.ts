import { expect, it } from 'vitest';
import type { ConfigDrift } from '../../electron/contract/desk-model.ts';
import { createFakeWorld } from '../testing/fake-world.ts';
import { type DriftFound, driftGroups, driftWords } from './drift-model.ts';

const instances = [...createFakeWorld(0, 1).servers.values()]
  .map(({ instance }) => instance)
  .filter(({ name }) => ['cart', 'catalog', 'reports'].includes(name));

function found(status: ConfigDrift['status'], options: readonly string[] = []): DriftFound {
  const changes = options.map((name) => ({
    name,
    type: 'changed' as const,
    before: [],
    after: [],
    needs: 'reload' as const,
  }));
  return { type: 'found', drift: { status, loadedAtMs: null, basis: 'It says why.', notes: [], changes } };
}

it('brings groups with drift to the top, and in them the instances that have it', () => {
  const results = new Map<string, DriftFound>([
    ['cart', found('same')],
    ['catalog', { type: 'failed', reason: 'No link.' }],
    ['reports', found('drift', ['processes', 'harakiri', 'processes', 'listen', 'threads', 'cheaper'])],
  ]);
  const groups = driftGroups(instances, results, 'tag');
  expect(groups.map(({ title, drifted }) => [title, drifted])).toEqual([
    ['jobs', 1],
    ['prod-eu', 0],
  ]);
  expect(groups.flatMap(({ lines }) => lines.map(({ level, words }) => [level, words]))).toEqual([
    ['warn', 'not in effect: processes, harakiri, listen, threads and 1 more'],
    ['lost', 'No link.'],
    ['ok', 'runs what is on the disk'],
  ]);
  expect(driftWords(groups, 3, 3)).toBe('1 of 3 have drift, in 1 group. 1 of them is not known.');
});

it('says how far it is, and that there is none', () => {
  expect(driftWords([], 1, 3)).toBe('Reading 2 of 3');
  expect(driftWords(driftGroups(instances, new Map(), 'tag'), 3, 3)).toBe('No drift was found.');
});
