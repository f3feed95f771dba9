import { describe, expect, it } from 'vitest';
import { buildSettings } from './build-settings.ts';
import { checkText, ENGINE_TARGET, UWSGI_TARGET } from './diagnostics.ts';
import { parseIni } from './ini-document.ts';
import { optionPlaces } from './ini-places.ts';
import { findOption } from './option-table.ts';
import { mergePreset } from './preset-merge.ts';
import type { Preset } from './preset-parts.ts';
import { completeAnswers, findPresets, presetFor, presets, presetText } from './presets.ts';
import { resolveConfig } from './resolve.ts';
import { memoryHost } from './test-host.ts';
import { applyEdits } from './text-edit.ts';

/** What a server has where the suggested answers are right. */
const FILES = {
  '/srv/shop/app.py': '',
  '/srv/shop/shop/wsgi.py': '',
  '/srv/shop/tasks.py': '',
  '/srv/shop/spool/.keep': '',
  '/srv/shop/venv/bin/python': '',
  '/run/uwsgi/.keep': '',
  '/app/app.py': '',
  '/srv/shop/main.py': '',
  '/srv/shop/config.ru': '',
  '/srv/shop/app.psgi': '',
  '/srv/shop/app.mjs': '',
  '/srv/shop/index.php': '',
  '/srv/shop/public/index.php': '',
  '/srv/shop/public/index.html': '',
  '/srv/shop/assets/site.css': '',
  '/srv/shop/cgi-bin/hello.cgi': '',
};

function presetOf(id: string): Preset {
  const found = presets.find((preset) => preset.id === id);
  if (found === undefined) throw new Error(`There is no preset ${id}.`);
  return found;
}

function merge(text: string, preset: string) {
  const merged = mergePreset(parseIni(text), 'uwsgi', preset);
  return { ...merged, text: applyEdits(text, merged.edits) };
}

describe.each(presets)('the preset $id', (preset) => {
  const text = presetText(preset, { venv: '/srv/shop/venv', plugins: 'python3' });

  it('has nothing that its server, or a person with experience, would complain about', () => {
    const found = checkText(
      text,
      '/etc/uwsgi/shop.ini',
      memoryHost({ ...FILES, '/etc/uwsgi/shop.ini': text }),
      preset.server === 'engine' ? ENGINE_TARGET : UWSGI_TARGET,
    );
    expect(found.filter(({ severity }) => severity !== 'info')).toEqual([]);
  });

  it('starts on the bundled engine', (context) => {
    context.skip(preset.server === 'uwsgi', 'it is for uWSGI alone');
    const host = memoryHost({ ...FILES, '/etc/uwsgi/shop.ini': text });
    const resolved = resolveConfig(['--ini', '/etc/uwsgi/shop.ini'], host);
    expect(resolved).toMatchObject({ ok: true });
    expect(resolved.ok && buildSettings(resolved)).toMatchObject({ ok: true });
    const errors = checkText(text, '/etc/uwsgi/shop.ini', host, ENGINE_TARGET);
    expect(errors.filter(({ severity }) => severity === 'error')).toEqual([]);
  });

  it('explains itself, knows all its options, and asks for nothing that it does not use', () => {
    const places = optionPlaces(parseIni(text), 'uwsgi');
    expect(places.length).toBeGreaterThan(9);
    expect(places.filter(({ name }) => findOption(name) === null)).toEqual([]);
    const names = places.map(({ name }) => name);
    const single = names.filter((name) => findOption(name)?.kind !== 'list');
    expect(new Set(single).size).toBe(single.length);
    const lines = text.split('\n').filter((line) => line.includes(' = '));
    expect(lines.toSorted()).toEqual([...new Set(lines)].toSorted());
    expect(parseIni(text).lines.filter(({ type }) => type === 'comment').length).toBeGreaterThan(3);
    for (const { id } of preset.questions) expect(preset.template).toContain(`{${id}}`);
    expect(text).not.toMatch(/\{\w+\}/);
  });

  it('fills an empty file, and has nothing more to add to a file that it has filled', () => {
    const filled = merge('', text);
    expect(filled.text).toBe(text);
    expect(filled.left).toEqual([]);
    expect(merge(text, text)).toMatchObject({ edits: [], added: [], left: [] });
  });

  it('leaves out what is left empty', () => {
    const bare = presetText(preset, {});
    expect(bare).not.toMatch(/^(virtualenv|plugins|cron2) =\s*$/m);
    expect(bare).not.toContain('virtualenv');
    expect(bare).not.toMatch(/\n\n\n/);
  });
});

it('a site of scripts may have its configuration among them: that is not sent', () => {
  const host = memoryHost({ ...FILES, '/srv/shop/app.ini': '' });
  const found = (preset: string) =>
    checkText(preset, '/srv/shop/app.ini', host, ENGINE_TARGET).map(({ severity, code }) => `${severity} ${code}`);
  const text = presetText(presetOf('php-laptop'), { docroot: '%d' });
  expect(found(text).filter((line) => !line.startsWith('info'))).toEqual([]);
  expect(found(text.replace('static-skip-ext = .ini\n', ''))).toContain('warning static-exposes-code');
});

