/** Presets for applications in other languages, for event loops and websockets, and for files alone. Pure. */
import {
  APPLICATION,
  behindNginx,
  FOLDER,
  GEVENT_QUESTIONS,
  LIMITS,
  module,
  NAME,
  PLUGINS,
  PORT,
  type Preset,
  question,
  RUN,
  STOP,
  USER,
  USERS,
  VENV,
  WATCH,
} from './preset-parts.ts';

const pluginsOf = (names: string) => ({ ...PLUGINS, hint: `Debian's uwsgi: ${names}. The engine needs none.` });
const SITE = question('folder', 'Folder of the site', '/srv/shop', 'Paths in the file start from here.');

const NEED_APP = `; need-app ends the start when it can not be loaded, rather than answer every request with an error.
plugins = {plugins}
chdir = {folder}
need-app = true
`;

const RACK = `; The application: Rack, Sinatra or Rails.
${NEED_APP}rack = {file}
env = RACK_ENV=production
env = RAILS_ENV=production
`;

const PSGI = `; The application: PSGI, as Mojolicious, Dancer2 and Catalyst give it.
${NEED_APP}psgi = {file}
env = PLACK_ENV=deployment
`;

/** nginx passes requests on by uwsgi's protocol, in which websockets have no place. */
const OVER_HTTP = `; For nginx: proxy_pass http://unix:{run}/{name}.sock; with the headers Upgrade and Connection for websockets.
http-socket = {run}/{name}.sock
`;

/** A site of scripts, with HTTP for the proxy in front. */
function site(what: string, modifier1: number, scripts: string): string {
  return `[uwsgi]
${what}
plugins = {plugins}
chdir = {folder}
${scripts}
; The proxy in front speaks HTTP to this port. The number tells uWSGI the language; the engine knows it by itself.
http-socket = 127.0.0.1:{port}
http-socket-modifier1 = ${modifier1}

; Workers are replaced and watched by a master.
master = true
${STOP}processes = 4
vacuum = true

${USERS}
${LIMITS}
stats = 127.0.0.1:9191
`;
}

