/**
 * Beginnings of an INI file for the usual ways to run an application: commented sections with a few places to fill in.
 * `{name}` in a preset stands for the answer to its question; a line whose answer is empty is left out. What a file has
 * already is not given again: that is preset-merge.ts. Pure.
 */

export interface PresetQuestion {
  id: string;
  label: string;
  hint: string;
  /** Taken while nothing else is typed. */
  suggestion: string;
  /** Left empty, its lines are left out. */
  isOptional: boolean;
}

export interface Preset {
  id: string;
  title: string;
  /** For whom, in one sentence. */
  text: string;
  /** It asks for what the bundled engine has not. */
  isUwsgiOnly?: true;
  questions: readonly PresetQuestion[];
  template: string;
}

export type PresetAnswers = Readonly<Record<string, string>>;

const question = (id: string, label: string, suggestion: string, hint: string, isOptional = false): PresetQuestion => ({
  id,
  label,
  hint,
  suggestion,
  isOptional,
});

const FOLDER = question('folder', 'Folder of the application', '/srv/shop', 'Paths in the file start from here.');
const VENV = question('venv', 'Virtual environment', '', 'Folder with bin/python; empty when there is none.', true);
const USER = question('user', 'User', 'www-data', 'Workers run as this user; nginx has to be in its group.');
const NAME = question('name', 'Name', 'shop', 'Sockets are named after it.');
const RUN = question(
  'run',
  'Folder for sockets',
  '/run/uwsgi',
  'It has to exist, and the user has to be allowed to write there.',
);
const PLUGINS = question(
  'plugins',
  'Plugins to load',
  '',
  "Debian's packages: python3. A uwsgi that pip has built: nothing.",
  true,
);
const PORT = question('port', 'Port', '8000', 'From 1024 up no privilege is needed.');
const module = (suggestion: string) =>
  question('module', 'Module', suggestion, 'Python module with the application behind the colon.');

const APPLICATION = `; The application. need-app ends the start when it can not be loaded,
; rather than answer every request with an error.
plugins = {plugins}
chdir = {folder}
virtualenv = {venv}
module = {module}
need-app = true
`;

const USERS = `; The privileges of root are given up before the application is loaded.
uid = {user}
gid = {user}
`;

const STOP = `; A stop of the service sends SIGTERM, which would be a reload otherwise.
die-on-term = true
`;

/** Given by 'threads' and gevent; without them it has to be said. */
const THREADS = `; Background threads of the application and of its libraries run.
enable-threads = true
`;

const LIMITS = `; A request that takes longer than a minute is ended together with its worker.
harakiri = 60
; A worker that has grown beyond this many megabytes starts anew after its request.
reload-on-rss = 512
memory-report = true
; Cookies and long addresses have to fit in here.
buffer-size = 16384
; A slow upload is read to its end before it occupies the application.
post-buffering = 65536
`;

const WATCH = `; To see from outside how it does, and to reload it.
stats = {run}/{name}.stats
master-fifo = {run}/{name}.fifo
`;

function behindNginx(processes: string): string {
  return `[uwsgi]
${APPLICATION}
; Workers are replaced and watched by a master.
master = true
${STOP}${processes}
; For nginx: uwsgi_pass unix:{run}/{name}.sock;
socket = {run}/{name}.sock
chmod-socket = 660
vacuum = true

${USERS}
${LIMITS}
${WATCH}`;
}

