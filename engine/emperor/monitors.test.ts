import {
  chmodSync,
  lutimesSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { defaultEmperor, type EmperorSettings } from '../config/emperor-settings.ts';
import { type Monitor, openMonitor } from './monitors.ts';
import type { FoundVassal } from './vassal-state.ts';

let folder = '';
let lines: string[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'reeve-monitor-'));
  lines = [];
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

function at(name: string): string {
  return join(folder, name);
}

function open(settings: Partial<EmperorSettings> = {}, pattern: string | null = null): Monitor {
  const setting =
    pattern === null
      ? ({ type: 'folder', path: folder, text: folder } as const)
      : ({ type: 'glob', pattern: at(pattern), text: pattern } as const);
  return openMonitor(setting, { ...defaultEmperor(), ...settings }, { env: process.env, cwd: '/', log });
}

function log(text: string): void {
  lines.push(text);
}

async function look(monitor: Monitor): Promise<FoundVassal[]> {
  const found = await monitor.scan();
  if (found === null) throw new Error('it could not be looked at');
  return found;
}

async function names(monitor: Monitor): Promise<string[]> {
  return (await look(monitor)).map(({ id }) => id);
}

async function marks(monitor: Monitor): Promise<string | undefined> {
  return (await look(monitor))[0]?.mark;
}

