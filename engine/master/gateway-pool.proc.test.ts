/** Gateway threads that crash: started again, later each time, with what they must know. */
import { describe, expect, it } from 'vitest';
import type { GatewayBoot } from '../gateway/messages.ts';
import { plainGatewayOptions } from '../gateway/testing/gateway-options.ts';
import { createScoreboard } from '../scoreboard.ts';
import { waitFor } from '../testing/engine-process.ts';
import { GatewayPool } from './gateway-pool.ts';

const SCRIPT = new URL('testing/crashing-thread.ts', import.meta.url);

function bootOf(workerEndpoint: string): Omit<GatewayBoot, 'gatewayId' | 'gatewayCount'> {
  const options = plainGatewayOptions({ hostname: 'first' });
  return {
    scoreboard: createScoreboard().buffer,
    workerEndpoint,
    bodyFolder: '/none',
    commonsEndpoint: '',
    token: '',
    options,
  };
}

function watched(): { pool: GatewayPool; events: string[]; delaysMs: number[] } {
  const events: string[] = [];
  const delaysMs: number[] = [];
  const pool = new GatewayPool(
    {
      said: (_, message) => events.push(message.type === 'trouble' ? message.text : message.type),
      crashed: (_, reason, delayMs) => {
        events.push(reason.split('\n', 1)[0] ?? '');
        delaysMs.push(delayMs);
      },
      restarted: () => events.push('restarted'),
      stopped: () => events.push('stopped'),
    },
    SCRIPT,
  );
  return { pool, events, delaysMs };
}

describe('a gateway that crashes', () => {
  it('is started again at once, then later and later, with the options of now', async () => {
    const { pool, events, delaysMs } = watched();
    const boot = bootOf('somewhere');
    await pool.start([boot]);
    pool.tell({ type: 'options', options: { ...boot.options, hostname: 'second' } });
    for (let crash = 1; crash <= 3; crash++) {
      pool.tell({ type: 'retire', spawnId: 13 });
      await waitFor('the next thread', () => events.filter((one) => one === 'ready').length > crash);
    }
    expect(events.slice(0, 6)).toEqual([
      'hostname first',
      'ready',
      'Error: it met worker 13',
      'restarted',
      'hostname second',
      'ready',
    ]);
    expect(delaysMs).toEqual([0, 100, 200]);
    pool.stop();
    await waitFor('the end', () => events.includes('stopped'));
  });

  it('can be stopped while it waits to be started again', async () => {
    const { pool, events, delaysMs } = watched();
    await pool.start([bootOf('somewhere')]);
    pool.tell({ type: 'retire', spawnId: 13 });
    await waitFor('a second thread', () => events.filter((one) => one === 'ready').length === 2);
    pool.tell({ type: 'retire', spawnId: 13 });
    await waitFor('the second crash', () => delaysMs.length === 2);
    pool.stop();
    expect(events.at(-1)).toBe('stopped');
  });

  it('before it ever listened fails the start', async () => {
    const { pool } = watched();
    await expect(pool.start([bootOf('never')])).rejects.toThrow('The gateway does not start: Error: it can not start');
    pool.stop();
  });
});
