import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runReeve } from './reeve.ts';

let cwd = '';
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'reeve-init-'));
});
afterEach(() => rmSync(cwd, { recursive: true }));

async function init(...args: string[]) {
  const out: string[] = [];
  const err: string[] = [];
  const terminal = { out: (line: string) => out.push(line), err: (line: string) => err.push(line), env: {}, cwd };
  const code = await runReeve(['init', ...args], terminal);
  return { code, out: out.join('\n'), err: err.join('\n') };
}

describe('reeve init', () => {
  it('prints the file for what it has found, and writes it only when it is told to', async () => {
    writeFileSync(join(cwd, 'config.ru'), 'run App\n');
    const printed = await init();
    expect(printed).toMatchObject({ code: 0, out: expect.stringContaining('\nrack = config.ru\n') });
    expect(printed.err).toContain('Found: a Rack application, config.ru (preset ruby-laptop).');
    expect(printed.err).toContain('--write');
    expect(existsSync(join(cwd, 'app.ini'))).toBe(false);
    const written = await init('.', '--write');
    expect(written).toMatchObject({ code: 0, out: join(cwd, 'app.ini') });
    expect(readFileSync(join(cwd, 'app.ini'), 'utf8')).toContain('\nrack = config.ru\n');
    expect(written.err).toContain(`reeve engine ${join(cwd, 'app.ini')}`);
    expect(await init('--write', '--name', 'app.ini')).toMatchObject({
      code: 1,
      err: expect.stringContaining('is there already. Nothing was written.'),
    });
  });

  it('asks which one is meant, and takes another preset', async () => {
    writeFileSync(join(cwd, 'config.ru'), 'run App\n');
    writeFileSync(join(cwd, 'app.py'), 'app = Flask(__name__)\n');
    expect(await init()).toMatchObject({ code: 1, out: '', err: expect.stringContaining('--app config.ru') });
    expect((await init('--app', 'app.psgi')).code).toBe(1);
    const { code, out } = await init('--app', 'app.py', '--preset', 'flask-nginx');
    expect(code).toBe(0);
    expect(out).toContain(`chdir = ${cwd}\n`);
    expect(out).toContain('module = app:app\n');
    expect(await init('--app', 'app.py', '--preset', 'flask-ngnix')).toMatchObject({
      code: 2,
      err: expect.stringContaining('Did you mean flask-nginx?'),
    });
  });

  it('says what it looks for where there is nothing, and what keeps a file from being served', async () => {
    writeFileSync(join(cwd, 'server.js'), "require('http').createServer((req, res) => res.end()).listen(3000);\n");
    const { code, err } = await init();
    expect(code).toBe(1);
    expect(err).toContain('server.js listens by itself.');
    expect(err).toContain('config.ru');
  });

  it('is what the other commands point to when they are given a folder', async () => {
    const out: string[] = [];
    const err: string[] = [];
    const terminal = { out: (line: string) => out.push(line), err: (line: string) => err.push(line), env: {}, cwd };
    for (const command of ['engine', 'check', 'rehearse']) {
      expect(await runReeve([command, cwd], terminal)).toBe(1);
      expect(err.splice(0).join('\n')).toContain('reeve init');
    }
    expect(out).toEqual([]);
  });
});
