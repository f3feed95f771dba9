import { describe, expect, it } from 'vitest';
import { Turns } from './turns.ts';

describe('work in turns', () => {
  it('with one key never overlaps and keeps its order, also after a failure', async () => {
    const turns = new Turns();
    const log: string[] = [];
    const work = (name: string, fails = false) =>
      turns.take('a', async () => {
        log.push(`${name} begins`);
        await Promise.resolve();
        log.push(`${name} ends`);
        if (fails) throw new Error(name);
        return name;
      });
    const all = await Promise.allSettled([work('one'), work('two', true), work('three')]);
    expect(all.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(log).toEqual(['one begins', 'one ends', 'two begins', 'two ends', 'three begins', 'three ends']);
  });

  it('with other keys does not wait', async () => {
    const turns = new Turns();
    const { promise, resolve } = Promise.withResolvers<undefined>();
    const held = turns.take('a', async () => promise);
    expect(await turns.take('b', async () => 'b')).toBe('b');
    resolve(undefined);
    await held;
    await turns.idle();
  });
});
