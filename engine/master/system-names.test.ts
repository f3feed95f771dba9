import { expect, test } from 'vitest';
import { findGroup, findUser } from './system-names.ts';

test('users and groups are found by name and by number', () => {
  const root = { uid: 0, gid: 0, name: 'root' };
  expect(findUser('root')).toEqual(root);
  expect(findUser('0')).toEqual(root);
  expect(findGroup('root')).toBe(0);
});

test('a number needs no name, a name needs its line', () => {
  expect(findUser('54321')).toEqual({ uid: 54_321, gid: 54_321, name: null });
  expect(findGroup('54321')).toBe(54_321);
  expect(findUser('no-such-user')).toBeNull();
  expect(findGroup('no-such-group')).toBeNull();
});

test('a number that is too large for the system belongs to nobody', () => {
  expect(findUser('4294967294')?.uid).toBe(4_294_967_294);
  expect(findUser('4294967295')).toBeNull();
  expect(findGroup('99999999999')).toBeNull();
});
