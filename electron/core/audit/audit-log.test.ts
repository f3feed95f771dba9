import { appendFile, mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../node-ports.ts';
import { AuditLog } from './audit-log.ts';

describe('the record of actions', () => {
  let folder = '';
  let troubles: string[] = [];

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'reeve-audit-'));
    troubles = [];
  });

  afterEach(async () => {
    await rm(folder, { recursive: true, force: true });
  });

  function open(into = folder): AuditLog {
    return new AuditLog({
      folder: into,
      who: 'ann@desk',
      clock: systemClock,
      onTrouble: (text) => troubles.push(text),
    });
  }

  it('says who did what, where, under which key and with what result, newest first, and is there after a restart', async () => {
    const audit = open();
    audit.record({
      action: 'reload',
      instance: 'shop',
      machine: 'web1',
      hostKey: 'SHA256:abc',
      detail: 'fifo r',
      result: 'begun',
    });
    audit.record({
      action: 'reload',
      instance: 'shop',
      machine: 'web1',
      detail: 'fifo r',
      result: 'failed',
      reason: 'no reader',
    });
    await audit.settle();
    await appendFile(join(folder, 'audit.log'), '{"cut');
    const entries = await open().read(10);
    expect(entries).toMatchObject([
      { result: 'failed', reason: 'no reader', hostKey: null },
      { who: 'ann@desk', action: 'reload', instance: 'shop', machine: 'web1', hostKey: 'SHA256:abc', result: 'begun' },
    ]);
    expect((await stat(join(folder, 'audit.log'))).mode & 0o777).toBe(0o600);
  });

  it('keeps no secrets of what it is given', async () => {
    const audit = open();
    const secrets = ['hunter2', 's3cr3tpass', 'abc.def.ghi', 'MIIEvQIBADANB'];
    audit.record({
      action: 'config.save',
      machine: 'local',
      detail: 'env = DB_PASSWORD=hunter2 dsn https://bob:s3cr3tpass@db/x?token=abc.def.ghi',
      result: 'failed',
      reason: '-----BEGIN OPENSSH PRIVATE KEY-----\nMIIEvQIBADANB\n-----END OPENSSH PRIVATE KEY-----',
    });
    await audit.settle();
    const text = await readFile(join(folder, 'audit.log'), 'utf8');
    for (const secret of secrets) expect(text).not.toContain(secret);
  });

  it('is bounded: an old half goes when a new one is begun', async () => {
    const audit = open();
    const detail = 'x'.repeat(1_000);
    for (let i = 0; i < 3_000; i += 1) audit.record({ action: 'reload', machine: 'local', detail, result: 'done' });
    await audit.settle();
    expect((await readdir(folder)).sort()).toEqual(['audit.1.log', 'audit.log']);
    const sizes = await Promise.all(
      ['audit.1.log', 'audit.log'].map(async (name) => (await stat(join(folder, name))).size),
    );
    expect(Math.max(...sizes)).toBeLessThan(1024 * 1024 + 2_000);
    expect(await audit.read(5)).toHaveLength(5);
  });

  it('tells once that it can not be written, and stops nobody', async () => {
    const audit = open(join(folder, 'gone'));
    audit.record({ action: 'reload', machine: 'local', detail: '', result: 'done' });
    audit.record({ action: 'reload', machine: 'local', detail: '', result: 'done' });
    await audit.settle();
    expect(troubles).toHaveLength(1);
  });
});
