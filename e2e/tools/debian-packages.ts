/**
 * The one list of Debian packages that the tests and the benchmark need, each with a file or program that shows
 * that it is there (a program of another origin is as good). Used by `npm test`, which installs what is missing
 * when it may, and by `npm run bench`, which only says what to install.
 */
import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

export interface DebianPackage {
  name: string;
  /** A program on the PATH, or an absolute path; one of them is enough. */
  shownBy: string[];
  why: string;
  /** Tests that need it are skipped with the reason where it is not to be had. */
  isOptional?: boolean;
}

export const TEST_PACKAGES: DebianPackage[] = [
  { name: 'python3', shownBy: ['python3'], why: 'runs Python applications in workers' },
  { name: 'uwsgi-core', shownBy: ['uwsgi'], why: 'the real uWSGI that the console is attached to' },
  {
    name: 'uwsgi-plugin-python3',
    shownBy: ['/usr/lib/uwsgi/plugins/python3_plugin.so', '/etc/alternatives/uwsgi-plugin-python3'],
    why: 'Python applications in the real uWSGI',
  },
  { name: 'nginx-light', shownBy: ['nginx', '/usr/sbin/nginx'], why: 'a front server that speaks the uwsgi protocol' },
  {
    name: 'apache2-bin',
    shownBy: ['apache2', '/usr/sbin/apache2'],
    why: 'a front server that speaks FastCGI, SCGI and the uwsgi protocol',
  },
  { name: 'openssh-server', shownBy: ['sshd', '/usr/sbin/sshd'], why: 'the machines that the console signs in to' },
  { name: 'openssh-client', shownBy: ['ssh'], why: "resolves ssh's configuration, and keys in its agent" },
  {
    name: 'postgresql',
    shownBy: ['17', '16', '15', '14', '13'].map((version) => `/usr/lib/postgresql/${version}/bin/postgres`),
    why: "a database of an emperor's vassals",
    isOptional: true,
  },
  {
    name: 'rabbitmq-server',
    shownBy: ['/usr/lib/rabbitmq/bin/rabbitmq-server'],
    why: "a broker that announces an emperor's vassals",
    isOptional: true,
  },
  {
    name: 'uwsgi-plugin-emperor-pg',
    shownBy: ['/usr/lib/uwsgi/plugins/emperor_pg_plugin.so'],
    why: "the real uWSGI's emperor with a database",
    isOptional: true,
  },
  { name: 'php-cgi', shownBy: ['php-cgi'], why: 'runs PHP scripts in workers', isOptional: true },
  {
    name: 'uwsgi-plugin-php',
    shownBy: ['/usr/lib/uwsgi/plugins/php_plugin.so'],
    why: 'PHP scripts in the real uWSGI',
    isOptional: true,
  },
  { name: 'chromium', shownBy: [process.env['CHROMIUM'] ?? 'chromium'], why: 'the browser of the end-to-end tests' },
  {
    name: 'uwsgi-plugin-psgi',
    shownBy: ['/usr/lib/uwsgi/plugins/psgi_plugin.so'],
    why: 'Perl applications are compared with its plugin',
  },
  { name: 'ruby-rack', shownBy: ['/usr/share/doc/ruby-rack'], why: 'loads Rack applications', isOptional: true },
  { name: 'ruby-sinatra', shownBy: ['/usr/share/doc/ruby-sinatra'], why: 'a framework in Ruby', isOptional: true },
  {
    name: 'uwsgi-plugin-rack-ruby3.1',
    shownBy: ['/usr/lib/uwsgi/plugins/rack_plugin.so'],
    why: 'Rack applications in the real uWSGI',
    isOptional: true,
  },
  { name: 'python3-gevent', shownBy: ['/usr/lib/python3/dist-packages/gevent'], why: 'requests in greenlets' },
  { name: 'uvicorn', shownBy: ['/usr/lib/python3/dist-packages/uvicorn'], why: 'a peer of ASGI applications' },
  { name: 'python3-uvloop', shownBy: ['/usr/lib/python3/dist-packages/uvloop'], why: 'a faster event loop' },
  { name: 'python3-starlette', shownBy: ['/usr/lib/python3/dist-packages/starlette'], why: 'an ASGI framework' },
  { name: 'libplack-perl', shownBy: ['/usr/share/perl5/Plack'], why: 'loads PSGI applications' },
  { name: 'libmojolicious-perl', shownBy: ['/usr/share/perl5/Mojolicious'], why: 'a framework in Perl' },
  { name: 'libdancer2-perl', shownBy: ['/usr/share/perl5/Dancer2'], why: 'a framework in Perl' },
];

