/**
 * Real front servers for process tests: nginx and Apache with a generated configuration in a folder of their own,
 * listening on 127.0.0.1, with one location for each protocol that leads to the engine under test.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, chmodSync, constants, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { get } from 'node:http';
import { delimiter, join } from 'node:path';
import { freePort, waitFor } from './engine-process.ts';

/** Ports of 127.0.0.1 where the engine answers. */
export interface BackendPorts {
  http: number;
  uwsgi: number;
  fastcgi: number;
  scgi: number;
}

export interface FrontServer {
  port: number;
  /** Path prefixes, each with the way behind it. */
  prefixes: readonly string[];
  dispose(): Promise<void>;
}

const APACHE_MODULES = '/usr/lib/apache2/modules';

/** Why this front server can not be started here; null: it can. */
export function whyMissing(server: 'nginx' | 'apache'): string | null {
  const program = programOf(server);
  if (program === null) return `${server === 'nginx' ? 'nginx' : 'apache2'} is not installed`;
  if (server === 'apache' && !existsSync(join(APACHE_MODULES, 'mod_proxy_uwsgi.so'))) {
    return `Apache's modules are not in ${APACHE_MODULES}`;
  }
  return null;
}

/** nginx: uwsgi_pass, fastcgi_pass without and with kept connections, scgi_pass, proxy_pass with kept connections. */
export async function startNginx(folder: string, backend: BackendPorts): Promise<FrontServer> {
  const port = await freePort();
  const at = (name: string): string => join(folder, `nginx-${name}`);
  const configuration = `
    daemon off; master_process off; pid ${at('pid')}; error_log stderr; worker_processes 1;
    events { worker_connections 256; }
    http {
      access_log off; client_max_body_size 100m;
      client_body_temp_path ${at('body')}; proxy_temp_path ${at('proxy')};
      uwsgi_temp_path ${at('uwsgi')}; fastcgi_temp_path ${at('fastcgi')}; scgi_temp_path ${at('scgi')};
      upstream kept { server 127.0.0.1:${backend.http}; keepalive 4; }
      upstream keptfcgi { server 127.0.0.1:${backend.fastcgi}; keepalive 4; }
      server {
        listen 127.0.0.1:${port};
        location /uwsgi/ {
          rewrite ^/uwsgi(.*) $1 break; include /etc/nginx/uwsgi_params; uwsgi_pass 127.0.0.1:${backend.uwsgi};
        }
        location /fastcgi/ {
          rewrite ^/fastcgi(.*) $1 break; include /etc/nginx/fastcgi_params;
          fastcgi_param PATH_INFO $uri; fastcgi_pass 127.0.0.1:${backend.fastcgi};
        }
        location /fastcgi-kept/ {
          rewrite ^/fastcgi-kept(.*) $1 break; include /etc/nginx/fastcgi_params;
          fastcgi_param PATH_INFO $uri; fastcgi_keep_conn on; fastcgi_pass keptfcgi;
        }
        location /scgi/ {
          rewrite ^/scgi(.*) $1 break; include /etc/nginx/scgi_params;
          scgi_param PATH_INFO $uri; scgi_pass 127.0.0.1:${backend.scgi};
        }
        location /http/ { proxy_http_version 1.1; proxy_set_header Connection ""; proxy_pass http://kept/; }
        location /upgrade/ {
          proxy_http_version 1.1; proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection upgrade;
          proxy_pass http://127.0.0.1:${backend.http}/;
        }
      }
    }`;
  writeFileSync(at('conf'), configuration);
  const prefixes = ['/uwsgi', '/fastcgi', '/fastcgi-kept', '/scgi', '/http'];
  return run('nginx', ['-c', at('conf'), '-e', 'stderr'], port, prefixes);
}

