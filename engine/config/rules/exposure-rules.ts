/** Rules about who can reach or read what: addresses, modes, users, secrets, source code. */
import { formatAddress } from '../address.ts';
import { resolvePath } from '../host.ts';
import { isOn, plainPath } from '../values.ts';
import { hiddenFilesRule } from './hidden-files-rule.ts';
import type { Finding, Rule } from './rule.ts';
import { APPLICATIONS, FRONT_SOCKETS, isEverywhere, isOpen, type RuleConfig } from './rule-config.ts';

const HEAD = '[uwsgi]\nhttp-socket = 127.0.0.1:8080\nmodule = shop\nneed-app = true\n';

export const exposureRules: readonly Rule[] = [
  {
    code: 'socket-public',
    severity: 'warning',
    title: 'A socket for front servers is open to every network',
    why: 'The uwsgi, FastCGI and SCGI protocols have no password. On uWSGI whoever reaches such a socket can have any file of the machine run as code (UWSGI_FILE), and on any server can pose as any user.',
    todo: 'Name the address of the web server in front, 127.0.0.1 when it is on this machine, or use a unix socket.',
    example: '[uwsgi]\nsocket = :3031\nmodule = shop\n',
    check: (config) =>
      config.listeners(FRONT_SOCKETS).flatMap(({ item, address }) => {
        if (address.type !== 'tcp' || !isEverywhere(address)) return [];
        const local = `127.0.0.1:${address.port}`;
        const message = `'${item.key} = ${item.value}' is open to every network this machine is in, and the protocol has no password. Write ${local}, or a unix socket.`;
        // In a container the web server in front is on another address.
        const severity = config.host.facts?.supervisor === 'container' ? 'info' : 'warning';
        return [{ item, part: 'value', message, severity, fix: config.fix.setValue(item, local) }];
      }),
  },
  {
    code: 'puwsgi-socket',
    severity: 'warning',
    title: 'puwsgi-socket takes request bodies for requests',
    why: 'The protocol has no bodies: what a client sends as one is read as the next request, with variables of its choice (uWSGI issue 2336).',
    todo: "Use 'socket' or 'http-socket'.",
    example: '[uwsgi]\npuwsgi-socket = 127.0.0.1:3031\nmodule = shop\n',
    server: 'uwsgi',
    check: (config) =>
      config.all('puwsgi-socket').map((item) => ({
        item,
        message: "'puwsgi-socket' reads the body of a request as the next request: clients can run code. Use 'socket'.",
        fix: config.fix.rename(item, 'socket'),
      })),
  },
  {
    code: 'stats-public',
    severity: 'warning',
    title: 'The statistics are open to every network',
    why: 'The stats document shows the headers of running requests, cookies and passwords among them, to anyone who connects.',
    todo: 'Bind it to 127.0.0.1 or to a unix socket.',
    example: `${HEAD}stats = :9191\n`,
    check: (config) =>
      config.listeners(['stats']).flatMap(({ item, address }) => {
        if (address.type !== 'tcp' || !isEverywhere(address)) return [];
        const local = `127.0.0.1:${address.port}`;
        const message = `'${item.key} = ${item.value}' shows cookies and passwords of running requests to every network. Write ${local}.`;
        return [{ item, part: 'value', message, fix: config.fix.setValue(item, local) }];
      }),
  },
  {
    code: 'chmod-socket-world',
    severity: 'warning',
    title: 'Every user of the machine may use the unix socket',
    why: "Mode 666 or 777, which 'chmod-socket' without a value means too, lets any local process send requests past the web server, with variables of its choice.",
    todo: 'Write 660 and give the socket to the group of the web server (gid, or chown-socket).',
    example: '[uwsgi]\nsocket = /run/shop.sock\nchmod-socket = 666\nmodule = shop\n',
    check: (config) => {
      const item = config.last('chmod-socket');
      if (item === null || !/^(true|1|0?[0-7]{0,2}[2367])?$/.test(item.value)) return [];
      if (config.target.server === 'uwsgi' && /^(true)?$/.test(item.value)) {
        const refused = "uWSGI does not start: in a file 'chmod-socket' needs its mode, in octal. Write 660.";
        return [{ item, part: 'value', message: refused, severity: 'error', fix: config.fix.setValue(item, '660') }];
      }
      const message =
        "Every user of this machine may connect to the socket. Write 660, with the web server's group as 'gid' or in 'chown-socket'.";
      return [{ item, part: 'value', message, fix: config.fix.setValue(item, '660') }];
    },
  },
  {
    code: 'runs-as-root',
    severity: 'info',
    title: 'The application runs as root',
    why: 'A hole in the application is then a hole in the machine.',
    todo: "Add 'uid' and 'gid' with the user that the application needs.",
    example: '[uwsgi]\nhttp-socket = :80\nuid = root\nmodule = shop\n',
    check: (config) => {
      const user = config.last('uid') ?? config.last('immediate-uid');
      if (config.has('emperor')) return [];
      if (user !== null && /^(root|0)$/.test(user.value)) {
        const message = `'${user.key} = ${user.value}': the application runs with all rights. Name a user of its own.`;
        return [{ item: user, part: 'value', severity: 'warning', message }];
      }
      // Who starts the server is not known; a socket that only root may open says it.
      const low = config
        .listeners([...FRONT_SOCKETS, 'http-socket', 'http11-socket', 'http', 'https'])
        .find(({ address }) => address.type === 'tcp' && address.port > 0 && address.port < 1024);
      if (user !== null || low === undefined || config.has('cap')) return [];
      if (config.host.facts?.supervisor === 'container') return [];
      const port = formatAddress(low.address);
      // uWSGI binds all but shared sockets after it has taken the rights of 'uid'.
      const onUwsgi = config.target.server === 'uwsgi' ? `, and open the port by shared-socket = ${port}` : '';
      const message = `Only root may open ${port}, and no 'uid' says who goes on from there: the application keeps all rights. Add uid and gid${onUwsgi}.`;
      return [{ item: low.item, part: 'value', message }];
    },
  },
  {
    code: 'uid-without-gid',
    severity: 'warning',
    title: 'The user changes, the group stays root',
    why: "uWSGI gives up only what it is told to: with 'uid' alone, started as root, workers keep the group root and may read and write what belongs to it.",
    todo: "Add 'gid'.",
    example: `${HEAD}uid = www-data\n`,
    server: 'uwsgi',
    check: (config) => {
      const item = config.last('uid');
      if (item === null || isOpen(item.value) || /^(root|0)$/.test(item.value)) return [];
      if (config.has('gid', 'immediate-gid', 'emperor')) return [];
      const message = `'${item.key}' without 'gid': started as root, workers keep the group root. Add gid = ${item.value}.`;
      return [{ item, message, fix: config.fix.add(item, 'gid', item.value) }];
    },
  },
  {
    code: 'fifo-world-writable',
    severity: 'warning',
    title: 'The master FIFO is in a folder where everybody may write',
    why: 'Another user can put a FIFO of his own in its place before the start, and then the commands go to him, or come from him.',
    todo: 'Put it into a folder of its own, e.g. below /run.',
    example: `${HEAD}master = true\nmaster-fifo = /tmp/shop.fifo\n`,
    check: (config) => inOpenFolder(config, ['master-fifo'], 'commands to this server can be caught or forged'),
  },
  {
    code: 'pidfile-world-writable',
    severity: 'warning',
    title: 'A pidfile is in a folder where everybody may write',
    why: 'It is written as root: a link that another user puts there first makes the server overwrite any file, and a script that kills by it kills what he wants.',
    todo: 'Put it into a folder of its own, e.g. below /run.',
    example: `${HEAD}pidfile = /tmp/shop.pid\n`,
    check: (config) =>
      inOpenFolder(
        config,
        [
          'pidfile',
          'pidfile2',
          'safe-pidfile',
          'safe-pidfile2',
          'emperor-pidfile',
          'touch-reload',
          'touch-chain-reload',
          'touch-workers-reload',
          'spooler',
        ],
        'another user can put a file of his own in its place',
      ),
  },
  {
    code: 'log-world-writable',
    severity: 'info',
    title: 'The log is in a folder where everybody may write',
    why: 'Logs hold addresses and paths of visitors, and a link put there first sends them into another file.',
    todo: 'Write it below /var/log.',
    example: `${HEAD}logto = /tmp/shop.log\nlog-maxsize = 1000000\n`,
    check: (config) =>
      inOpenFolder(
        config,
        ['logto', 'logto2', 'daemonize', 'daemonize2'],
        'another user can put a file of his own in its place',
      ),
  },
  {
    code: 'socket-in-tmp',
    severity: 'info',
    title: 'The unix socket is in a temporary folder',
    why: 'Services with a private /tmp (systemd) do not see it, cleaners remove it, and another user can take its name while the server is down.',
    todo: 'Put it into a folder below /run.',
    example: '[uwsgi]\nsocket = /tmp/shop.sock\nvacuum = true\nmodule = shop\n',
    check: (config) =>
      config.listeners([...FRONT_SOCKETS, 'http-socket', 'http', 'stats']).flatMap(({ item, address }): Finding[] => {
        if (address.type !== 'unix' || !isOpenFolder(config, address.path)) return [];
        const message = `'${item.key} = ${item.value}': a web server with a private /tmp does not see it. Put it into a folder below /run.`;
        return [{ item, part: 'value', message }];
      }),
  },
  {
    code: 'secret-in-file',
    severity: 'info',
    title: 'A secret stands in the configuration',
    why: 'Whoever may read the file, its backups or its history has it, and show-config and SIGUSR1 print it to the log.',
    todo: "Take it from the service's environment, or read it from a file of its own with @(file).",
    example: `${HEAD}env = DATABASE_PASSWORD=hunter2\n`,
    check: (config) =>
      config.all('env').flatMap((item) => {
        const [, name = '', value = ''] = /^(\w+)=(.+)$/.exec(item.value) ?? [];
        if (
          !/(PASSWORD|PASSWD|SECRET|TOKEN|API_?KEY|PRIVATE_?KEY)/i.test(name) ||
          /(_FILE|_PATH|_URL|_NAME)$/i.test(name)
        )
          return [];
        const written = config.fix.lineOf(item)?.value ?? item.value;
        if (isOpen(written) || /^(true|false|\d{1,3}|\/.*)$/i.test(value)) return [];
        const message = `${name} looks like a secret: who may read this file, its backups or the output of show-config has it. Take it from the environment of the service, or from a file: ${name}=@(/path/to/file).`;
        return [{ item, part: 'value', message }];
      }),
  },
  {
    code: 'static-exposes-code',
    severity: 'warning',
    title: 'The folder of the application is served as files',
    why: "Everything below a folder of 'static-map' or 'check-static' can be downloaded: source code, this configuration, the database of a small project.",
    todo: 'Name a folder that holds nothing but files for visitors.',
    example:
      '[uwsgi]\nhttp-socket = 127.0.0.1:8080\nchdir = /srv/shop\nwsgi-file = shop.py\ncheck-static = /srv/shop\n',
    check: (config) => {
      const [main] = config.resolved.files;
      const skipped = config.all('static-skip-ext').map(({ value }) => value);
      const secret = [main, ...config.all('wsgi-file').map(({ value }) => config.path(value))]
        .filter((path) => path !== undefined)
        .filter((path) => !skipped.some((ending) => path.endsWith(ending)));
      return ['check-static', 'static-map', 'static-map2'].flatMap((name) =>
        config.all(name).flatMap((item): Finding[] => {
          const folder = name === 'check-static' ? item.value : item.value.slice(item.value.indexOf('=') + 1);
          if (folder === '' || isOpen(folder)) return [];
          const full = config.path(folder);
          const inside = secret.find((path) => path.startsWith(full === '/' ? '/' : `${full}/`));
          if (inside === undefined) return [];
          const message = `'${item.key} = ${item.value}' lets visitors download ${inside}. Name a folder with nothing but files for them.`;
          return [{ item, part: 'value', message }];
        }),
      );
    },
  },
  hiddenFilesRule,
  {
    code: 'catch-exceptions',
    severity: 'warning',
    title: 'Visitors see tracebacks',
    why: 'A traceback shows paths, names and values of the application to whoever causes an error.',
    todo: 'Leave it to development.',
    example: `${HEAD}catch-exceptions = true\n`,
    check: (config) => {
      const item = config.last('catch-exceptions');
      if (item === null || !isOn(item.value)) return [];
      const message = "'catch-exceptions' shows tracebacks to visitors: it is for development only.";
      return [{ item, message, fix: config.fix.remove(item) }];
    },
  },
  {
    code: 'tls-outdated',
    severity: 'warning',
    title: 'Broken versions of TLS are allowed',
    why: 'SSL 3 and TLS 1.0 can be read by others on the way; no browser of this decade needs them.',
    todo: 'Remove the line.',
    example: `${HEAD}ssl-enable-tlsv1 = true\n`,
    server: 'uwsgi',
    check: (config) =>
      ['ssl-enable3', 'ssl-enable-sslv3', 'ssl-enable-tlsv1']
        .flatMap((name) => config.all(name))
        .flatMap((item) => {
          if (!isOn(item.value)) return [];
          const message = `'${item.key}' lets clients use a broken version of TLS; no browser needs it. Remove the line.`;
          return [{ item, message, fix: config.fix.remove(item) }];
        }),
  },
  {
    code: 'several-applications',
    severity: 'info',
    title: 'Several applications in interpreters of their own',
    why: "Each 'mount' gets a sub-interpreter on uWSGI; many C extensions (numpy, lxml, drivers of databases) fail or hang in the second one.",
    todo: "Add 'single-interpreter = true'.",
    example: '[uwsgi]\nhttp-socket = 127.0.0.1:8080\nneed-app = true\nmount = /shop=shop.py\nmount = /blog=blog.py\n',
    server: 'uwsgi',
    check: (config) => {
      const applications = APPLICATIONS.flatMap((name) => config.all(name));
      const mounts = config.all('mount');
      const [first] = mounts;
      if (first === undefined || applications.length < 2 || config.has('single-interpreter')) return [];
      const message =
        'Each application gets a Python interpreter of its own, in which many C extensions fail. Add single-interpreter = true.';
      return [{ item: first, message, fix: config.fix.add(first, 'single-interpreter', 'true') }];
    },
  },
];

function inOpenFolder(config: RuleConfig, names: readonly string[], danger: string): Finding[] {
  return names.flatMap((name) =>
    config.all(name).flatMap((item): Finding[] => {
      if (item.value === '' || isOpen(item.value) || !isOpenFolder(config, item.value)) return [];
      const folder = folderOf(config.path(item.value));
      const message = `'${item.key} = ${plainPath(item.value)}': everybody may write in ${folder}, so ${danger}. Use a folder of its own, e.g. below /run.`;
      return [{ item, part: 'value', message }];
    }),
  );
}

function isOpenFolder(config: RuleConfig, value: string): boolean {
  if (value.startsWith('@')) return false;
  const folder = folderOf(config.path(value));
  if (/^(\/tmp|\/var\/tmp|\/dev\/shm)$/.test(folder)) return true;
  return config.host.facts?.isWorldWritable(folder) ?? false;
}

function folderOf(path: string): string {
  return resolvePath('/', `${path}/..`);
}
