import ssh2 from 'ssh2';
import { expect, test } from 'vitest';
import { ManualClock } from '../testing/manual-clock.ts';
import { Ssh2Transport } from './ssh2-transport.ts';

/** A server behind a pulled cable: nothing is ever answered. */
class SilentClient extends ssh2.Client {
  asked: string[] = [];

  override exec(): this {
    this.asked.push('session');
    return this;
  }

  override unforwardIn(): this {
    this.asked.push('sign of life');
    return this;
  }

  override destroy(): this {
    this.asked.push('destroy');
    return this;
  }
}

test('a session that is not answered has the connection checked, which ends when that is not answered either', async () => {
  const clock = new ManualClock();
  const client = new SilentClient();
  const hop = {
    name: 'web1',
    user: 'u',
    hostName: 'web1',
    port: 22,
    proxyCommand: null,
    algorithms: {},
    connectTimeoutMs: null,
    keepAliveMs: null,
    identity: '',
  };
  const transport = new Ssh2Transport(client, hop, clock);
  const reasons: (Error | null)[] = [];
  transport.onClosed = (reason) => reasons.push(reason);
  transport.exec('true').catch(() => {});
  expect(client.asked).toEqual(['session']);
  await clock.pass(5_000);
  expect(client.asked).toEqual(['session', 'sign of life']);
  await clock.pass(5_000);
  expect(client.asked).toEqual(['session', 'sign of life', 'destroy']);
  expect(reasons).toMatchObject([{ code: 'ssh-silent' }]);
});