/** nginx as a server of files: what is in `root`, with the few types of files that tests have. */
export async function startNginxFiles(folder: string, root: string): Promise<FrontServer> {
  const port = await freePort();
  const at = (name: string): string => join(folder, `nginx-${name}`);
  const temporary = ['client_body', 'proxy', 'uwsgi', 'fastcgi', 'scgi'].map(
    (name) => `${name}_temp_path ${at(name)};`,
  );
  const configuration = `
    daemon off; master_process off; pid ${at('pid')}; error_log stderr; worker_processes 1;
    events { worker_connections 256; }
    http {
      access_log off; sendfile on; if_modified_since before; ${temporary.join(' ')}
      types { text/css css; text/plain txt; text/html html; } default_type application/octet-stream;
      server { listen 127.0.0.1:${port}; root ${root}; }
    }`;
  writeFileSync(at('conf'), configuration);
  return run('nginx', ['-c', at('conf'), '-e', 'stderr'], port, []);
}

/** Apache: mod_proxy_uwsgi, mod_proxy_fcgi, mod_proxy_scgi and mod_proxy_http. */
export async function startApache(folder: string, backend: BackendPorts): Promise<FrontServer> {
  const port = await freePort();
  const root = join(folder, 'apache');
  mkdirSync(root);
  // Its children give up root's rights, and reach the folder as their own user.
  chmodSync(folder, 0o755);
  const modules = [
    'mpm_event',
    'authz_core',
    'setenvif',
    'proxy',
    'proxy_http',
    'proxy_uwsgi',
    'proxy_fcgi',
    'proxy_scgi',
  ];
  const user = process.getuid?.() === 0 ? 'User www-data\nGroup www-data' : '';
  const configuration = `
    ServerRoot ${root}
    ServerName 127.0.0.1
    PidFile ${root}/pid
    DefaultRuntimeDir ${root}
    Mutex pthread
    ErrorLog ${root}/error.log
    LogLevel crit
    Listen 127.0.0.1:${port}
    ${modules.map((name) => `LoadModule ${name}_module ${APACHE_MODULES}/mod_${name}.so`).join('\n')}
    ${user}
    StartServers 1
    ServerLimit 1
    MinSpareThreads 4
    ThreadsPerChild 16
    MaxRequestWorkers 16
    ProxyPass /uwsgi/ uwsgi://127.0.0.1:${backend.uwsgi}/
    ProxyPass /fastcgi/ fcgi://127.0.0.1:${backend.fastcgi}/ enablereuse=on
    ProxyPass /scgi/ scgi://127.0.0.1:${backend.scgi}/
    ProxyPass /http/ http://127.0.0.1:${backend.http}/
    # Without these the path is in SCRIPT_NAME, and PATH_INFO is left out.
    ProxyFCGISetEnvIf "reqenv('SCRIPT_NAME') =~ m#^/fastcgi(/.*)$#" PATH_INFO "$1"
    SetEnvIf Request_URI . proxy-scgi-pathinfo=1
  `;
  writeFileSync(join(root, 'apache.conf'), configuration.replace(/^ +/gm, ''));
  const args = ['-f', join(root, 'apache.conf'), '-DFOREGROUND'];
  return run('apache', args, port, ['/uwsgi', '/fastcgi', '/scgi', '/http']);
}

async function run(
  server: 'nginx' | 'apache',
  args: readonly string[],
  port: number,
  prefixes: readonly string[],
): Promise<FrontServer> {
  const program = programOf(server);
  if (program === null) throw new Error(`${server} is not installed.`);
  const child = spawn(program, args, { stdio: ['ignore', 'inherit', 'pipe'] });
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => {
    said += chunk.toString();
  });
  try {
    await waitFor(`${server} to listen`, async () => {
      if (child.exitCode !== null) throw new Error(`${server} ended: ${said}`);
      return isAnswering(port);
    });
  } catch (error) {
    await end(child);
    throw error;
  }
  return { port, prefixes, dispose: () => end(child) };
}

/** Does it answer? Apache listens for a moment while it reads its configuration the first time. */
async function isAnswering(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const outgoing = get({ host: '127.0.0.1', port, path: '/', agent: false }, (incoming) => {
      incoming.resume();
      incoming.on('end', () => resolve(true));
      incoming.on('error', () => resolve(false));
    });
    outgoing.on('error', () => resolve(false));
  });
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), 5000);
  await exited;
  clearTimeout(timer);
}

function programOf(server: 'nginx' | 'apache'): string | null {
  const name = server === 'nginx' ? 'nginx' : 'apache2';
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin'];
  return folders.map((folder) => join(folder, name)).find(isExecutable) ?? null;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
