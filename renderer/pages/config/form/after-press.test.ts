import { expect, it, vi } from 'vitest';
import { watchPresses } from './after-press.ts';

it('waits for the click while the pointer is down, and not otherwise', async () => {
  const target = new EventTarget();
  const presses = watchPresses(target);
  const done: string[] = [];
  presses.run(() => done.push('at once'));
  expect(done).toEqual(['at once']);

  target.dispatchEvent(new Event('pointerdown'));
  presses.run(() => done.push('later'));
  target.dispatchEvent(new Event('pointerup'));
  done.push('click');
  await vi.waitFor(() => expect(done).toEqual(['at once', 'click', 'later']));
  presses.run(() => done.push('again at once'));
  expect(done.at(-1)).toBe('again at once');
  presses.dispose();
});