export const presets: readonly Preset[] = [
  {
    id: 'django-nginx',
    title: 'Django behind nginx',
    text: 'A unix socket for nginx on the same machine, several processes, limits, figures.',
    questions: [NAME, FOLDER, module('shop.wsgi:application'), VENV, USER, RUN, PLUGINS],
    template: behindNginx(`processes = 4\n${THREADS}`),
  },
  {
    id: 'flask-nginx',
    title: 'Flask behind nginx',
    text: 'As for Django, with threads: small applications wait for databases most of the time.',
    questions: [NAME, FOLDER, module('app:app'), VENV, USER, RUN, PLUGINS],
    template: behindNginx('processes = 2\n; Requests that each process serves at a time.\nthreads = 4\n'),
  },
  {
    id: 'docker',
    title: 'In Docker',
    text: 'HTTP on a port for the proxy in front, the log on standard error, an end on SIGTERM.',
    questions: [
      PORT,
      { ...FOLDER, suggestion: '/app' },
      module('app:app'),
      question('user', 'User', 'nobody', 'Workers run as this user of the image.'),
      PLUGINS,
    ],
    template: `[uwsgi]
${APPLICATION.replace('virtualenv = {venv}\n', '')}
; The proxy in front speaks HTTP to this port.
http-socket = :{port}

master = true
processes = 2
threads = 4
; docker stop sends SIGTERM, which would be a reload otherwise.
die-on-term = true

${USERS}
${LIMITS}
; Seen from within the container only.
stats = 127.0.0.1:9191
`,
  },
  {
    id: 'systemd',
    title: 'Under systemd',
    text: 'A service of its own: says when it is ready, logs to the journal, ends on SIGTERM.',
    questions: [NAME, FOLDER, module('app:app'), VENV, USER, RUN, PLUGINS],
    template: `; The unit: Type=notify, NotifyAccess=all, KillSignal=SIGTERM, RuntimeDirectory=uwsgi,
; ExecStart=/usr/bin/uwsgi --ini /etc/uwsgi/{name}.ini
[uwsgi]
${APPLICATION}
master = true
processes = 4
threads = 2
; systemctl stop sends SIGTERM, which would be a reload otherwise.
die-on-term = true
; The journal has the time of each line already, and failures matter more than every request.
disable-logging = true
log-4xx = true
log-5xx = true

; For nginx: uwsgi_pass unix:{run}/{name}.sock;
socket = {run}/{name}.sock
chmod-socket = 660
vacuum = true

${USERS}
${LIMITS}
${WATCH}`,
  },
  {
    id: 'vassal',
    title: 'Vassal of an emperor',
    text: 'One file of many in the folder of an emperor; names follow the name of the file.',
    questions: [FOLDER, module('app:app'), VENV, USER, RUN, PLUGINS],
    template: `; The emperor starts this file, and reloads it when it is saved. %n is its name without .ini.
[uwsgi]
${APPLICATION}
master = true
processes = 2
threads = 2

socket = {run}/%n.sock
chmod-socket = 660
vacuum = true
; Vassals are told apart by the names of their processes.
auto-procname = true
procname-prefix-spaced = %n

${USERS}
${LIMITS}
stats = {run}/%n.stats
`,
  },
  {
    id: 'gevent',
    title: 'Many slow connections with gevent',
    text: 'Hundreds of requests at a time in each process, for applications that wait for others.',
    isUwsgiOnly: true,
    questions: [
      NAME,
      FOLDER,
      module('app:app'),
      VENV,
      USER,
      RUN,
      { ...PLUGINS, hint: "Debian's packages: python3,gevent. A uwsgi that pip has built: nothing." },
    ],
    template: `[uwsgi]
${APPLICATION}
master = true
${STOP}processes = 2
; Requests that each process serves at a time. Threads do not go together with it, and a harakiri would end all of them.
gevent = 200
; Has to come before the application opens its first connection.
gevent-early-monkey-patch = true

; For nginx: uwsgi_pass unix:{run}/{name}.sock;
socket = {run}/{name}.sock
chmod-socket = 660
vacuum = true
; A connection that says nothing for this long is closed.
socket-timeout = 60

${USERS}
; Cookies and long addresses have to fit in here.
buffer-size = 16384

${WATCH}memory-report = true
`,
  },
  {
    id: 'spooler-cron',
    title: 'Spooler and cron',
    text: 'Work beside the requests: tasks from the application in a folder, and commands at set times.',
    questions: [
      { ...FOLDER, hint: 'The folder spool in it has to be there, and the user has to be allowed to write there.' },
      module('app:app'),
      question('command', 'Nightly command', 'python3 cleanup.py', 'Runs at 3:10; empty for none.', true),
      VENV,
      USER,
      PLUGINS,
    ],
    template: `[uwsgi]
${APPLICATION}
master = true
${STOP}processes = 2
${THREADS}http-socket = 127.0.0.1:8000

; Tasks wait as files in this folder, and survive a restart. They are functions of the application
; with the decorator spool of the module uwsgidecorators.
spooler = {folder}/spool
spooler-processes = 2
; A task that takes longer than ten minutes is ended and tried again.
spooler-harakiri = 600

; One run at a time: the next one waits for the one before.
cron2 = minute=10,hour=3,unique=1 {command}

${USERS}
${LIMITS}`,
  },
  {
    id: 'cheaper',
    title: 'High traffic, with cheaper',
    text: 'Workers come and go with the load between a lower and an upper bound.',
    questions: [
      NAME,
      FOLDER,
      module('shop.wsgi:application'),
      VENV,
      question('most', 'Most workers', '32', 'What memory and the database can take.'),
      question('least', 'Fewest workers', '4', 'Kept running at night.'),
      USER,
      RUN,
      { ...PLUGINS, hint: "Debian's packages: python3,cheaper_busyness. A uwsgi that pip has built: nothing." },
    ],
    template: behindNginx(`${THREADS}processes = {most}
cheaper = {least}
cheaper-initial = {least}
cheaper-step = 2
; By how busy the workers were in windows of 30 seconds.
cheaper-algo = busyness
cheaper-overload = 30
cheaper-busyness-min = 25
cheaper-busyness-max = 60
cheaper-busyness-multiplier = 10
; Workers at once while connections wait. The first number has to be below listen.
cheaper-busyness-backlog-alert = 33
cheaper-busyness-backlog-step = 2
; Idle workers take turns at the socket instead of waking up all together.
thunder-lock = true
; Every request in the log is a write to the disk.
disable-logging = true
log-5xx = true
log-slow = 1000
`),
  },
  {
    id: 'laptop',
    title: 'Development on a laptop',
    text: 'HTTP on this machine only, a reload whenever a module is saved, room for a debugger.',
    questions: [PORT, FOLDER, module('app:app'), VENV, PLUGINS],
    template: `[uwsgi]
${APPLICATION.replace('need-app = true\n', '').replace(/^; The application[^\n]*\n[^\n]*\n/, '; The application.\n')}
http-socket = 127.0.0.1:{port}
master = true
; A debugger is easier to follow with one process.
processes = 1
threads = 2
; Looks every second for modules that were saved.
py-autoreload = 1
; For breakpoint().
honour-stdin = true
; Ctrl-C and SIGTERM end it.
die-on-term = true
vacuum = true

stats = 127.0.0.1:9191
memory-report = true
`,
  },
];

/** The answers with the suggestions in place of what is missing. */
export function completeAnswers(preset: Preset, answers: PresetAnswers): Record<string, string> {
  return Object.fromEntries(
    preset.questions.map(({ id, suggestion, isOptional }) => {
      const given = (answers[id] ?? (isOptional ? '' : suggestion)).replaceAll(/[\r\n\0]+/g, ' ').trim();
      return [id, given === '' && !isOptional ? suggestion : given];
    }),
  );
}

/** The preset as the text of a file. */
export function presetText(preset: Preset, answers: PresetAnswers): string {
  const given = completeAnswers(preset, answers);
  const lines = preset.template.split('\n').flatMap((line) => {
    const names = [...line.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name);
    if (names.some((name) => given[name] === '')) return [];
    return [line.replaceAll(/\{(\w+)\}/g, (whole, name: string) => given[name] ?? whole)];
  });
  return lines.join('\n').replaceAll(/\n{3,}/g, '\n\n');
}
