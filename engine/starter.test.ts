/** An engine that is tied to its starter by its standard input. */
import { PassThrough } from 'node:stream';
import { expect, it } from 'vitest';
import { starterOf } from './starter.ts';

function untouchable(): PassThrough {
  throw new Error('standard input was touched');
}

it('hears once that its starter is gone, and does not hand the wish on', async () => {
  const stdin = new PassThrough();
  const starter = starterOf({ REEVE_STOP_WITH_STDIN: '1', HOME: '/root' }, () => stdin);
  expect(starter.env).toEqual({ HOME: '/root' });
  let count = 0;
  const gone = new Promise<void>((resolve) => {
    starter.whenGone(() => {
      count++;
      resolve();
    });
  });
  stdin.write('what the starter says does not matter');
  stdin.end();
  await gone;
  stdin.destroy(new Error('the pipe broke'));
  expect(count).toBe(1);
  starter.dispose();
});

it('leaves standard input alone when it is not tied to anybody', () => {
  for (const wish of [undefined, '', '0']) {
    const starter = starterOf({ REEVE_STOP_WITH_STDIN: wish }, untouchable);
    starter.whenGone(() => {
      throw new Error('nobody is gone');
    });
    starter.dispose();
  }
});