describe('a folder of vassals', () => {
  it('has those files whose ending is that of a configuration, and those of emperor-extra-extension', async () => {
    for (const name of ['b.ini', 'a.xml', 'c.yml', 'd.yaml', 'e.json', 'f.js', 'x y.ini', 'no.txt', 'z.cfg', 'ini']) {
      writeFileSync(at(name), '');
    }
    symlinkSync('nowhere', at('broken.ini'));
    symlinkSync('/', at('folder.ini'));
    expect(await names(open())).toEqual(['a.xml', 'b.ini', 'c.yml', 'd.yaml', 'e.json', 'f.js', 'x y.ini']);
    expect(await names(open({ extraExtensions: ['.cfg'] }))).toContain('z.cfg');
  });

  it('refuses names that are no text, by name', async () => {
    writeFileSync(Buffer.concat([Buffer.from(`${folder}/`), Buffer.from([0xff, 0xfe]), Buffer.from('.ini')]), '');
    expect(await look(open())).toMatchObject([{ refusal: 'its name is no UTF-8 text' }]);
  });

  it('that can not be read says so once and leaves everything as it is', async () => {
    const monitor = open();
    renameSync(folder, `${folder}-away`);
    expect([await monitor.scan(), await monitor.scan()]).toEqual([null, null]);
    renameSync(`${folder}-away`, folder);
    expect(lines).toEqual([`[emperor] ${folder} can not be read (ENOENT); its vassals stay as they are`]);
    expect(await look(monitor)).toEqual([]);
  });

  it('notices a change of the file behind a link, and with emperor-nofollow that of the link', async () => {
    writeFileSync(at('real'), '');
    symlinkSync('real', at('a.ini'));
    const [following, staying] = [open(), open({ nofollow: true })];
    const before = [await marks(following), await marks(staying)];
    utimesSync(at('real'), 5, 5);
    expect([(await marks(following)) === before[0], (await marks(staying)) === before[1]]).toEqual([false, true]);
    const seen = await marks(following);
    lutimesSync(at('a.ini'), 7, 7);
    expect([(await marks(following)) === seen, (await marks(staying)) === before[1]]).toEqual([true, false]);
  });

  it('notices a file that was replaced by one of the same time', async () => {
    for (const name of ['a.ini', 'new']) {
      writeFileSync(at(name), '');
      utimesSync(at(name), 5, 5);
    }
    const monitor = open();
    const [before] = await look(monitor);
    renameSync(at('new'), at('a.ini'));
    expect((await look(monitor))[0]?.mark).not.toBe(before?.mark);
  });

  it('asks for the socket of a vassal in a file, a folder or of a command, which is run once', async () => {
    writeFileSync(at('a.ini'), '');
    expect((await look(open()))[0]?.onDemand).toBe('');
    const command = `echo >> ${at('calls')} called; echo /run/x-`;
    const onDemand = { extension: '.socket', folder: null, command };
    const monitor = open({ onDemand });
    expect((await look(monitor))[0]?.onDemand).toBe('/run/x- a.ini');
    await look(monitor);
    writeFileSync(at('a.ini.socket'), '127.0.0.1:1\nmore\n');
    expect((await look(monitor))[0]?.onDemand).toBe('127.0.0.1:1');
    const inFolder = { extension: null, folder: '/run', command: null };
    expect((await look(open({ onDemand: inFolder })))[0]?.onDemand).toBe('/run/a.ini.socket');
  });

  it('runs what is executable with emperor-magic-exec, once for each change, and says when it fails', async () => {
    const script = (text: string): void => writeFileSync(at('a.ini'), `#!/bin/sh\n${text}\n`, { mode: 0o755 });
    script(`echo >> '${at('calls')}' x; echo '[uwsgi]'`);
    chmodSync(at('a.ini'), 0o755);
    expect((await look(open()))[0]?.config).toBeNull();
    const monitor = open({ magicExec: true });
    expect((await look(monitor))[0]?.config).toBe('[uwsgi]\n');
    script('exit 3');
    utimesSync(at('a.ini'), 5, 5);
    expect((await look(open({ magicExec: true })))[0]).toMatchObject({
      refusal: 'could not be run: it ended with code 3',
    });
  });

  it('keeps what a file has printed while it fails, says so once, and asks again when it has changed', async () => {
    const script = (text: string): void => {
      writeFileSync(at('a.ini'), `#!/bin/sh\necho x >> '${at('calls')}'\n${text}\n`);
      chmodSync(at('a.ini'), 0o755);
    };
    script("echo '[uwsgi]'");
    const monitor = open({ magicExec: true });
    const before = await look(monitor);
    script('exit 3');
    expect([await look(monitor), await look(monitor)]).toEqual([before, before]);
    expect(lines).toEqual(['[emperor] a.ini could not be run: it ended with code 3; its vassal stays as it is']);
    expect(readFileSync(at('calls'), 'utf8')).toBe('x\nx\n');
    script("echo '[uwsgi]'; echo master = true");
    expect((await look(monitor))[0]?.config).toBe('[uwsgi]\nmaster = true\n');
  });

  it('notices that a file has grown within a tick of the clock', async () => {
    const monitor = open();
    writeFileSync(at('a.ini'), '');
    utimesSync(at('a.ini'), 5, 5);
    const half = await marks(monitor);
    writeFileSync(at('a.ini'), '[uwsgi]');
    utimesSync(at('a.ini'), 5, 5);
    expect(await marks(monitor)).not.toBe(half);
  });

  it('keeps the socket of a vassal while the file that names it is being written, or the command fails', async () => {
    writeFileSync(at('a.ini'), '');
    writeFileSync(at('a.ini.socket'), '/run/a');
    const command = `test ! -e ${at('broken')} && echo /run/b`;
    const inFile = open({ onDemand: { extension: '.socket', folder: null, command: null } });
    const byCommand = open({ onDemand: { extension: null, folder: null, command: `f() { ${command}; }; f` } });
    expect([(await look(inFile))[0]?.onDemand, (await look(byCommand))[0]?.onDemand]).toEqual(['/run/a', '/run/b']);
    writeFileSync(at('a.ini.socket'), '');
    writeFileSync(at('broken'), '');
    writeFileSync(at('a.ini'), 'changed');
    expect([(await look(inFile))[0]?.onDemand, (await look(byCommand))[0]?.onDemand]).toEqual(['/run/a', '/run/b']);
    rmSync(at('a.ini.socket'));
    expect((await look(inFile))[0]?.onDemand).toBe('');
  });

  it('keeps vassals whose files can not be looked at now', async () => {
    writeFileSync(at('a.ini'), '');
    writeFileSync(at('a.ini.socket'), '/run/a');
    const monitor = open({ onDemand: { extension: '.socket', folder: null, command: null } });
    const before = await look(monitor);
    rmSync(at('a.ini.socket'));
    // A folder in the place of the file can not be read, as little as a disk with errors.
    mkdirSync(at('a.ini.socket'));
    expect([await look(monitor), await look(monitor)]).toEqual([before, before]);
    expect(lines).toEqual(['[emperor] a.ini can not be looked at (EISDIR); its vassal stays as it is']);
  });
});

describe('a pattern of vassals', () => {
  it('finds paths, which are their names', async () => {
    writeFileSync(at('a.ini'), '');
    writeFileSync(at('b.txt'), '');
    expect(await look(open({}, '*'))).toMatchObject([{ id: at('a.ini'), file: at('a.ini'), folder: '/' }]);
  });
});
