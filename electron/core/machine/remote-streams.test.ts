import { PassThrough } from 'node:stream';
import { expect, it } from 'vitest';
import { CoreError } from '../errors.ts';
import type { SshHost, SshTransport } from '../ssh/ssh-transport.ts';
import type { RunningCommand } from './machine.ts';
import { RemoteStreams } from './remote-streams.ts';

it('polls take no session of a server that forwards, however many instances it has', async () => {
  const asked: string[] = [];
  const transport: SshTransport = {
    kind: 'ssh2',
    openStream: async () => {
      asked.push('channel');
      return new PassThrough();
    },
    exec: async () => {
      asked.push('session');
      return Promise.reject(new Error('not asked for'));
    },
    sftp: async () => null,
    onClosed: null,
    close: () => {},
  };
  const streams = new RemoteStreams({
    host: { transport: async () => transport, noteReadBy: () => {} },
    name: 'web1',
    spawn: async () => Promise.reject(new Error('not asked for')),
  });
  const { signal } = new AbortController();
  for (let i = 0; i < 5; i += 1) await streams.openStream({ type: 'unix', path: `/run/${i}` }, signal);
  expect(new Set(asked)).toEqual(new Set(['channel']));
});

it('a reader that does not tell in time whether a socket opens has its connection checked', async () => {
  const stdin = new PassThrough().resume();
  const stdout = new PassThrough();
  const { promise: ended } = Promise.withResolvers<{ code: number | null }>();
  const command: RunningCommand = { stdin, stdout, stderr: new PassThrough(), ended, kill: () => {} };
  let probes = 0;
  const transport: SshTransport = {
    kind: 'ssh2',
    openStream: async () => Promise.reject(new Error('not asked for')),
    exec: async () => command,
    sftp: async () => null,
    probe: () => {
      probes += 1;
    },
    onClosed: null,
    close: () => {},
  };
  const host: Pick<SshHost, 'transport' | 'noteReadBy'> = { transport: async () => transport, noteReadBy: () => {} };
  const streams = new RemoteStreams({ host, name: 'web1', spawn: async () => command });
  stdout.write('0 r 0\n');
  const controller = new AbortController();
  const opening = streams.openStream({ type: 'unix', path: '\0app' }, controller.signal);
  // The reader has begun when it is asked for the socket.
  stdin.on('data', (chunk: Buffer) => {
    if (chunk.toString().includes('O 1 ')) controller.abort();
  });
  await expect(opening).rejects.toThrow('given up');
  expect(probes).toBe(1);
});

it('a socket that is not there does not take the way from others on a host where no reader runs', async () => {
  const refusal = new CoreError('ssh-forward-refused', { host: 'web1', address: '/run/gone', reason: 'open failed' });
  const transport: SshTransport = {
    kind: 'ssh2',
    openStream: async (address) => {
      if (address.type === 'unix' && address.path === '/run/gone') throw refusal;
      return new PassThrough();
    },
    exec: async () => Promise.reject(new CoreError('ssh-no-reader', { host: 'web1', reason: 'no Python' })),
    sftp: async () => null,
    onClosed: null,
    close: () => {},
  };
  const streams = new RemoteStreams({
    host: { transport: async () => transport, noteReadBy: () => {} },
    name: 'web1',
    spawn: async () => Promise.reject(new Error('no sessions here')),
  });
  const { signal } = new AbortController();
  await expect(streams.openStream({ type: 'unix', path: '/run/gone' }, signal)).rejects.toBe(refusal);
  expect(await streams.openStream({ type: 'unix', path: '/run/shop' }, signal)).toBeInstanceOf(PassThrough);
});
