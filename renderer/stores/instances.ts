/**
 * All instances and the status line: a snapshot, then changes with a sequence number; a gap means a new snapshot.
 * `applyChange` is pure; the store only fetches, subscribes and remembers.
 */
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { EventPayload, Result } from '../../electron/contract/api.ts';
import { decodeFigures } from '../../electron/contract/figures-row.ts';
import type { FleetView } from '../../electron/contract/fleet-model.ts';
import type { FiguresRow, Instance, Status } from '../../electron/contract/model.ts';
import { type Client, type Failure, failureOf } from '../client.ts';

export interface InstancesState {
  status: 'loading' | 'ready' | 'failed';
  failure: Failure | null;
  seq: number;
  byId: Readonly<Record<string, Instance>>;
  /** In the order the core gave them; pages sort for themselves. */
  ids: readonly string[];
  totals: Status | null;
}

export interface InstancesStore extends StoreApi<InstancesState> {
  /** Puts an instance that a call gave into the list at once, before the event does. */
  adopt(instance: Instance): void;
  dispose(): void;
}

const EMPTY: InstancesState = { status: 'loading', failure: null, seq: 0, byId: {}, ids: [], totals: null };

export function createInstancesStore(client: Client): InstancesStore {
  const store = createStore<InstancesState>(() => EMPTY);
  let isFetching = false;
  let isAgain = false;

  async function fetchSnapshot(): Promise<void> {
    if (isFetching) {
      isAgain = true;
      return;
    }
    isFetching = true;
    try {
      do {
        isAgain = false;
        store.setState(fromSnapshot(await client.call('instances.list', {})));
      } while (isAgain);
    } catch (error) {
      // A closed link is shown by the link itself; figures stay until it is back.
      if (client.attached) store.setState({ status: 'failed', failure: failureOf(error) });
    } finally {
      isFetching = false;
    }
  }

  const stops = [
    client.on('instances.changed', (change) => {
      const next = applyChange(store.getState(), change);
      if (next === 'gap') void fetchSnapshot();
      else store.setState(next);
    }),
    client.onAttachment((attached) => {
      if (attached) void fetchSnapshot();
    }),
  ];
  if (client.attached) void fetchSnapshot();

  return Object.assign(store, {
    adopt(instance: Instance) {
      store.setState(withInstances(store.getState(), [instance], []));
    },
    dispose() {
      for (const stop of stops) stop();
    },
  });
}

export function fromSnapshot({ seq, instances, status }: Result<'instances.list'>): InstancesState {
  return {
    status: 'ready',
    failure: null,
    seq,
    byId: Object.fromEntries(instances.map((instance) => [instance.id, instance])),
    ids: instances.map((instance) => instance.id),
    totals: status,
  };
}

/** The state after one change, or `gap` when a change before it was missed (or no snapshot is there yet). */
export function applyChange(state: InstancesState, change: EventPayload<'instances.changed'>): InstancesState | 'gap' {
  if (state.status !== 'ready') return 'gap';
  if (change.seq <= state.seq) return state;
  if (change.seq !== state.seq + 1) return 'gap';
  const changed = [...change.changed, ...change.figures.flatMap((row) => withFigures(state, row))];
  return { ...withInstances(state, changed, change.removed), seq: change.seq, totals: change.status };
}

/** The instance with newer figures; its link answered at their time. */
function withFigures(state: InstancesState, row: FiguresRow): Instance[] {
  const instance = state.byId[row[0]];
  if (instance === undefined) return [];
  const figures = decodeFigures(row);
  return [{ ...instance, figures, link: { ...instance.link, lastAnswerAtMs: figures.atMs } }];
}

function withInstances(
  state: InstancesState,
  changed: readonly Instance[],
  removed: readonly string[],
): InstancesState {
  if (changed.length === 0 && removed.length === 0) return state;
  const byId: Record<string, Instance> = { ...state.byId };
  for (const instance of changed) byId[instance.id] = instance;
  for (const id of removed) delete byId[id];
  const isNew = changed.some((instance) => state.byId[instance.id] === undefined);
  if (!isNew && removed.length === 0) return { ...state, byId };
  const known = state.ids.filter((id) => byId[id] !== undefined);
  const added = changed.map((instance) => instance.id).filter((id) => byId[id] !== undefined && !known.includes(id));
  return { ...state, byId, ids: [...known, ...added] };
}

const SEVERITY: Record<Instance['health']['level'], number> = { crit: 0, warn: 1, lost: 2, ok: 3, off: 4 };

/** Trouble first, then by name. */
export function byTrouble(a: Instance, b: Instance): number {
  return (
    SEVERITY[a.health.level] - SEVERITY[b.health.level] || a.name.localeCompare(b.name) || a.id.localeCompare(b.id)
  );
}

export type GroupBy = FleetView['groupBy'];

/** Heading an instance stands under, in the rail and in the fleet. */
export function groupOf({ group, hostName, machine, tags }: Instance, groupBy: GroupBy): string {
  if (groupBy === 'tag') return tags[0] ?? group;
  return machine === 'local' ? 'local' : hostName;
}

/** This machine first, then by name. */
export function byGroupName(a: string, b: string): number {
  return Number(b === 'local') - Number(a === 'local') || a.localeCompare(b, undefined, { numeric: true });
}

/** A filter that shows just one group. */
export function filterOfGroup(group: string, groupBy: GroupBy): string {
  const name = groupBy === 'host' ? 'host' : 'group';
  return /\s/.test(group) ? `${name}:"${group}"` : `${name}:${group}`;
}

/** What belongs on the Alerts page, worst first; what is muted does not. */
export function inTrouble(
  instances: readonly Instance[],
  mutedUntilMs: Readonly<Record<string, number>>,
  nowMs: number,
): Instance[] {
  return instances
    .filter(({ id }) => (mutedUntilMs[id] ?? 0) <= nowMs)
    .filter(({ health }) => health.level === 'crit' || health.level === 'warn' || health.level === 'lost')
    .sort(byTrouble);
}