export const languagePresets: readonly Preset[] = [
  {
    id: 'ruby-nginx',
    title: 'Ruby behind nginx',
    text: 'Rack, Sinatra or Rails by its config.ru: a unix socket, several processes, limits, figures.',
    questions: [
      NAME,
      FOLDER,
      question('file', 'Rack file', 'config.ru', 'The file that says what to run.'),
      USER,
      RUN,
      pluginsOf('rack'),
    ],
    template: behindNginx(
      'processes = 4\n; Memory is compact when garbage is collected now and then, not after each request.\nruby-gc-freq = 100\n',
      RACK,
    ),
  },
  {
    id: 'perl-nginx',
    title: 'Perl behind nginx',
    text: 'A PSGI application by its file: a unix socket, several processes, limits, figures.',
    questions: [
      NAME,
      FOLDER,
      question('file', 'PSGI file', 'app.psgi', 'The file whose last value is the application.'),
      USER,
      RUN,
      pluginsOf('psgi'),
    ],
    template: behindNginx('processes = 4\n', PSGI),
  },
  {
    id: 'php-front',
    title: 'PHP with a front controller',
    text: 'Laravel, Symfony, WordPress and their like: files of public/ as they are, index.php for all other paths.',
    questions: [SITE, PORT, USER, pluginsOf('php')],
    template: site(
      '; One script answers all that is no file.',
      14,
      `php-docroot = {folder}/public
php-app = {folder}/public/index.php
php-allowed-ext = .php

; Files are sent without a worker; scripts never as text.
check-static = {folder}/public
static-skip-ext = .php
static-skip-ext = .inc
; Hidden files (.git, .env) are nobody's business.
route = /\\.(?!well-known/) break:404 Not Found
`,
    ),
  },
  {
    id: 'php-plain',
    title: 'PHP site of scripts',
    text: 'Each path is a script or a file of one folder, as Apache serves it.',
    questions: [SITE, PORT, USER, pluginsOf('php')],
    template: site(
      '; Paths name scripts; index.php answers for a folder.',
      14,
      `php-docroot = {folder}
php-index = index.php
; Uploads with other endings never run.
php-allowed-ext = .php

; Beside the scripts, files are sent without a worker.
static-map = /assets={folder}/assets
`,
    ),
  },
  {
    id: 'cgi',
    title: 'CGI scripts',
    text: 'A folder of programs, one process for each request.',
    questions: [SITE, PORT, USER, pluginsOf('cgi')],
    template: site(
      '; Programs of cgi-bin answer under /cgi-bin.',
      9,
      `cgi = /cgi-bin={folder}/cgi-bin
; Other files in the folder never run.
cgi-allowed-ext = .cgi
cgi-allowed-ext = .pl
cgi-allowed-ext = .py
cgi-allowed-ext = .sh
; Longest silence of a script.
cgi-timeout = 50
`,
    ),
  },
  {
    id: 'asgi-nginx',
    title: 'ASGI behind nginx',
    text: 'FastAPI, Starlette or Django by ASGI, with websockets: many requests at a time in each process.',
    server: 'engine',
    questions: [NAME, FOLDER, module('main:app'), VENV, USER, RUN],
    template: behindNginx(
      'processes = 2\n; Requests that each process serves at a time.\nasync = 200\n',
      APPLICATION.replace('plugins = {plugins}\n', '').replace('module = {module}', 'asgi = {module}'),
      OVER_HTTP,
    ),
  },
  {
    id: 'javascript-nginx',
    title: 'JavaScript behind nginx',
    text: "A file that exports a fetch handler or one of node:http, on the machine's Node.js.",
    server: 'engine',
    questions: [NAME, FOLDER, question('file', 'File', 'app.mjs', 'Its default export is the application.'), USER, RUN],
    template: behindNginx(
      'processes = 2\n',
      `; The application, on the machine's node.
${NEED_APP.replace('plugins = {plugins}\n', '')}js-app = {file}
env = NODE_ENV=production
`,
      OVER_HTTP,
    ),
  },
  {
    id: 'gevent-websockets',
    title: 'Websockets with gevent',
    text: 'Connections that stay open, by uwsgi.websocket_handshake() and its kin in a WSGI application.',
    questions: GEVENT_QUESTIONS,
    template: `[uwsgi]
${APPLICATION}
master = true
${STOP}processes = 2
; Each open websocket takes one of these places as long as it is open.
gevent = 500
; Has to come before the application opens its first connection.
gevent-early-monkey-patch = true

${OVER_HTTP}chmod-socket = 660
vacuum = true
; Each client is asked every 30 seconds whether it is still there, and has ten to answer.
websockets-ping-freq = 30
websockets-pong-tolerance = 10
; The largest message, in kilobytes.
websockets-max-size = 1024

${USERS}
; Cookies and long addresses have to fit in here.
buffer-size = 16384

${WATCH}memory-report = true
`,
  },
  {
    id: 'static-site',
    title: 'Static site',
    text: 'Files alone, sent without a worker: indexes, compressed siblings, expiry.',
    questions: [SITE, PORT, USER],
    template: `[uwsgi]
; The files. A folder is answered by its index.
chdir = {folder}
static-map = /={folder}/public
; Hidden files (.git, .env) are nobody's business.
route = /\\.(?!well-known/) break:404 Not Found
static-index = index.html
; page.html.gz is sent in place of page.html to who takes it.
static-gzip-all = true
; Files whose names change with their contents are kept for a year, the others are asked for again after an hour.
static-expires-uri = ^/assets/ 31536000
static-expires-type = text/html=3600

; The proxy in front speaks HTTP to this port.
http-socket = 127.0.0.1:{port}

; Workers are replaced and watched by a master.
master = true
${STOP}processes = 2
; Large files leave their worker at once.
offload-threads = 2
vacuum = true

${USERS}
; Long addresses have to fit in here.
buffer-size = 16384
stats = 127.0.0.1:9191
`,
  },
];
