/** Rules about the service around the workers: who starts it, its log, background jobs, the emperor, its application. */
import { resolvePath } from '../host.ts';
import { isOn } from '../values.ts';
import type { Finding, Rule } from './rule.ts';
import { FRONT_SOCKETS, HTTP_SOCKETS, isEverywhere, isOpen, type RuleConfig } from './rule-config.ts';

const HEAD = '[uwsgi]\nhttp-socket = 127.0.0.1:8080\nmodule = shop\nneed-app = true\nmaster = true\n';

const LISTENERS = [...FRONT_SOCKETS, ...HTTP_SOCKETS, 'http', 'https'];
const TOUCHES_LOG = ['log-maxsize', 'touch-logrotate', 'touch-logreopen', 'log-reopen', 'master-fifo', 'log-master'];
const APPLICATION_ORDER = ['module', 'wsgi-file', 'eval', 'paste'];

export const serviceRules: readonly Rule[] = [
  {
    code: 'no-die-on-term',
    severity: 'warning',
    title: 'SIGTERM reloads instead of stopping',
    why: 'systemd, Docker and Kubernetes stop a service with SIGTERM. uWSGI 2.0 reloads then, so each stop ends with a kill after ten to ninety seconds, in the middle of requests.',
    todo: 'Add die-on-term = true, or hook-master-start = unix_signal:15 gracefully_kill_them_all, which lets requests finish.',
    example: HEAD,
    aboutAbsence: true,
    check: (config) => {
      const { supervisor = null } = config.host.facts ?? {};
      const hasHook = config
        .all('hook-master-start')
        .some(({ value }) => /^unix_signal:(15|TERM|SIGTERM)\b/.test(value));
      if (supervisor === null || config.has('die-on-term', 'emperor', 'daemonize', 'daemonize2') || hasHook) return [];
      if (isVassal(config)) return [];
      const first = config.resolved.applied.find(({ origin }) => origin.line > 0);
      const item = config.last('master') ?? first ?? null;
      const who = supervisor === 'systemd' ? 'systemd stops services' : 'containers are stopped';
      const message = `SIGTERM, with which ${who}, reloads this server instead. Add die-on-term = true.`;
      // A machine that is a container may run servers that nobody stops that way; what all networks reach is a service.
      const isService =
        supervisor === 'systemd' || config.listeners(LISTENERS).some(({ address }) => isEverywhere(address));
      const severity = isService ? 'warning' : 'info';
      const fix = item === null ? null : config.fix.add(item, 'die-on-term', 'true');
      return [{ item, message, severity, fix }];
    },
  },
  {
    code: 'daemonize-supervised',
    severity: 'warning',
    title: 'The server leaves its supervisor',
    why: 'systemd (unless Type=forking), Docker and the emperor watch the process that they have started. With daemonize it ends at once: the service counts as stopped, is started again and again, and the container exits.',
    todo: "Remove 'daemonize'; the supervisor keeps the log, or use 'logto'.",
    example: `${HEAD}daemonize = /var/log/shop.log\nlog-maxsize = 1000000\n`,
    check: (config) => {
      const item = config.last('daemonize') ?? config.last('daemonize2');
      const supervisor = isVassal(config) ? 'emperor' : (config.host.facts?.supervisor ?? null);
      if (item === null || supervisor === null) return [];
      const who = supervisor === 'container' ? 'the container' : supervisor === 'emperor' ? 'the emperor' : 'systemd';
      const message = `'${item.key}' leaves ${who}, which takes the service for ended. Remove the line, or write logto in its place.`;
      return [{ item, message, fix: config.has('logto') ? config.fix.remove(item) : config.fix.rename(item, 'logto') }];
    },
  },
  {
    code: 'relative-path-in-background',
    severity: 'info',
    title: 'A relative path in a service',
    why: 'It is looked for in the folder that the server is started in, which is another one at boot than in your shell.',
    todo: "Write the whole path, or 'chdir' with the whole path of the folder.",
    example:
      '[uwsgi]\nhttp-socket = 127.0.0.1:8080\nwsgi-file = shop.py\nneed-app = true\nmaster = true\ndaemonize = /var/log/shop.log\nlog-maxsize = 1000000\n',
    check: (config) => {
      if (!config.has('daemonize', 'daemonize2') || config.has('chdir', 'chdir2', 'chroot')) return [];
      return ['wsgi-file', 'pidfile', 'logto', 'home'].flatMap((name): Finding[] => {
        const item = config.last(name);
        if (item === null || item.value === '' || isOpen(item.value) || /^[/@]/.test(item.value)) return [];
        const message = `'${item.value}' is looked for in the folder that the server is started in. Write the whole path, or add chdir.`;
        return [{ item, part: 'value', message }];
      });
    },
  },
  {
    code: 'log-grows',
    severity: 'info',
    title: 'The log grows without end',
    why: 'Nothing in this file ever renames or reopens the log: one day the disk is full.',
    todo: "Add 'log-maxsize' (bytes), or 'touch-logreopen' for logrotate.",
    example: `${HEAD}logto = /var/log/shop.log\n`,
    aboutAbsence: true,
    check: (config) => {
      const item = config.last('logto') ?? config.last('logto2') ?? config.last('daemonize');
      if (item === null || config.has(...TOUCHES_LOG) || /^[\w.-]*:\d+$|^\/dev\//.test(item.value)) return [];
      const message = 'Nothing rotates this log. Add log-maxsize = 104857600, or touch-logreopen for logrotate.';
      return [{ item, message, fix: config.fix.add(item, 'log-maxsize', '104857600') }];
    },
  },
  {
    code: 'log-twice',
    severity: 'warning',
    title: 'Two places for one log',
    why: "'daemonize' names the file of the log; 'logto' beside it is not used.",
    todo: "Keep 'daemonize' alone.",
    example: `${HEAD}daemonize = /var/log/shop.log\nlogto = /var/log/other.log\nlog-maxsize = 1000000\n`,
    check: (config) => {
      const item = config.last('logto');
      const other = config.last('daemonize');
      if (item === null || other === null || item.value === other.value) return [];
      const message = `'${other.key} = ${other.value}' names the log already. Remove one of the two lines.`;
      return [{ item, message, fix: config.fix.remove(item), related: [other] }];
    },
  },
  {
    code: 'log-size-without-file',
    severity: 'info',
    title: 'Rotation of a log that is no file',
    why: "'log-maxsize', 'log-backupname' and 'touch-logreopen' are about the file of 'logto' or 'daemonize'.",
    todo: "Add 'logto', or remove the line.",
    example: `${HEAD}log-maxsize = 1000000\n`,
    aboutAbsence: true,
    check: (config) => {
      if (config.has('logto', 'logto2', 'daemonize', 'daemonize2', 'logger', 'req-logger', 'log-master')) return [];
      const item =
        config.last('log-maxsize') ??
        config.last('log-backupname') ??
        config.last('touch-logreopen') ??
        config.last('touch-logrotate');
      if (item === null) return [];
      const message = `'${item.key}' does nothing without a log file. Add logto, or remove the line.`;
      return [{ item, message, fix: config.fix.remove(item) }];
    },
  },
  {
    code: 'log-exceptions-alone',
    severity: 'info',
    title: "'log-4xx' and its kin beside a full log",
    why: "They say which requests are logged in spite of 'disable-logging'; without that every request is logged anyway.",
    todo: "Add 'disable-logging = true', or remove the line.",
    example: `${HEAD}log-5xx = true\n`,
    aboutAbsence: true,
    check: (config) => {
      const item = ['log-4xx', 'log-5xx', 'log-slow', 'log-big', 'log-zero', 'log-sendfile', 'log-ioerror']
        .map((name) => config.last(name))
        .find((found) => found !== null);
      if (item === undefined || item === null || config.has('disable-logging')) return [];
      const message = `All requests are logged already; '${item.key}' is for use with disable-logging = true.`;
      return [{ item, message }];
    },
  },
  {
    code: 'die-on-idle-alone',
    severity: 'warning',
    title: "'die-on-idle' without 'idle'",
    why: "Without 'idle' the server is never idle, and never ends.",
    todo: "Add 'idle' with the seconds without a request.",
    example: `${HEAD}die-on-idle = true\n`,
    aboutAbsence: true,
    check: (config) => {
      const item = config.last('die-on-idle');
      if (item === null || !isOn(item.value) || config.has('idle')) return [];
      const message = "'die-on-idle' does nothing without 'idle'. Add idle = 600, or remove the line.";
      return [{ item, message, fix: config.fix.add(item, 'idle', '600') }];
    },
  },
  {
    code: 'emperor-details-alone',
    severity: 'warning',
    title: 'Options of an emperor without an emperor',
    why: "They belong into the file with 'emperor'; in a vassal's file they do nothing.",
    todo: "Move the line to the emperor's file.",
    example: `${HEAD}emperor-tyrant = true\n`,
    server: 'uwsgi',
    aboutAbsence: true,
    check: (config) => {
      if (config.has('emperor')) return [];
      return [
        'emperor-tyrant',
        'emperor-stats',
        'emperor-throttle',
        'vassals-include',
        'vassal-set',
        'vassals-inherit',
        'emperor-pidfile',
      ].flatMap((name): Finding[] => {
        const item = config.last(name);
        if (item === null) return [];
        const message = `'${item.key}' does nothing without 'emperor'. Move the line to the emperor's file.`;
        return [{ item, message, fix: config.fix.remove(item) }];
      });
    },
  },
  {
    code: 'spooler-priorities-unread',
    severity: 'warning',
    title: 'Tasks with a priority are never run',
    why: "Tasks with a priority go to folders of their own, and only 'spooler-ordered' looks into them.",
    todo: 'Add spooler-ordered = true.',
    example: `${HEAD}spooler = /srv/spool\n`,
    aboutAbsence: true,
    check: (config) =>
      config.all('spooler').flatMap((item): Finding[] => {
        if (config.has('spooler-ordered') || isOpen(item.value)) return [];
        const folder = config.path(item.value);
        const priorities = config.host.list(folder).filter((name) => /^\d{1,6}$/.test(name));
        const first = priorities.find((name) => config.host.kindOf(`${folder}/${name}`) === 'folder');
        if (first === undefined) return [];
        const message = `Tasks in ${folder}/${first} are never run: only 'spooler-ordered' looks at priorities. Add spooler-ordered = true.`;
        return [{ item, message, fix: config.fix.add(item, 'spooler-ordered', 'true') }];
      }),
  },
  {
    code: 'spooler-without-tasks',
    severity: 'info',
    title: 'The spooler does not know the tasks',
    why: 'With \'lazy-apps\' the application is loaded in the workers only; the spooler says "unable to find the spooler function" and keeps every task.',
    todo: "Add 'spooler-import' (or 'import') with the module of the tasks.",
    example: `${HEAD}lazy-apps = true\nspooler = /srv/spool\n`,
    server: 'uwsgi',
    aboutAbsence: true,
    check: (config) => {
      const item = config.last('spooler');
      const hasTasks = config.has('spooler-import', 'spooler-python-import', 'import', 'shared-import');
      if (item === null || !config.isOn('lazy-apps') || hasTasks) return [];
      const message =
        "With 'lazy-apps' the spooler does not load the application. Add spooler-import with the module of the tasks.";
      return [{ item, message }];
    },
  },
  {
    code: 'cron-asterisk',
    severity: 'error',
    title: 'An asterisk in cron',
    why: 'uWSGI writes -1 for "any" and -5 for "every five"; with an asterisk it does not start ("invalid cron syntax").',
    todo: 'Write -1 in place of *, and -N in place of */N.',
    example: `${HEAD}cron = */5 * * * * /usr/local/bin/poll\n`,
    server: 'uwsgi',
    check: (config) =>
      ['cron', 'unique-cron', 'legion-cron']
        .flatMap((name) => config.all(name))
        .flatMap((item): Finding[] => {
          const match = /^((?:\S+\s+){5})(.*)$/s.exec(item.value);
          const times = match?.[1] ?? '';
          if (!times.includes('*')) return [];
          const meant = times.replaceAll(/(^|\s)\*\/(\d+)/g, '$1-$2').replaceAll(/(^|\s)\*(?=\s)/g, '$1-1');
          const message = "uWSGI's cron has no asterisk and does not start: -1 is any, -5 is every five.";
          const fix =
            meant.includes('*') || isOpen(item.value) ? null : config.fix.setValue(item, meant + (match?.[2] ?? ''));
          return [{ item, part: 'value', message, fix }];
        }),
  },
  {
    code: 'two-applications',
    severity: 'warning',
    title: 'Two lines name the application',
    why: 'The first of module, wsgi-file, eval and paste, in this order, is the application; the others are not looked at.',
    todo: 'Remove all but one.',
    example: '[uwsgi]\nhttp-socket = 127.0.0.1:8080\nneed-app = true\nmodule = shop\nwsgi-file = shop.py\n',
    server: 'uwsgi',
    check: (config) => {
      const given = APPLICATION_ORDER.flatMap((name) => config.last(name) ?? []);
      const [used, ...unused] = given;
      if (used === undefined) return [];
      return unused.map((item) => ({
        item,
        message: `'${used.key} = ${used.value}' names the application already. Remove one of the two lines.`,
        fix: config.fix.remove(item),
        related: [used],
      }));
    },
  },
  {
    code: 'virtualenv-invalid',
    severity: 'warning',
    title: 'The folder is no virtual environment',
    why: 'There is no bin/python in it: the modules of the application are not found.',
    todo: 'Name the folder that holds bin, lib and pyvenv.cfg.',
    example: '[uwsgi]\nhttp-socket = 127.0.0.1:8080\nneed-app = true\nmodule = shop\nhome = /srv\n',
    check: (config) => {
      const item = config.last('home');
      if (item === null || item.value === '' || isOpen(item.value)) return [];
      const folder = config.path(item.value);
      const isThere = (name: string): boolean => config.host.kindOf(resolvePath(folder, name)) !== null;
      if (
        config.host.kindOf(folder) !== 'folder' ||
        isThere('bin/python') ||
        isThere('bin/python3') ||
        isThere('Scripts/python.exe')
      )
        return [];
      const message = `${folder} has no bin/python. Name the folder of the virtual environment itself.`;
      return [{ item, part: 'value', message }];
    },
  },
  {
    code: 'path-missing',
    severity: 'warning',
    title: 'A file or folder is not there',
    why: 'The server does not start, or starts without the application.',
    todo: "Correct the path; it is relative to the folder the server is started in, or to that of 'chdir'.",
    example: '[uwsgi]\nhttp-socket = 127.0.0.1:8080\nneed-app = true\nwsgi-file = gone.py\n',
    check: (config) =>
      ['chdir', 'wsgi-file', 'home', 'js-app', 'rack', 'psgi', 'php-docroot', 'php-app'].flatMap((name): Finding[] => {
        const item = config.last(name);
        if (item === null || item.value === '' || isOpen(item.value) || config.has('chroot')) return [];
        const path = name === 'chdir' ? resolvePath(config.host.cwd, item.value) : config.path(item.value);
        if (config.host.kindOf(path) !== null) return [];
        const message = `${path} does not exist. Correct the path; it is relative to the folder the server is started in, or to that of chdir.`;
        return [{ item, part: 'value', message }];
      }),
  },
  {
    code: 'static-map-odd',
    severity: 'error',
    title: "'static-map' without a mountpoint",
    why: 'The value is /path=folder; without the equals sign uWSGI does not start.',
    todo: 'Write static-map = /static=/path/to/folder.',
    example: `${HEAD}static-map = /srv/static\n`,
    server: 'uwsgi',
    check: (config) =>
      ['static-map', 'static-map2']
        .flatMap((name) => config.all(name))
        .flatMap((item): Finding[] => {
          if (item.value.includes('=') || isOpen(item.value)) return [];
          return [
            {
              item,
              part: 'value',
              message: `uWSGI does not start: '${item.value}' has no mountpoint. Write /static=${item.value}.`,
              fix: config.fix.setValue(item, `/static=${item.value}`),
            },
          ];
        }),
  },
  {
    code: 'limit-post-small',
    severity: 'warning',
    title: 'The limit of bodies is in bytes',
    why: "'limit-post' counts bytes: a number that looks like megabytes refuses every form and upload.",
    todo: 'Write bytes: 10 megabytes are 10485760.',
    example: `${HEAD}limit-post = 10\n`,
    check: (config) => {
      const item = config.last('limit-post');
      const bytes = config.number('limit-post') ?? 0;
      if (item === null || !/^\d+$/.test(item.value) || bytes < 1 || bytes >= 1024) return [];
      const meant = String(bytes * 1024 * 1024);
      const message = `'limit-post' counts bytes: bodies of more than ${bytes} bytes are refused. ${bytes} megabytes are ${meant}.`;
      return [{ item, part: 'value', message, fix: config.fix.setValue(item, meant) }];
    },
  },
];

/** True for a file in a folder of vassals, by the folders that packages and guides use. */
function isVassal({ resolved }: RuleConfig): boolean {
  return /\/(vassals|apps-enabled|vassals-enabled)\/[^/]+$/.test(resolved.files[0] ?? '');
}
