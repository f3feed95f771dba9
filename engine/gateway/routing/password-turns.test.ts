import { expect, test } from 'vitest';
import { isPassword, isSlow } from './htpasswd.ts';
import { PasswordTurns } from './password-turns.ts';

const SHA_CRYPT = `$5$rounds=1000$abcdefgh$${'a'.repeat(43)}`;

test('passwords are looked at one after the other, and others have their turn between them', async () => {
  const turns = new PasswordTurns();
  const seen: string[] = [];
  const check = (name: string) => {
    const endMs = performance.now() + 20;
    while (performance.now() < endMs);
    seen.push(name);
    return name;
  };
  const first = turns.take(
    () => check('first'),
    () => 'refused',
  );
  const second = turns.take(
    () => check('second'),
    () => 'refused',
  );
  await first;
  const between = setInterval(() => seen.push('other'), 1);
  await second;
  clearInterval(between);
  expect(seen[0]).toBe('first');
  expect(seen.at(-1)).toBe('second');
  expect(seen.filter((name) => name === 'other').length).toBeGreaterThan(3);
});

test('one too many is refused at once, and the turns go on after a check that fails', async () => {
  const turns = new PasswordTurns();
  const failing = turns.take(
    () => {
      throw new Error('no');
    },
    () => 'refused',
  );
  const waiting = Array.from({ length: 100 }, () =>
    turns.take(
      () => 'checked',
      () => 'refused',
    ),
  );
  await expect(failing).rejects.toThrow('no');
  const results = await Promise.all(waiting);
  expect(results.filter((result) => result === 'checked').length).toBe(63);
  expect(results.at(-1)).toBe('refused');
});

test('a password that is longer than any takes no time', () => {
  expect(isSlow(SHA_CRYPT)).toBe(true);
  const beganMs = performance.now();
  expect(isPassword('x'.repeat(60_000), SHA_CRYPT)).toBe(false);
  expect(performance.now() - beganMs).toBeLessThan(100);
});
