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

async function check(path: string, text?: string, ...more: string[]) {
  if (text !== undefined) writeFileSync(join(cwd, path), text);
  const out: string[] = [];
  const err: string[] = [];
  const terminal = { out: (line: string) => out.push(line), err: (line: string) => err.push(line), env: {}, cwd };
  return { code: await runReeve(['check', path, ...more], terminal), out, err };
}

describe('reeve check', () => {
  it('names file, line and column of each error and exits 78', async () => {
    const { code, out, err } = await check(
      'a.ini',
      '[uwsgi]\nhttp-socket = :8080\ndie-on-term = true\nprocesess = 4\n',
    );
    expect(code).toBe(78);
    expect(out).toEqual([expect.stringMatching(/^a\.ini:4:1: error: .*procesess.*processes/)]);
    expect(err).toEqual([]);
  });

  it('exits 0 when there is nothing to complain about, and says so', async () => {
    writeFileSync(join(cwd, 'app.py'), '');
    const text =
      '[uwsgi]\nmaster = true\nneed-app = true\ndie-on-term = true\nhttp-socket = 127.0.0.1:8080\nwsgi-file = app.py\n';
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

  it('prints the findings as JSON, with the reason and the edits that mend them', async () => {
    const { code, out } = await check('a.ini', '[uwsgi]\nhttp-socket = :8080\nstats = :9191\n', '--json');
    expect(code).toBe(0);
    const findings: unknown = JSON.parse(out.join('\n'));
    expect(findings).toContainEqual({
      file: 'a.ini',
      line: 3,
      column: 9,
      endColumn: 14,
      severity: 'warning',
      code: 'stats-public',
      option: 'stats',
      message: expect.stringContaining('cookies'),
      why: expect.stringContaining('cookies'),
      fix: {
        title: "Change to '127.0.0.1:9191'",
        edits: [{ from: { line: 3, column: 8 }, to: { line: 3, column: 13 }, text: '127.0.0.1:9191' }],
      },
      related: [],
    });
  });

  it('checks for the server that is named: what an older uWSGI does not know, and what only the engine refuses', async () => {
    const text = '[uwsgi]\nhttp-socket = 127.0.0.1:8080\nmax-requests = 5000\nmax-requests-delta = 50\ncoroae = 10\n';
    const codes = async (...more: string[]) => {
      const { code, out } = await check('a.ini', text, '--json', ...more);
      return { code, text: out.join('') };
    };
    expect(await codes()).toMatchObject({ code: 78, text: expect.stringContaining('not-supported') });
    const older = await codes('--target', 'uwsgi-2.0.21');
    expect(older).toMatchObject({ code: 0, text: expect.stringContaining('newer-option') });
    const newer = await codes('--target', 'uwsgi-2.0.30');
    expect(newer.text).not.toContain('newer-option');
  });

  it('refuses a target that there is not', async () => {
    expect(await check('a.ini', '[uwsgi]\n', '--target', 'apache')).toMatchObject({
      code: 2,
      err: [expect.stringContaining('--target apache'), expect.any(String)],
    });
  });

  it('checks several files and says of each what it found', async () => {
    writeFileSync(join(cwd, 'b.ini'), '[live]\n');
    const { code, out } = await check('a.json', '{"uwsgi": {"http-socket": ', 'b.ini');
    expect(code).toBe(78);
    expect(out).toEqual([
      expect.stringMatching(/^a\.json:1:\d+: error: .*JSON.*\[syntax\]$/),
      expect.stringMatching(/^b\.ini: error: .*\[no-section\]$/),
      expect.stringMatching(/^b\.ini:1:2: info: /),
    ]);
  });
});
