/** What a failure of the disk means for the client. */
import { expect, test } from 'vitest';
import { statusOfStorageError } from './body-store.ts';

const failed = (code: string): Error => Object.assign(new Error(code), { code });

test('a full disk or quota is 507, anything else 500', () => {
  expect(['ENOSPC', 'EDQUOT', 'EIO', 'ENOENT'].map((code) => statusOfStorageError(failed(code)))).toEqual([
    507, 507, 500, 500,
  ]);
  expect(statusOfStorageError('odd')).toBe(500);
});
