import { describe, expect, it } from 'vitest';
import { presetText } from './presets.ts';
import { findApplications, tellsByText } from './project-applications.ts';
import { isProjectFileName, presetOf, projectAnswers, projectFileName } from './project-file.ts';

/** What is found in these files; a text that nobody asks for is not given. */
function found(files: Readonly<Record<string, string>>) {
  const names = Object.keys(files);
  const texts = new Map(Object.entries(files).filter(([name]) => tellsByText(name)));
  return findApplications({ names, texts });
}

/** `title: file -> preset {answers}` of each. */
function lines(files: Readonly<Record<string, string>>): string[] {
  return found(files).applications.map(({ title, file, preset, answers, folders }) => {
    const said = Object.entries({ ...answers, ...folders }).map(([id, value]) => `${id}=${value}`);
    return `${title}: ${file} -> ${preset} ${said.join(' ')}`.trim();
  });
}

const CASES: readonly [what: string, files: Record<string, string>, expected: string[]][] = [
  [
    'Django, by WSGI and by ASGI, from the package that manage.py names',
    {
      'manage.py': "os.environ.setdefault('DJANGO_SETTINGS_MODULE', 'shop.settings')\n",
      'shop/wsgi.py': 'application = get_wsgi_application()\n',
      'shop/asgi.py': 'application = get_asgi_application()\n',
      'other/wsgi.py': 'application = get_wsgi_application()\n',
    },
    [
      'a Django project: shop/wsgi.py -> laptop module=shop.wsgi:application',
      'a Django project by ASGI: shop/asgi.py -> asgi-laptop module=shop.asgi:application',
    ],
  ],
  [
    'Flask with a virtual environment beside it',
    { 'app.py': 'from flask import Flask\napp: Flask = Flask(__name__)\n', 'venv/pyvenv.cfg': '' },
    ['a Flask application: app.py -> laptop module=app:app venv=venv'],
  ],
  [
    "a factory of Flask's",
    { 'shop/__init__.py': 'def create_app(config=None):\n    app = Flask(__name__)\n    return app\n' },
    ['a Flask application: shop/__init__.py -> laptop module=shop:create_app()'],
  ],
  [
    'wsgi.py before the module that it takes the application from',
    { 'app.py': 'app = Flask(__name__)\n', 'wsgi.py': 'from app import app as application\n' },
    ['a WSGI application: wsgi.py -> laptop module=wsgi:application'],
  ],
  [
    'bare WSGI and ASGI callables',
    {
      'hello.py': 'def hello(environ, start_response):\n    pass\n',
      'web.py': 'async def web(scope, receive, send):\n    pass\n',
    },
    [
      'a WSGI application: hello.py -> laptop module=hello:hello',
      'an ASGI application: web.py -> asgi-laptop module=web:web',
    ],
  ],
  [
    'FastAPI in a package',
    { 'app/__init__.py': '', 'app/main.py': 'import fastapi\n\napi = fastapi.FastAPI(title="x")\n' },
    ['a FastAPI application: app/main.py -> asgi-laptop module=app.main:api'],
  ],
  ['Rack', { 'config.ru': 'run App\n' }, ['a Rack application: config.ru -> ruby-laptop file=config.ru']],
  [
    'Rails, whatever its scripts for the browser are',
    { 'config.ru': 'run Rails.application\n', 'config/application.rb': '', 'package.json': '{"main": "x.js"}' },
    ['a Rails application: config.ru -> ruby-laptop file=config.ru'],
  ],
  [
    'Perl: a .psgi file, and a script of Mojolicious',
    { 'app.psgi': 'sub {}\n', 'script/shop': 'use Mojolicious::Lite;\n', 'clean.pl': 'print 1;\n' },
    [
      'a PSGI application: app.psgi -> perl-laptop file=app.psgi',
      'a Mojolicious application: script/shop -> perl-laptop file=script/shop',
    ],
  ],
  [
    'PHP with a folder for the browser',
    { artisan: '', 'public/index.php': '', 'index.php': '' },
    ['a Laravel application: public/index.php -> php-laptop docroot=public'],
  ],
  ['PHP in the folder itself', { 'index.php': '' }, ['a PHP site: index.php -> php-laptop docroot=']],
  [
    'JavaScript by what package.json starts',
    {
      'package.json': '{"scripts": {"start": "NODE_ENV=x node --enable-source-maps ./web.js"}}',
      'web.js': "const app = require('express')();\nmodule.exports = app;\n",
      'app.js': "module.exports = require('koa')();\n",
    },
    ['an Express application: web.js -> javascript-laptop file=web.js'],
  ],
  [
    'a fetch handler',
    { 'app.mjs': "export default { fetch: () => new Response('x') };\n" },
    ['a JavaScript application: app.mjs -> javascript-laptop file=app.mjs'],
  ],
  ['CGI', { 'cgi-bin/a.cgi': '' }, ['CGI scripts: cgi-bin/a.cgi -> cgi-laptop scripts=cgi-bin']],
  [
    'nothing in tests, libraries and other files',
    {
      'test_app.py': 'app = Flask(__name__)\n',
      'tests/app.py': 'app = Flask(__name__)\n',
      'util.py': 'print(1)\n',
      'index.js': 'module.exports = { add: (a, b) => a + b };\n',
      'README.md': '',
    },
    [],
  ],
];

