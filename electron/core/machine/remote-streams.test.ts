import { PassThrough } from 'node:stream';
import { expect, it } from 'vitest';
import type { SshHost, SshTransport } from '../ssh/ssh-transport.ts';
import type { RunningCommand } from './machine.ts';
import { RemoteStreams } from './remote-streams.ts';

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
  const streams = new RemoteStreams(host, 'web1', () => 0);
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
