import { userInfo } from 'node:os';
import { expect, it } from 'vitest';
import { currentUser } from './current-user.ts';

it('the user has its name', () => {
  const { username: name, uid, gid } = userInfo();
  expect(currentUser()).toEqual({ name, uid, gid });
});

it('a user without an entry in the list of users goes by its number', () => {
  const { uid, gid } = userInfo();
  const found = currentUser(() => {
    throw new Error('uv_os_get_passwd returned ENOENT');
  });
  expect(found).toEqual({ name: String(uid), uid, gid });
});
