import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { lookAtProject, writeProjectFile } from './project.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'reeve-project-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function put(name: string, text = ''): void {
  mkdirSync(join(folder, name, '..'), { recursive: true });
  writeFileSync(join(folder, name), text);
}

describe('a folder without a configuration file', () => {
  it('is read two levels deep, without what others have put there', async () => {
    put('shop/wsgi.py', 'application = get_wsgi_application()\n');
    put('.venv/pyvenv.cfg');
    put('node_modules/index.php');
    put('a/b/config.ru');
    mkdirSync(join(folder, 'app.py'));
    const found = await lookAtProject(folder, '/home/me');
    expect(found).toMatchObject({ folder, fileName: 'app.ini', remarks: [] });
    expect(found.applications).toMatchObject([{ file: 'shop/wsgi.py', folders: { venv: '.venv' } }]);
    expect(found.ports.http).toBeGreaterThanOrEqual(8000);
    expect(found.ports.stats).not.toBe(found.ports.http);
    expect(readdirSync(folder)).not.toContain('app.ini');
  });

  it('is read whole however much lies in it, through links to folders, and past what is no file', async () => {
    for (let i = 0; i < 600; i++) put(`a${i}.py`);
    put('wsgi.py', 'application = get_wsgi_application()\n');
    put('of/others/index.php');
    symlinkSync('of/others', join(folder, 'public'));
    execFileSync('mkfifo', [join(folder, 'app.py'), join(folder, 'pipe')]);
    symlinkSync('pipe', join(folder, 'asgi.py'));
    const { applications } = await lookAtProject(folder, '/home/me');
    expect(applications.map(({ file }) => file)).toEqual(['wsgi.py', 'public/index.php']);
  });

  it('may be named from the home folder, and one that can not be read is said', async () => {
    put('shop/config.ru', 'run App\n');
    expect((await lookAtProject('~/shop', folder)).folder).toBe(join(folder, 'shop'));
    await expect(lookAtProject('~/gone', folder)).rejects.toMatchObject({ code: 'files-unreadable' });
  });
});

describe('its file', () => {
  const file = { preset: 'ruby-laptop', answers: { file: 'config.ru', folder: '%d', port: '8001', stats: '9192' } };

  it('is the preset with the answers', async () => {
    const path = await writeProjectFile({ folder, name: 'app.ini', ...file });
    expect(path).toBe(join(folder, 'app.ini'));
    expect(readFileSync(path, 'utf8')).toContain('\nrack = config.ru\n');
  });

  it('is never written over another one, and not outside of the folder', async () => {
    put('app.ini', 'mine');
    await expect(writeProjectFile({ folder, name: 'app.ini', ...file })).rejects.toMatchObject({
      code: 'project-exists',
    });
    expect(readFileSync(join(folder, 'app.ini'), 'utf8')).toBe('mine');
    for (const name of ['../app.ini', 'x/app.ini', 'app.php', '']) {
      await expect(writeProjectFile({ folder, name, ...file })).rejects.toMatchObject({ code: 'project-name' });
    }
    await expect(writeProjectFile({ folder, name: 'b.ini', ...file, preset: 'none' })).rejects.toMatchObject({
      code: 'project-preset',
    });
    await expect(writeProjectFile({ folder: join(folder, 'gone'), name: 'b.ini', ...file })).rejects.toMatchObject({
      code: 'config-unwritable',
    });
    expect(readdirSync(folder)).toEqual(['app.ini']);
  });
});
