import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runReeve } from './reeve.ts';

let cwd = '';
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'reeve-check-'));
});
afterEach(() => rmSync(cwd, { recursive: true }));

async function check(path: string, text?: string) {
  if (text !== undefined) writeFileSync(join(cwd, path), text);
  const out: string[] = [];
  const err: string[] = [];
  const terminal = { out: (line: string) => out.push(line), err: (line: string) => err.push(line), env: {}, cwd };
  return { code: await runReeve(['check', path], terminal), out, err };
}

describe('reeve check', () => {
  it('names file, line and column of each error and exits 78', async () => {
    const { code, out, err } = await check('a.ini', '[uwsgi]\nhttp-socket = :8080\nprocesess = 4\n');
    expect(code).toBe(78);
    expect(out).toEqual([expect.stringMatching(/^a\.ini:3:1: error: .*procesess.*processes/)]);
    expect(err).toEqual([]);
  });

  it('exits 0 when there is nothing to complain about, and says so', async () => {
    writeFileSync(join(cwd, 'app.py'), '');
    const text = '[uwsgi]\nmaster = true\nhttp-socket = 127.0.0.1:8080\nwsgi-file = app.py\n';
    expect(await check('a.ini', text)).toEqual({ code: 0, out: ['a.ini: nothing to complain about'], err: [] });
  });

  it('exits 0 with warnings only', async () => {
    const { code, out } = await check('a.ini', '[uwsgi]\nhttp-socket = 127.0.0.1:8080\nwsgi-file = gone.py\n');
    expect(code).toBe(0);
    expect(out.join('\n')).toMatch(/a\.ini:3:\d+: warning: .*gone\.py/);
  });

  it('complains about a file that is no INI file as a whole', async () => {
    expect(await check('a.ini', '{"uwsgi": {}}')).toMatchObject({
      code: 78,
      out: [expect.stringMatching(/^a\.ini: error: .*JSON/)],
    });
  });

  it('exits 1 with a next step when the file can not be read', async () => {
    expect(await check('gone.ini')).toEqual({
      code: 1,
      out: [],
      err: ['reeve: gone.ini can not be read: it does not exist.', expect.stringContaining('path')],
    });
    expect((await check('.')).err[0]).toContain('it is a folder');
  });
});
