/**
 * The servers of the benchmark: the engine and uWSGI with the same INI file, gunicorn and puma with what their
 * manuals recommend for an application behind no proxy (threads and kept connections), nginx in front of the first
 * two. All use the system's Python, which is the one that uWSGI's plugin was built for.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { freePorts } from '../fixtures/ports.ts';
import type { Program, Programs } from '../fixtures/program.ts';
import { until } from '../fixtures/until.ts';
import { PROJECT_ROOT } from '../tools/tree.ts';

/** A server under measurement, with everything whose CPU time and memory count as its own. */
export interface Contender {
  name: string;
  url: string;
  programs: Program[];
}

export const ENGINE = 'Reeve engine';
export const UWSGI = 'uWSGI';

const APPS = join(PROJECT_ROOT, 'e2e', 'bench', 'apps');
/** Nothing of a version manager: uWSGI's plugin has the system's Python in it, the others must not have another one. */
export const ENVIRONMENT = { PATH: `/usr/bin:/bin:/usr/sbin:/sbin:${process.env['PATH'] ?? ''}` };

export interface AppOptions {
  /** Where the application lies, and how an INI file names it. */
  folder?: string;
  entry?: string;
  processes: number;
  /** Of uWSGI; `python3,http` unless it is said. */
  plugins?: string;
  lines?: string[];
  /** `worker-accept`: there is the uwsgi socket only, and nothing to ask without a front server. */
  isDirect?: boolean;
}

/** The engine or uWSGI, with `http` (kept connections) and a uwsgi socket. */
export async function startServer(
  programs: Programs,
  folder: string,
  name: typeof ENGINE | typeof UWSGI,
  app: AppOptions,
): Promise<Contender & { uwsgiPort: number }> {
  const [httpPort = 0, uwsgiPort = 0] = await freePorts(2);
  await mkdir(folder, { recursive: true });
  const ini = join(folder, `${httpPort}.ini`);
  await writeFile(ini, iniFile(httpPort, uwsgiPort, app));
  const [command, args] =
    name === ENGINE
      ? [process.execPath, [join(PROJECT_ROOT, 'engine', 'main.ts'), ini]]
      : ['uwsgi', ['--plugins', app.plugins ?? 'python3,http', '--ini', ini]];
  const program = programs.start(command, args, { cwd: folder, env: ENVIRONMENT });
  const server = { name, url: `http://127.0.0.1:${httpPort}`, programs: [program], uwsgiPort };
  if (app.isDirect !== true) await answers(server);
  return server;
}

/** Both of them, with the same application. */
export async function startPair(
  programs: Programs,
  folder: string,
  app: AppOptions,
): Promise<{ engine: Contender & { uwsgiPort: number }; uwsgi: Contender & { uwsgiPort: number } }> {
  const engine = await startServer(programs, folder, ENGINE, app);
  return { engine, uwsgi: await startServer(programs, folder, UWSGI, app) };
}

function iniFile(
  http: number,
  uwsgi: number,
  { folder = APPS, entry, processes, lines = [], isDirect = false }: AppOptions,
): string {
  const first = isDirect ? 'worker-accept = true' : `http = 127.0.0.1:${http}\nhttp-keepalive = 75`;
  return `[uwsgi]
${first}
uwsgi-socket = 127.0.0.1:${uwsgi}
chdir = ${folder}
${entry ?? 'wsgi-file = basic.py'}
master = true
processes = ${processes}
need-app = true
die-on-term = true
disable-logging = true
listen = 1024
${lines.join('\n')}
`;
}

/** gunicorn and puma with the hello application. */
export async function startOthers(programs: Programs, processes: number): Promise<Contender[]> {
  const [gunicorn = 0, puma = 0] = await freePorts(2);
  const start = (name: string, port: number, line: string): Contender => {
    const [command = '', ...args] = line.split(' ');
    const program = programs.start(command, args, { cwd: APPS, env: ENVIRONMENT });
    return { name, url: `http://127.0.0.1:${port}`, programs: [program] };
  };
  const others = [
    start(
      'gunicorn gthread',
      gunicorn,
      `gunicorn --worker-class gthread --workers ${processes} --threads 4 --keep-alive 75 --bind 127.0.0.1:${gunicorn} basic:application`,
    ),
    start(
      'puma',
      puma,
      `puma --workers ${processes} --threads 4:4 --environment production --preload --bind tcp://127.0.0.1:${puma} config.ru`,
    ),
  ];
  for (const other of others) await answers(other);
  return others;
}

/** How nginx speaks to what is behind it. */
export type Pass = { by: 'uwsgi_pass' | 'proxy_pass'; port: number };

/** One nginx, as Debian configures it, in front of one server; what it uses counts as that server's. */
export async function startFront(
  programs: Programs,
  parent: string,
  behind: Contender,
  pass: Pass,
): Promise<Contender> {
  const [port = 0] = await freePorts(1);
  const folder = join(parent, `nginx-${port}`);
  await mkdir(folder, { recursive: true });
  const path = join(folder, 'nginx.conf');
  await writeFile(path, passFile(folder, port, pass));
  const nginx = programs.start('nginx', ['-c', path, '-p', folder], { env: ENVIRONMENT });
  const front: Contender = {
    name: `nginx ${pass.by}, ${behind.name}`,
    url: `http://127.0.0.1:${port}`,
    programs: [...behind.programs, nginx],
  };
  await answers(front);
  return front;
}

function passFile(folder: string, port: number, pass: Pass): string {
  const location =
    pass.by === 'uwsgi_pass'
      ? `include /etc/nginx/uwsgi_params; uwsgi_pass 127.0.0.1:${pass.port};`
      : 'proxy_pass http://behind; proxy_http_version 1.1; proxy_set_header Connection ""; proxy_set_header Host $host;';
  return nginxFile({ folder, port, location, upstream: `127.0.0.1:${pass.port}`, kept: 64 });
}

/** `upstream`, of which `kept` connections stay open, is called `behind` in `location`. */
export function nginxFile(site: {
  folder: string;
  port: number;
  location: string;
  upstream: string;
  kept: number;
}): string {
  const { folder, port, location, upstream, kept } = site;
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `${name}_temp_path ${folder};`);
  return `daemon off;
worker_processes auto;
pid ${folder}/nginx.pid;
error_log stderr error;
events { worker_connections 2048; }
http {
  access_log off;
  keepalive_requests 1000000000;
  ${temporary.join('\n  ')}
  upstream behind { server ${upstream}; keepalive ${kept}; keepalive_requests 1000000000; }
  server { listen 127.0.0.1:${port}; location / { ${location} } }
}
`;
}

export async function answers({ name, url, programs }: Contender): Promise<void> {
  await until(
    () => `${name} to answer at ${url}; its output was:\n${programs.map((program) => program.output()).join('\n')}`,
    async () => {
      try {
        return (await fetch(url)).status < 500;
      } catch {
        return false;
      }
    },
    20_000,
  );
}
