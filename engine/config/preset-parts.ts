/** What presets are made of: their shape, the questions that several ask, and the sections that several have. Pure. */

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
  /** It asks for what the other one has not; left out: it is for both. */
  server?: 'engine' | 'uwsgi';
  questions: readonly PresetQuestion[];
  template: string;
}

export type PresetAnswers = Readonly<Record<string, string>>;

export const question = (
  id: string,
  label: string,
  suggestion: string,
  hint: string,
  isOptional = false,
): PresetQuestion => ({
  id,
  label,
  hint,
  suggestion,
  isOptional,
});

export const FOLDER = question(
  'folder',
  'Folder of the application',
  '/srv/shop',
  'Paths in the file start from here.',
);
export const VENV = question(
  'venv',
  'Virtual environment',
  '',
  'Folder with bin/python; empty when there is none.',
  true,
);
export const USER = question('user', 'User', 'www-data', 'Workers run as this user; nginx has to be in its group.');
export const NAME = question('name', 'Name', 'shop', 'Sockets are named after it.');
export const RUN = question(
  'run',
  'Folder for sockets',
  '/run/uwsgi',
  'It has to exist, and the user has to be allowed to write there.',
);
export const PLUGINS = question(
  'plugins',
  'Plugins to load',
  '',
  "Debian's packages: python3. A uwsgi that pip has built: nothing.",
  true,
);
export const PORT = question('port', 'Port', '8000', 'From 1024 up no privilege is needed.');
export const STATS_PORT = question('stats', 'Port of the figures', '9191', 'For the console, on this machine only.');
export const module = (suggestion: string) =>
  question('module', 'Module', suggestion, 'Python module with the application behind the colon.');

export const APPLICATION = `; The application. need-app ends the start when it can not be loaded,
; rather than answer every request with an error.
plugins = {plugins}
chdir = {folder}
virtualenv = {venv}
module = {module}
need-app = true
`;

export const USERS = `; The privileges of root are given up before the application is loaded.
uid = {user}
gid = {user}
`;

export const STOP = `; A stop of the service sends SIGTERM, which would be a reload otherwise.
die-on-term = true
`;

/** Given by 'threads' and gevent; without them it has to be said. */
export const THREADS = `; Background threads of the application and of its libraries run.
enable-threads = true
`;

export const LIMITS = `; A request that takes longer than a minute is ended together with its worker.
harakiri = 60
; A worker that has grown beyond this many megabytes starts anew after its request.
reload-on-rss = 512
memory-report = true
; Cookies and long addresses have to fit in here.
buffer-size = 16384
; A slow upload is read to its end before it occupies the application.
post-buffering = 65536
`;

export const WATCH = `; To see from outside how it does, and to reload it.
stats = {run}/{name}.stats
master-fifo = {run}/{name}.fifo
`;

const NGINX = `; For nginx: uwsgi_pass unix:{run}/{name}.sock;
socket = {run}/{name}.sock
`;

/** `application`: the lines that name it, with their comments. */
export function behindNginx(processes: string, application: string = APPLICATION, nginx: string = NGINX): string {
  return `[uwsgi]
${application}
; Workers are replaced and watched by a master.
master = true
${STOP}${processes}
${nginx}chmod-socket = 660
vacuum = true

${USERS}
${LIMITS}
${WATCH}`;
}

export const GEVENT_QUESTIONS: readonly PresetQuestion[] = [
  NAME,
  FOLDER,
  module('app:app'),
  VENV,
  USER,
  RUN,
  { ...PLUGINS, hint: "Debian's packages: python3,gevent. A uwsgi that pip has built: nothing." },
];
