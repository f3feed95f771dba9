import { describe, expect, it } from 'vitest';
import type { Hop, HostState } from '../../../electron/contract/hosts-model.ts';
import type { Link } from '../../../electron/contract/model.ts';
import { chainOf, firstSentence, sshCommand, triesOf } from './link-chain.ts';

const LINK: Link = { status: 'waiting', reason: null, code: null, nextTryAtMs: null, lastAnswerAtMs: null, tries: [] };

function hop(name: string, status: Hop['status']): Hop {
  return { name, user: 'ops', host: '10.0.0.1', port: 22, status, text: null };
}

function host(status: HostState['status'], hops: Hop[], tries: HostState['tries'] = []): HostState {
  return {
    id: 'web1',
    status,
    reason: null,
    hint: null,
    code: null,
    nextTryAtMs: null,
    hops,
    transport: 'ssh2',
    offersSystem: false,
    readBy: null,
    connectedSinceMs: null,
    tries,
  };
}

const INSTANCE = { machine: 'web1', statsAddress: 'ssh://web1/run/uwsgi/app.stats', link: LINK };

describe('the chain to a stats socket', () => {
  it('breaks at the first machine that was not reached; what is behind it is not known', () => {
    const chain = chainOf(INSTANCE, host('waiting', [hop('bastion', 'failed'), hop('web1', 'not-reached')]));
    expect(chain.map(({ name, status }) => [name, status])).toEqual([
      ['bastion', 'broken'],
      ['web1', 'unknown'],
      ['app.stats', 'unknown'],
    ]);
  });

  it('breaks at the second machine when the first one is signed in to', () => {
    const chain = chainOf(INSTANCE, host('connecting', [hop('bastion', 'ready'), hop('web1', 'trying')]));
    expect(chain.map(({ status }) => status)).toEqual(['ok', 'broken', 'unknown']);
  });

  it('breaks at the socket when its host is connected', () => {
    const chain = chainOf(INSTANCE, host('ready', [hop('web1', 'ready')]));
    expect(chain.map(({ name, status }) => [name, status])).toEqual([
      ['web1', 'ok'],
      ['app.stats', 'broken'],
    ]);
  });

  it('waits for its user where a machine asks', () => {
    expect(chainOf(INSTANCE, host('asking', [hop('web1', 'asking')]))[0]?.status).toBe('asking');
  });

  it('is only the socket on this machine', () => {
    expect(chainOf({ ...INSTANCE, machine: 'local', statsAddress: '127.0.0.1:1717' }, null)).toEqual([
      { name: '127.0.0.1:1717', address: null, status: 'broken' },
    ]);
  });

  it.each([
    ['ssh://web1/run/uwsgi/app.stats', 'app.stats', '/run/uwsgi'],
    ['ssh://web1/127.0.0.1:1717', '127.0.0.1:1717', null],
    ['ssh://web1/@app', '@app', null],
    ['ssh://web1/http://127.0.0.1:1717', 'http://127.0.0.1:1717', null],
  ])('names the socket of %s', (statsAddress, name, address) => {
    expect(chainOf({ ...INSTANCE, statsAddress }, host('ready', [])).at(-1)).toMatchObject({ name, address });
  });
});

it('tells what was tried for the instance and for its host in the order of time', () => {
  const link = {
    ...LINK,
    tries: [
      { atMs: 3, ok: false, text: 'c' },
      { atMs: 5, ok: false, text: 'e' },
    ],
  };
  const state = host('waiting', [], [{ atMs: 4, ok: false, text: 'd' }]);
  expect(triesOf(link, state, 2).map(({ text }) => text)).toEqual(['d', 'e']);
});

it('tells one failure once, though the host and its instance both keep it', () => {
  const link = { ...LINK, tries: [{ atMs: 1_000, ok: false, text: 'refused' }] };
  const tries = [
    { atMs: 1_001, ok: false, text: 'refused' },
    { atMs: 9_000, ok: false, text: 'refused' },
  ];
  expect(triesOf(link, host('waiting', [], tries), 6).map(({ atMs }) => atMs)).toEqual([1_000, 9_000]);
});

it.each([
  ['web1.ams refuses connections on port 22.', 'web1.ams refuses connections on port 22', ''],
  [
    'The key of web1.ams is another. It sent a.b. Nothing was sent.',
    'The key of web1.ams is another',
    'It sent a.b. Nothing was sent.',
  ],
  ['connection reset', 'connection reset', ''],
])('has a title and further words: %s', (reason, title, rest) => {
  expect(firstSentence(reason)).toEqual({ title, rest });
});

it.each([
  ['bastion.ams', 'ssh -v -o ConnectTimeout=5 bastion.ams true'],
  ['ops@bastion.ams:2222', 'ssh -v -o ConnectTimeout=5 -p 2222 ops@bastion.ams true'],
  ['ops@[2001:db8::1]:2222', 'ssh -v -o ConnectTimeout=5 -p 2222 ops@2001:db8::1 true'],
  ['[2001:db8::1]', 'ssh -v -o ConnectTimeout=5 2001:db8::1 true'],
])('the way to %s can be tried with %s', (destination, command) => {
  expect(sshCommand(destination)).toBe(command);
});
