import { describe, expect, it } from 'vitest';
import type { AuditEntry } from '../../../electron/contract/logs-model.ts';
import { exportText, filterEntries, titleOf } from './audit-rows.ts';

const SAVE: AuditEntry = {
  atMs: 1,
  who: 'ann@desk',
  action: 'config.save',
  instance: 'shop',
  machine: 'web1',
  hostKey: 'SHA256:abc',
  detail: '/etc/shop.ini, 120 bytes',
  result: 'refused',
  reason: 'It was changed there meanwhile.',
};
const RELOAD: AuditEntry = { ...SAVE, action: 'rolling.wave', instance: 'blog', machine: 'local', result: 'done' };

describe('what was done', () => {
  it('is found by any of its words, all of them together', () => {
    expect(filterEntries([SAVE, RELOAD], 'WEB1 configuration')).toEqual([SAVE]);
    expect(filterEntries([SAVE, RELOAD], 'refused sha256:abc')).toEqual([SAVE]);
    expect(filterEntries([SAVE, RELOAD], ' ')).toEqual([SAVE, RELOAD]);
    expect(filterEntries([SAVE, RELOAD], 'web1 blog')).toEqual([]);
  });

  it('has a title, or its own name', () => {
    expect([SAVE, RELOAD].map(titleOf)).toEqual(['Save configuration', 'rolling.wave']);
  });

  it('goes into a file line by line', () => {
    expect(
      exportText([SAVE, RELOAD])
        .trimEnd()
        .split('\n')
        .map((line): unknown => JSON.parse(line)),
    ).toEqual([SAVE, RELOAD]);
  });
});
