/** The rows about PHP: the engine beside uWSGI's PHP plugin and php-fpm behind nginx, with the same scripts. */
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { freePorts } from '../fixtures/ports.ts';
import type { Programs } from '../fixtures/program.ts';
import { PROJECT_ROOT } from '../tools/tree.ts';
import { runLoad } from './load.ts';
import { peerResult, perCpuShare } from './peer-rows.ts';
import { atLeast, type BenchRow, type RowContext, type RowResult } from './row.ts';
import { answers, type Contender, ENGINE, ENVIRONMENT, nginxFile, startServer, UWSGI } from './servers.ts';

const SCRIPTS = join(PROJECT_ROOT, 'e2e', 'bench', 'apps', 'php');
const CONNECTIONS = 32;
const PROCESSES = 2;
const FPM = 'nginx, php-fpm';

export const PHP_ROWS: BenchRow[] = [
  {
    id: 'php-hello',
    title: `hello in PHP, HTTP keep-alive, ${CONNECTIONS} connections, ${PROCESSES} processes`,
    run: (context) => compare(context, '/index.php'),
  },
  {
    id: 'php-session',
    title: `a page with a session in PHP, HTTP keep-alive, ${CONNECTIONS} connections, ${PROCESSES} processes`,
    run: (context) => compare(context, '/session.php'),
  },
];

async function compare(context: RowContext, path: string): Promise<RowResult> {
  const { programs, folder } = context;
  const sessions = join(folder, 'sessions');
  await mkdir(sessions, { recursive: true });
  const app = {
    processes: PROCESSES,
    plugins: 'http,php',
    entry: `php-docroot = ${SCRIPTS}\nphp-index = index.php\nphp-allowed-ext = .php`,
    lines: [`php-set = session.save_path=${sessions}`, 'http-modifier1 = 14', 'need-app = false'],
  };
  const figures = await runLoad(
    [
      await startServer(programs, folder, ENGINE, app),
      await startServer(programs, folder, UWSGI, app),
      await startFpm(programs, folder, sessions),
    ],
    { ...context, path, connections: CONNECTIONS },
  );
  const share = perCpuShare(figures, ENGINE, FPM);
  return peerResult(figures, [atLeast('requests per CPU second beside php-fpm behind nginx', share, 0.8)]);
}

/** php-fpm with as many processes, and nginx in front, as Debian configures both: a connection for each request. */
async function startFpm(programs: Programs, parent: string, sessions: string): Promise<Contender> {
  const [port = 0] = await freePorts(1);
  const folder = join(parent, `fpm-${port}`);
  await mkdir(folder, { recursive: true });
  // For the user that nginx gives its workers.
  for (const path of [dirname(parent), parent, folder]) await chmod(path, 0o711);
  const socket = join(folder, 'fpm.sock');
  const pool = [
    '[global]',
    'daemonize = no',
    `error_log = ${join(folder, 'fpm.log')}`,
    '[www]',
    'user = root',
    'group = root',
    `listen = ${socket}`,
    'listen.mode = 0666',
    'listen.backlog = 1024',
    'pm = static',
    `pm.max_children = ${PROCESSES}`,
    `php_admin_value[session.save_path] = ${sessions}`,
  ];
  await writeFile(join(folder, 'fpm.conf'), `${pool.join('\n')}\n`);
  const location = [
    'include /etc/nginx/fastcgi_params;',
    `fastcgi_param SCRIPT_FILENAME ${SCRIPTS}$fastcgi_script_name;`,
    'fastcgi_pass behind;',
  ].join(' ');
  const conf = join(folder, 'nginx.conf');
  await writeFile(conf, nginxFile({ folder, port, upstream: `unix:${socket}`, location, kept: PROCESSES }));
  const fpm = programs.start('php-fpm8.2', ['-R', '-y', join(folder, 'fpm.conf')], { env: ENVIRONMENT });
  const nginx = programs.start('nginx', ['-c', conf, '-p', folder], { env: ENVIRONMENT });
  const contender = { name: FPM, url: `http://127.0.0.1:${port}`, programs: [fpm, nginx] };
  await answers({ ...contender, url: `${contender.url}/index.php` });
  return contender;
}