export const BENCH_PACKAGES: DebianPackage[] = [
  ...TEST_PACKAGES,
  { name: 'python3-httptools', shownBy: ['/usr/lib/python3/dist-packages/httptools'], why: "uvicorn's faster parser" },
  { name: 'wrk', shownBy: ['wrk'], why: 'makes the load' },
  { name: 'gunicorn', shownBy: ['gunicorn'], why: 'a peer' },
  { name: 'puma', shownBy: ['puma'], why: 'a peer' },
  { name: 'starman', shownBy: ['starman'], why: 'a peer' },
  { name: 'python3-websockets', shownBy: ['/usr/lib/python3/dist-packages/websockets'], why: "uvicorn's websockets" },
  {
    name: 'uwsgi-plugin-gevent-python3',
    shownBy: ['/usr/lib/uwsgi/plugins/gevent_python3_plugin.so'],
    why: 'greenlets in the real uWSGI',
  },
  {
    name: 'uwsgi-plugin-asyncio-python3',
    shownBy: ['/usr/lib/uwsgi/plugins/asyncio_python3_plugin.so'],
    why: 'asyncio in the real uWSGI',
  },
  {
    name: 'uwsgi-plugin-greenlet-python3',
    shownBy: ['/usr/lib/uwsgi/plugins/greenlet_python3_plugin.so'],
    why: 'what asyncio needs there',
  },
  { name: 'php-fpm', shownBy: ['8.2', '8.4', '8.3'].map((version) => `/usr/sbin/php-fpm${version}`), why: 'a peer' },
  {
    name: 'python3-django',
    shownBy: ['/usr/lib/python3/dist-packages/django'],
    why: 'the application of some rows',
  },
];

/** Those of `packages` that nothing on this machine stands for. */
export function missingPackages(packages: DebianPackage[]): DebianPackage[] {
  return packages.filter((item) => !item.shownBy.some(isThere));
}

/** The one command that installs them, for a person to type. */
export function installCommand(packages: DebianPackage[]): string {
  const root = process.getuid?.() === 0 ? '' : 'sudo ';
  return `${root}apt-get install -y --no-install-recommends ${packages.map((item) => item.name).join(' ')}`;
}

/** Installs what is missing where that is possible: root, on Debian. Returns what no test can do without, and prints. */
export function ensurePackages(packages: DebianPackage[]): DebianPackage[] {
  const missing = missingPackages(packages);
  if (missing.length === 0) return [];
  for (const item of missing) console.log(`missing: ${item.name} (${item.why})`);
  if (process.getuid?.() === 0 && existsSync('/etc/debian_version')) {
    const install = (isOptional: boolean): string[][] => {
      const names = missing.filter((item) => (item.isOptional ?? false) === isOptional).map((item) => item.name);
      return names.length === 0 ? [] : [['install', '-y', '--no-install-recommends', ...names]];
    };
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    // Apart, so that what is not to be had takes nothing else with it.
    for (const args of [['update'], ...install(false), ...install(true)]) {
      console.log(`$ apt-get ${args.join(' ')}`);
      spawnSync('apt-get', args, { stdio: ['ignore', 'inherit', 'inherit'], env });
    }
  }
  return missingPackages(packages).filter((item) => item.isOptional !== true);
}

function isThere(program: string): boolean {
  const candidates = program.startsWith('/')
    ? [program]
    : (process.env['PATH'] ?? '').split(delimiter).map((folder) => join(folder, program));
  return candidates.some((path) => {
    try {
      accessSync(path, program.endsWith('.so') ? constants.R_OK : constants.X_OK);
      return true;
    } catch {
      return existsSync(path) && program.startsWith('/etc/');
    }
  });
}