describe('an application in a folder', () => {
  it.each(CASES)('is found: %s', (_what, files, expected) => {
    expect(lines(files)).toEqual(expected);
  });

  it('that listens by itself is not offered, and what to change is said', () => {
    const project = found({ 'server.js': "require('http').createServer((req, res) => res.end()).listen(3000);\n" });
    expect(project.applications).toEqual([]);
    expect(project.remarks).toEqual([expect.stringContaining('server.js listens by itself.')]);
  });
});

describe('the file for it', () => {
  it.each(CASES.filter(([, , expected]) => expected.length > 0))('answers what its preset asks: %s', (_what, files) => {
    for (const application of found(files).applications) {
      const preset = presetOf(application.preset);
      if (preset === undefined) throw new Error(`There is no preset ${application.preset}.`);
      const answers = projectAnswers(application, preset, '/srv/shop', { http: 8001, stats: 9192 });
      const asked = preset.questions.filter(({ id, isOptional }) => !isOptional && answers[id] === undefined);
      expect(asked).toEqual([]);
      const text = presetText(preset, answers);
      expect(text).toContain('http-socket = 127.0.0.1:8001\n');
      expect(text).toContain('stats = 127.0.0.1:9192\n');
      expect(text).not.toMatch(/\/srv\/shop|%d\//);
    }
  });

  it('can be moved with its folder on a laptop, and says paths on a server', () => {
    const [application] = found({ 'app.py': 'app = Flask(__name__)\n', 'venv/pyvenv.cfg': '' }).applications;
    const [laptop, server] = [presetOf('laptop'), presetOf('flask-nginx')];
    if (!application || !laptop || !server) throw new Error('The presets are not there.');
    const ports = { http: 8000, stats: 9191 };
    expect(projectAnswers(application, laptop, '/srv/50%/shop', ports)).toMatchObject({ folder: '%d', venv: '%dvenv' });
    expect(projectAnswers(application, server, '/srv/50%/shop', ports)).toMatchObject({
      folder: '/srv/50%%/shop',
      venv: '/srv/50%%/shop/venv',
      name: 'shop',
    });
  });

  it('has a name that is free, in the folder itself', () => {
    expect(projectFileName([])).toBe('app.ini');
    expect(projectFileName(['App.INI'])).toBe('uwsgi.ini');
    expect(projectFileName(['app.ini', 'uwsgi.ini', 'app-2.ini'])).toBe('app-3.ini');
    expect(['app.ini', 'shop-2.ini'].filter(isProjectFileName)).toEqual(['app.ini', 'shop-2.ini']);
    expect(['../app.ini', 'a/b.ini', '.ini', 'app.php', 'C:app.ini'].filter(isProjectFileName)).toEqual([]);
  });
});
