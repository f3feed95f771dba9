/**
 * Drift: what is on the disk and not in effect. The running server read its files at its start or at its last reload;
 * what they said then is what they say now when they are older than that, otherwise the newest version kept from before.
 * What only a restart brings into effect is compared with the start. Says what is known and what is not.
 */
import { compareEffective, type SemanticChange, type SettingValue } from '../../../engine/config/semantic-diff.ts';
import type { ConfigChange, ConfigDrift } from '../../contract/desk-model.ts';
import type { ConfigHistory } from '../history/config-history.ts';
import type { Instance } from '../instances/instance.ts';
import type { Ports } from '../ports.ts';
import { count } from '../words.ts';
import { configPathOf } from './config-path.ts';
import { placeOf } from './config-versions.ts';
import { findLastLoad, type LastLoad, mtimeOf, oldestSpawnMs, startOf } from './last-load.ts';
import { clockAheadMs } from './machine-clock.ts';
import { type OptionReading, readingOf, readOptions, toOrigin } from './option-reading.ts';

/** Workers that are this much younger than the last known reload were renewed by another one. */
const YOUNGER_MS = 15_000;

/** What was read at its beginning counts to its end, which behind a slow link may be seconds away. */
const ONE_LOOK_MS = 10_000;

/** Files as they were when the server read them; `missing`: one that is not known any more. */
interface FilesThen {
  texts: Map<string, string>;
  missing: string | null;
}

export async function findDrift(instance: Instance, history: ConfigHistory, ports: Ports): Promise<ConfigDrift> {
  const { name } = instance.record;
  const none = { loadedAtMs: null, notes: [], changes: [] };
  if (instance.monitor.link.status !== 'attached' && instance.runner?.state.status !== 'running') {
    return {
      ...none,
      status: 'stopped',
      basis: `${name} does not answer: nothing runs that could differ from its file.`,
    };
  }
  const now = await readingOf(instance, ports);
  const disk = await readOptions(now);
  const reading = { ...now, ageMs: ONE_LOOK_MS };
  if (disk.problems.length > 0) {
    const basis = 'The file on the disk can not be read to its end, so it can not be compared.';
    return { ...none, status: 'unknown', basis, notes: disk.problems };
  }
  const path = configPathOf(instance);
  const start = startOf(instance, history);
  const load = await findLastLoad(instance, history, path);
  if (start === null || load === null) {
    const basis = `Since when ${name} runs is not known: its process can not be seen from here.`;
    return { ...none, status: 'unknown', basis };
  }
  const loadedAtMs = load.atMs - (await clockAheadMs(instance.machine));
  const then = await filesAt(reading, path, load, history);
  if (then.missing !== null) {
    const basis = `What ${then.missing} said when ${name} read it is not known: it was changed since, and no version from before is kept.`;
    return { ...none, loadedAtMs, status: 'unknown', basis };
  }
  const changes = await changesSince(reading, path, then, load, start, history);
  return {
    status: changes.length > 0 ? 'drift' : 'same',
    loadedAtMs,
    basis:
      load.kind === 'start'
        ? `Compared with what ${name} read at its start.`
        : 'Compared with what the last reload read.',
    notes: notesOf(instance, load),
    changes,
  };
}

/** As pages show it. */
export function toChange({ name, type, before, after, effect }: SemanticChange): ConfigChange {
  return { name, type, before: before.map(toValue), after: after.map(toValue), needs: effect };
}

function toValue(value: SettingValue): ConfigChange['before'][number] {
  return { ...value, origin: toOrigin(value.origin) };
}

async function changesSince(
  reading: OptionReading,
  path: string,
  then: FilesThen,
  load: LastLoad,
  start: LastLoad,
  history: ConfigHistory,
): Promise<ConfigChange[]> {
  const disk = await readOptions(reading);
  const changes = compareEffective((await readOptions(reading, then.texts)).options, disk.options, reading.server);
  if (load.kind === 'start') return changes.map(toChange);
  const atStart = await filesAt(reading, path, start, history);
  if (atStart.missing !== null) return changes.map(toChange);
  const before = await readOptions(reading, atStart.texts);
  const sinceStart = compareEffective(before.options, disk.options, reading.server);
  return [
    ...changes.filter(({ effect }) => effect !== 'restart'),
    ...sinceStart.filter(({ effect }) => effect === 'restart'),
  ].map(toChange);
}

/** Follows the includes of the text of then: files that came or went since are no part of the question. */
export async function filesAt(
  reading: OptionReading,
  path: string,
  load: LastLoad,
  history: ConfigHistory,
): Promise<FilesThen> {
  const texts = new Map<string, string>();
  const examined = new Set<string>();
  for (let next: string | undefined = path; next !== undefined; ) {
    examined.add(next);
    if ((await mtimeOf(reading.machine, next)) > load.atMs + load.slackMs) {
      const version = history.versionAt(await placeOf(reading.machine, next), load.atMs + load.slackMs);
      const text = version === null ? null : history.textOf(version);
      if (text === null) return { texts, missing: next };
      texts.set(next, text);
    }
    const { files, problems } = await readOptions(reading, texts);
    if (problems.length > 0) return { texts, missing: problems[0] ?? next };
    next = files.find((file) => !examined.has(file));
  }
  return { texts, missing: null };
}

function notesOf(instance: Instance, load: LastLoad): string[] {
  const spawnedAtMs = oldestSpawnMs(instance);
  if (spawnedAtMs === null || spawnedAtMs < load.atMs + YOUNGER_MS) return [];
  const workers = instance.monitor.document?.workers.length ?? 0;
  return [
    `${count(workers, 'worker is', 'workers are')} younger than that: a reload that Reeve did not see may have read the file since.`,
  ];
}
