/** Presets for Python applications on WSGI, and for Python applications of other kinds. Pure. */
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
  THREADS,
  USER,
  USERS,
  VENV,
  WATCH,
} from './preset-parts.ts';

export const pythonPresets: readonly Preset[] = [
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
    questions: GEVENT_QUESTIONS,
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
];
