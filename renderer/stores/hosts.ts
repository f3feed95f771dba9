/**
 * Hosts behind SSH: the list, how far the way to each has come, and what only the user can answer. The list is fetched,
 * states and questions come as events. Answers pass through and are not kept here: they may be secrets.
 */
import { createStore, type StoreApi } from 'zustand/vanilla';
import type {
  HostEntry,
  HostState,
  SshAnswer,
  SshQuestion,
  TransportChoice,
} from '../../electron/contract/hosts-model.ts';
import { type Client, type Failure, failureOf } from '../client.ts';

export interface HostsState {
  status: 'loading' | 'ready' | 'failed';
  failure: Failure | null;
  entries: readonly HostEntry[];
  /** By MachineId; a host that was never used has none. */
  byId: Readonly<Record<string, HostState>>;
  /** Oldest first. */
  questions: readonly SshQuestion[];
}

export interface HostsStore extends StoreApi<HostsState> {
  refresh(): Promise<void>;
  /** Resolves to the host's state, whose `id` is the destination in its one spelling. */
  connect(destination: string, transport?: TransportChoice): Promise<HostState>;
  disconnect(machine: string): Promise<void>;
  /** Out of the list. */
  forget(machine: string): Promise<void>;
  answer(questionId: string, answer: SshAnswer): Promise<void>;
  dispose(): void;
}

const EMPTY: HostsState = { status: 'loading', failure: null, entries: [], byId: {}, questions: [] };

export function createHostsStore(client: Client): HostsStore {
  const store = createStore<HostsState>(() => EMPTY);

  async function refresh(): Promise<void> {
    try {
      const [{ entries }, { questions }] = await Promise.all([
        client.call('hosts.list', {}),
        client.call('ssh.questions', {}),
      ]);
      store.setState({ ...withEntries(entries), questions, status: 'ready', failure: null });
    } catch (error) {
      // A closed link is shown by the link itself.
      if (client.attached) store.setState({ status: 'failed', failure: failureOf(error) });
    }
  }

  function takeStates(hosts: readonly HostState[]): void {
    const state = store.getState();
    store.setState({ byId: withStates(state.byId, hosts) });
    const isNew = hosts.some(({ id }) => !state.entries.some((entry) => entry.id === id));
    if (isNew && state.status === 'ready') void refresh();
  }

  const stops = [
    client.on('hosts.changed', ({ hosts }) => takeStates(hosts)),
    client.on('ssh.questions', ({ questions }) => store.setState({ questions })),
    client.onAttachment((attached) => {
      if (attached) void refresh();
    }),
  ];
  if (client.attached) void refresh();

  return Object.assign(store, {
    refresh,
    async connect(destination: string, transport?: TransportChoice) {
      const host = await client.call('hosts.connect', { destination, ...(transport ? { transport } : {}) });
      takeStates([host]);
      return host;
    },
    async disconnect(machine: string) {
      await client.call('hosts.disconnect', { machine });
    },
    async forget(machine: string) {
      await client.call('hosts.forget', { machine });
      await refresh();
    },
    async answer(questionId: string, answer: SshAnswer) {
      await client.call('ssh.answer', { questionId, answer });
    },
    dispose() {
      for (const stop of stops) stop();
    },
  });
}

function withEntries(entries: readonly HostEntry[]): Pick<HostsState, 'entries' | 'byId'> {
  const states = entries.flatMap(({ state }) => (state === null ? [] : [state]));
  return { entries, byId: withStates({}, states) };
}

export function withStates(byId: HostsState['byId'], hosts: readonly HostState[]): HostsState['byId'] {
  return { ...byId, ...Object.fromEntries(hosts.map((host) => [host.id, host])) };
}

/** What a host waits for: its own question, or one of a machine on its way that another host asked first. */
export function questionOf(questions: readonly SshQuestion[], host: HostState | undefined): SshQuestion | null {
  if (host === undefined) return null;
  const own = questions.find(({ machineId }) => machineId === host.id);
  if (own !== undefined) return own;
  const asking = host.hops.find(({ status }) => status === 'asking');
  if (asking === undefined) return null;
  const isSame = ({ hop }: SshQuestion) =>
    hop.host === asking.host && hop.port === asking.port && hop.user === asking.user;
  return questions.find(isSame) ?? null;
}
