/**
 * Presets for development: HTTP on this machine alone, one process, no user to change to, what is saved is seen. These
 * are what a folder without a configuration file is begun with (project-file.ts). Pure.
 */
import {
  FOLDER,
  module,
  PLUGINS,
  PORT,
  type Preset,
  type PresetQuestion,
  question,
  STATS_PORT,
  VENV,
} from './preset-parts.ts';

const HERE: PresetQuestion = { ...FOLDER, hint: 'Paths start from here; %d is the folder of the file itself.' };
const pluginsOf = (names: string) => ({ ...PLUGINS, hint: `Debian's uwsgi: ${names}. The engine needs none.` });

/** `modifier1`: uWSGI's number for the language where that is not 0. */
function onLaptop(application: string, workers: string, modifier1 = 0): string {
  const number =
    modifier1 === 0
      ? ''
      : `; It tells uWSGI the language; the engine knows it by itself.\nhttp-socket-modifier1 = ${modifier1}\n`;
  return `[uwsgi]
${application}
; For this machine only.
http-socket = 127.0.0.1:{port}
${number}master = true
${workers}; Ctrl-C and SIGTERM end it.
die-on-term = true
vacuum = true

stats = 127.0.0.1:{stats}
memory-report = true
`;
}

const ONE_PROCESS = '; A debugger is easier to follow with one process.\nprocesses = 1\n';
/** PHP and CGI have one request a worker; a page asks for several files at once. */
const FEW_PROCESSES = '; A page asks for several things at once.\nprocesses = 4\n';

export const laptopPresets: readonly Preset[] = [
  {
    id: 'laptop',
    title: 'Development on a laptop',
    text: 'HTTP on this machine only, a reload whenever a module is saved, room for a debugger.',
    questions: [PORT, HERE, module('app:app'), VENV, PLUGINS, STATS_PORT],
    template: onLaptop(
      `; The application.
plugins = {plugins}
chdir = {folder}
virtualenv = {venv}
module = {module}
`,
      `${ONE_PROCESS}threads = 2
; Looks every second for modules that were saved.
py-autoreload = 1
; For breakpoint().
honour-stdin = true
`,
    ),
  },
  {
    id: 'asgi-laptop',
    title: 'Development of ASGI on a laptop',
    text: 'FastAPI, Starlette or Django by ASGI: a reload whenever a module is saved.',
    server: 'engine',
    questions: [PORT, HERE, module('main:app'), VENV, STATS_PORT],
    template: onLaptop(
      `; The application.
chdir = {folder}
virtualenv = {venv}
asgi = {module}
`,
      `${ONE_PROCESS}; Looks every second for modules that were saved.
py-autoreload = 1
`,
    ),
  },
  {
    id: 'ruby-laptop',
    title: 'Development of Ruby on a laptop',
    text: 'Rack, Sinatra or Rails by its config.ru; saving that file loads everything anew.',
    questions: [
      PORT,
      HERE,
      question('file', 'Rack file', 'config.ru', 'The file that says what to run.'),
      pluginsOf('rack'),
      STATS_PORT,
    ],
    template: onLaptop(
      `; The application: Rack, Sinatra or Rails.
plugins = {plugins}
chdir = {folder}
rack = {file}
env = RACK_ENV=development
env = RAILS_ENV=development
`,
      `${ONE_PROCESS}; Loads the application anew when this file is saved.
touch-reload = {folder}/{file}
`,
      7,
    ),
  },
  {
    id: 'perl-laptop',
    title: 'Development of Perl on a laptop',
    text: 'A PSGI application by its file: a reload whenever a module is saved.',
    questions: [
      PORT,
      HERE,
      question('file', 'PSGI file', 'app.psgi', 'The file whose last value is the application.'),
      pluginsOf('psgi'),
      STATS_PORT,
    ],
    template: onLaptop(
      `; The application: PSGI, as Mojolicious, Dancer2 and Catalyst give it.
plugins = {plugins}
chdir = {folder}
psgi = {file}
env = PLACK_ENV=development
`,
      `; Each worker has one request at a time.
processes = 2
; Looks every second for modules that were saved.
perl-auto-reload = 1
`,
      5,
    ),
  },
  {
    id: 'php-laptop',
    title: 'Development of PHP on a laptop',
    text: 'Files and scripts of one folder; index.php answers for all that is not there.',
    questions: [
      PORT,
      HERE,
      question('docroot', 'Folder of the scripts', '/srv/shop/public', 'What a browser may ask for.'),
      pluginsOf('php'),
      STATS_PORT,
    ],
    template: onLaptop(
      `; Scripts, and the one that answers for all other paths.
plugins = {plugins}
chdir = {folder}
php-docroot = {docroot}
php-index = index.php
php-allowed-ext = .php
php-fallback = {docroot}/index.php

; Files are sent without a worker; these never.
check-static = {docroot}
static-skip-ext = .php
static-skip-ext = .inc
static-skip-ext = .ini
static-skip-ext = .sql
; Hidden files (.git, .env) are nobody's business.
route = /\\.(?!well-known/) break:404 Not Found
`,
      FEW_PROCESSES,
      14,
    ),
  },
  {
    id: 'javascript-laptop',
    title: 'Development of JavaScript on a laptop',
    text: 'A file that exports a handler or an Express or Koa application; saving it loads it anew.',
    server: 'engine',
    questions: [
      PORT,
      HERE,
      question('file', 'File', 'app.mjs', 'Its default export is the application; it does not listen itself.'),
      STATS_PORT,
    ],
    template: onLaptop(
      `; The application, on the machine's node.
chdir = {folder}
js-app = {file}
env = NODE_ENV=development
`,
      `${ONE_PROCESS}; Loads the application anew when this file is saved.
touch-reload = {folder}/{file}
`,
    ),
  },
  {
    id: 'cgi-laptop',
    title: 'Development of CGI scripts on a laptop',
    text: 'A folder of programs, one process for each request.',
    questions: [
      PORT,
      HERE,
      question('scripts', 'Folder of the programs', '/srv/shop/cgi-bin', 'They answer under /cgi-bin.'),
      pluginsOf('cgi'),
      STATS_PORT,
    ],
    template: onLaptop(
      `; Programs answer under /cgi-bin.
plugins = {plugins}
chdir = {folder}
cgi = /cgi-bin={scripts}
; Other files in the folder never run.
cgi-allowed-ext = .cgi
cgi-allowed-ext = .pl
cgi-allowed-ext = .py
cgi-allowed-ext = .sh
`,
      FEW_PROCESSES,
      9,
    ),
  },
];