describe('a preset in a file that has options', () => {
  const flask = presetText(presetOf('flask-nginx'), {});

  it('adds what is missing with its comments, and keeps and names the rest', () => {
    const text = '[uwsgi]\n; mine\nworkers = 9\nwsgi-file = app.py\n\n[other]\na = b\n';
    const merged = merge(text, flask);
    expect(merged.text.startsWith('[uwsgi]\n; mine\nworkers = 9\nwsgi-file = app.py\n\n')).toBe(true);
    expect(merged.text.endsWith('\n\n[other]\na = b\n')).toBe(true);
    expect(merged.text).toContain('; Requests that each process serves at a time.\nthreads = 4\n');
    expect(merged.added).toContain('threads');
    expect(merged.added).not.toContain('processes');
    expect(merged.left).toEqual([
      { name: 'wsgi-file', line: 4, value: 'app.py', suggested: 'module = app:app' },
      { name: 'workers', line: 3, value: '9', suggested: 'processes = 2' },
    ]);
    expect(merged.edits).toHaveLength(1);
  });

  it('gives no second application, of whatever language', () => {
    const merged = merge('[uwsgi]\nrack = config.ru\n', flask);
    expect(merged.added).not.toContain('module');
    expect(merged.left).toContainEqual({ name: 'rack', line: 2, value: 'config.ru', suggested: 'module = app:app' });
  });

  it('sets no variable of the environment a second time, and other ones beside it', () => {
    const ruby = presetText(presetOf('ruby-nginx'), {});
    const merged = merge('[uwsgi]\nenv = RACK_ENV=development\nenv = TZ=UTC\n', ruby);
    expect(merged.text.match(/^env = .*$/gm)).toEqual([
      'env = RACK_ENV=development',
      'env = TZ=UTC',
      'env = RAILS_ENV=production',
    ]);
    expect(merged.left).toContainEqual({
      name: 'env',
      line: 2,
      value: 'RACK_ENV=development',
      suggested: 'RACK_ENV=production',
    });
  });

  it('gives an address only when there is none, and one more value of a list', () => {
    const text = '[uwsgi]\nhttp = :80\ncron2 = minute=0 true\n';
    const merged = merge(text, presetText(presetOf('spooler-cron'), {}));
    expect(merged.added).not.toContain('http-socket');
    expect(merge(text, presetText(presetOf('spooler-cron'), { command: 'x' })).added).toContain('cron2');
  });

  it('makes the section when it is missing', () => {
    expect(merge('[other]\na = b', flask).text).toMatch(/^\[other\]\na = b\n\n\[uwsgi\]\n/);
    expect(merge('; only a comment\n', flask).text).toMatch(/^; only a comment\n\n\[uwsgi\]\n/);
  });
});

describe('the preset for a file', () => {
  it.each([
    ['rack', 'ruby-nginx'],
    ['psgi', 'perl-nginx'],
    ['php-app', 'php-front'],
    ['php-docroot', 'php-plain'],
    ['cgi', 'cgi'],
    ['asgi', 'asgi-nginx'],
    ['js-app', 'javascript-nginx'],
    ['module', 'django-nginx'],
  ])('that has %s is %s', (name, id) => {
    expect(presetFor(['master', name])?.id).toBe(id);
  });
});

describe('answers', () => {
  it('are one line each; what is needed and empty is as suggested', () => {
    const preset = presetOf('docker');
    expect(completeAnswers(preset, { port: '  ', module: 'a:b\nmaster = false' })).toMatchObject({
      port: '8000',
      module: 'a:b master = false',
      plugins: '',
    });
  });
});

const idsOf = (all: readonly Preset[]) => all.map(({ id }) => id).toSorted();
const idsWith = (text: string) => findPresets(undefined, text).flatMap((group) => group.presets.map(({ id }) => id));

describe('the list of presets', () => {
  it('has each of them once under its language', () => {
    const groups = findPresets(presetOf('flask-nginx'));
    expect(groups.map(({ language }) => language)).toEqual([
      'Python',
      'Ruby',
      'Perl',
      'PHP',
      'JavaScript',
      'CGI',
      'Files',
    ]);
    expect(idsOf(groups.flatMap((group) => group.presets))).toEqual(idsOf(presets));
    expect(groups.map((group) => group.presets[0]?.id)).toEqual([
      'flask-nginx',
      'ruby-nginx',
      'perl-nginx',
      'php-front',
      'javascript-nginx',
      'cgi',
      'static-site',
    ]);
    expect(groups[0]?.presets.map(({ id }) => id)).toEqual(expect.arrayContaining(['asgi-nginx', 'gevent-websockets']));
  });

  it('begins with the one that fits, and with its language', () => {
    const [first] = findPresets(presetOf('php-plain'));
    expect(first).toMatchObject({ language: 'PHP', presets: [{ id: 'php-plain' }, { id: 'php-front' }, {}] });
  });

  it('leaves those that have all words', () => {
    expect(idsWith('ruby LAPTOP')).toEqual(['ruby-laptop']);
    expect(idsWith('sinatra')).toEqual(['ruby-nginx', 'ruby-laptop']);
    expect(idsWith('cobol')).toEqual([]);
  });
});
