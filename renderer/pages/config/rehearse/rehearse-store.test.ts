import { expect, it } from 'vitest';
import {
  type EventName,
  type EventPayload,
  type MethodName,
  methods,
  type Params,
  type Result,
} from '../../../../electron/contract/api.ts';
import type { Rehearsal } from '../../../../electron/contract/rehearsal.ts';
import { RpcError } from '../../../../electron/rpc/errors.ts';
import type { Client } from '../../../client.ts';
import { createRehearseStore } from './rehearse-store.ts';
import { doingWords, insteadWords, lineGroups, placeWords } from './rehearse-words.ts';

type Listeners = { [E in EventName]?: Set<(payload: EventPayload<E>) => void> };
const results: { [M in MethodName]: { result: { parse(raw: unknown): Result<M> } } } = methods;

const PATH = '/srv/shop.ini';

function rehearsal(more: Partial<Rehearsal> = {}): Rehearsal {
  return {
    instanceId: 'shop',
    path: PATH,
    startedAtMs: 0,
    endedAtMs: null,
    steps: [
      { id: 'read', status: 'done', detail: '' },
      { id: 'app', status: 'running', detail: '' },
    ],
    verdict: null,
    problems: [],
    lines: [],
    app: null,
    appLoadMs: null,
    workers: null,
    answer: null,
    log: [],
    ...more,
  };
}

const DONE = { status: 'done' as const, title: 'Done', detail: '' };

/** A client whose answers are queued by the test, and which passes on what the test emits. */
function setUp(answers: unknown[], newest: Rehearsal | null = null) {
  const calls: [string, unknown][] = [];
  const listeners: Listeners = {};
  const client: Pick<Client, 'call' | 'on'> = {
    call: async <M extends MethodName>(method: M, params: Params<M>): Promise<Result<M>> => {
      calls.push([method, params]);
      const answer = method === 'rehearse.newest' ? { rehearsal: newest } : answers.shift();
      if (answer instanceof Error) throw answer;
      return results[method].result.parse(answer);
    },
    on: <E extends EventName>(event: E, listen: (payload: EventPayload<E>) => void) => {
      const known: Set<(payload: EventPayload<E>) => void> = listeners[event] ?? new Set();
      known.add(listen);
      Object.assign(listeners, { [event]: known });
      return () => known.delete(listen);
    },
  };
  const store = createRehearseStore(client, 'shop');
  store.follow();
  const emit = (data: Rehearsal): void => listeners['rehearse.changed']?.forEach((listen) => listen(data));
  return { store, calls, emit };
}

it('asks for consent before the application is loaded, and goes on with its digest', async () => {
  const consent = { digest: 'd1', app: ['module = shop'], user: 'app', folder: '/srv', hasServerEnvironment: true };
  const { store, calls } = setUp([
    { status: 'consent', consent },
    { status: 'started', rehearsal: rehearsal() },
  ]);
  await store.start('[uwsgi]');
  expect(store.getState()).toMatchObject({ status: 'consent', text: '[uwsgi]' });
  await store.start('[uwsgi]', 'd1');
  expect(calls.at(-1)).toEqual(['rehearse.start', { instanceId: 'shop', text: '[uwsgi]', consent: 'd1' }]);
  expect(store.getState().status).toBe('shown');
});

it('shows the course as it comes, of its own instance and until it is closed', async () => {
  const { store, emit } = setUp([{ status: 'started', rehearsal: rehearsal() }]);
  await store.start('');
  emit(rehearsal({ instanceId: 'other', verdict: DONE }));
  expect(store.getState()).toMatchObject({ rehearsal: { verdict: null } });
  emit(rehearsal({ verdict: DONE }));
  expect(store.getState()).toMatchObject({ rehearsal: { verdict: DONE } });
  store.close();
  emit(rehearsal());
  expect(store.getState().status).toBe('closed');
});

it('keeps the end that came before the answer', async () => {
  const { store, emit } = setUp([{ status: 'started', rehearsal: rehearsal() }]);
  const started = store.start('');
  emit(rehearsal({ verdict: DONE }));
  await started;
  expect(store.getState()).toMatchObject({ rehearsal: { verdict: DONE } });
});

it('shows the one that still runs when it is asked for another', async () => {
  const runs = new RpcError({ code: 'rehearse-running', message: 'One runs.', hint: null });
  const { store } = setUp([runs], rehearsal());
  store.close();
  await store.start('');
  expect(store.getState()).toMatchObject({ status: 'shown', rehearsal: { verdict: null } });
});

it('says why a rehearsal was not started', async () => {
  const { store } = setUp([new Error('no core')]);
  await store.start('');
  expect(store.getState()).toMatchObject({ status: 'failed', failure: { message: 'no core' } });
});

it('has lines that could not be rehearsed first, and places as short as they can be', () => {
  const line = { file: PATH, line: 4, option: 'socket', value: ':1', instead: '127.0.0.1:40000', why: null };
  const groups = lineGroups([
    { ...line, kind: 'moved' },
    { ...line, kind: 'not-supported', instead: null },
  ]);
  expect(groups.map(({ title }) => title)).toEqual(['The engine cannot rehearse these', 'Moved aside']);
  expect(placeWords(PATH, line)).toBe('4');
  expect(placeWords(PATH, { file: '/srv/more.ini', line: 2 })).toBe('more.ini:2');
  expect(placeWords(PATH, { file: 'command line', line: 0 })).toBe('command line');
  expect(insteadWords('/data/run/rehearse-1-abcdef/3')).toBe('…/3');
  expect(doingWords(rehearsal())).toBe('Loading the application.');
});
