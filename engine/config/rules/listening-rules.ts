/** Rules about addresses and the way of a request: what is spoken where, limits of size and time on the way. */
import { formatAddress } from '../address.ts';
import { encodeText } from '../text-bytes.ts';
import { isOn } from '../values.ts';
import type { Finding, Rule } from './rule.ts';
import { FRONT_SOCKETS, HTTP_SOCKETS, isEverywhere, isOpen, type Listener } from './rule-config.ts';

const HEAD = '[uwsgi]\nhttp-socket = 127.0.0.1:8080\nmodule = shop\nneed-app = true\n';

/** What uWSGI 2.0.21 accepts as the path of a unix socket. */
const LONGEST_SOCKET_PATH = 102;
const SOCKETS = [...FRONT_SOCKETS, ...HTTP_SOCKETS, 'https-socket', 'suwsgi-socket'];
/** Ports that people open in a browser. */
const WEB_PORTS: ReadonlySet<number> = new Set([80, 443, 3000, 5000, 8000, 8080, 8081, 8443, 8888, 9000]);
/** From here on no privilege is needed. */
const FIRST_FREE_PORT = 1024;
/** With these uWSGI 2.0.21 binds low ports, or has no need to. */
const KEEPS_RIGHTS = ['cap', 'master-as-root', 'drop-after-init', 'drop-after-apps', 'chown-socket', 'emperor'];
const LARGEST_BUFFER = 65_535;
const DEFAULT_BUFFER = 4096;
const DEFAULT_HTTP_TIMEOUT = 60;

export const listeningRules: readonly Rule[] = [
  {
    code: 'router-without-socket',
    severity: 'warning',
    title: 'The HTTP router talks to a socket that speaks HTTP',
    why: "'http' starts a router that hands requests to the first socket by the uwsgi protocol. When that is an 'http-socket', or 'protocol = http', every request hangs for four seconds and ends empty.",
    todo: "Use one of 'http' and 'http-socket', or put a line socket = 127.0.0.1:0 above them.",
    example: '[uwsgi]\nhttp = :8080\nhttp-socket = 127.0.0.1:8081\nmodule = shop\nneed-app = true\n',
    server: 'uwsgi',
    check: (config) => {
      const router = config.last('http') ?? config.last('https');
      if (router === null || config.has('http-to', 'http-subscription-server', 'http-use-pattern', 'http-use-base'))
        return [];
      const isHttp = (config.last('protocol')?.value ?? '').startsWith('http');
      const speaks = isHttp ? config.last('socket') : (config.last('http-socket') ?? config.last('http11-socket'));
      const hasUwsgi = config.has('uwsgi-socket') || (!isHttp && config.has('socket'));
      if (speaks === null || hasUwsgi) return [];
      const message = `'${router.key}' hands requests to '${speaks.key} = ${speaks.value}' by the uwsgi protocol, which is not spoken there: every request fails. Remove one of the two, or put socket = 127.0.0.1:0 above them.`;
      const fix = isHttp ? null : config.fix.add(earlier(speaks, router), 'socket', '127.0.0.1:0');
      return [{ item: router, message, fix, related: [speaks] }];
    },
  },
  {
    code: 'address-twice',
    severity: 'error',
    title: 'Two lines want the same address',
    why: 'The second bind fails with "Address already in use", and uWSGI does not start; the same text twice makes one socket with one of the two protocols.',
    todo: 'Give one of them another port.',
    example: '[uwsgi]\nsocket = :3031\nhttp-socket = 127.0.0.1:3031\nmodule = shop\n',
    check: (config) => {
      const listeners = config.listeners([...SOCKETS, 'http', 'https', 'stats', 'http-stats', 'emperor-stats']);
      const byPort = new Map<string, Listener>();
      return listeners.flatMap((listener): Finding[] => {
        const key = portOf(listener);
        const before = key === null ? undefined : byPort.get(key);
        if (key !== null && before === undefined) byPort.set(key, listener);
        if (before === undefined || !overlap(before, listener) || isOn(config.last('reuse-port')?.value ?? 'false'))
          return [];
        const item = later(before, listener);
        const other = item === before.item ? listener.item : before.item;
        const message = `'${item.key} = ${item.value}' is the address of '${other.key} = ${other.value}' already. Give one of them another.`;
        return [{ item, part: 'value', message, related: [other] }];
      });
    },
  },
  {
    code: 'low-port-with-uid',
    severity: 'error',
    title: "A port below 1024 with 'uid'",
    why: 'uWSGI takes the rights of \'uid\' first and binds its sockets then: the start ends with "bind(): Permission denied". Only a shared socket is bound before.',
    todo: "Put shared-socket = ADDRESS above the line and name it there as '=0', or keep the right with cap = net_bind_service, which lasts until the first reload.",
    example:
      '[uwsgi]\nhttp-socket = :80\nuid = www-data\ngid = www-data\nmaster = true\nmodule = shop\nneed-app = true\n',
    server: 'uwsgi',
    check: (config) => {
      const uid = config.last('uid');
      if (uid === null || isOpen(uid.value) || /^(root|0)$/.test(uid.value) || config.has(...KEEPS_RIGHTS)) return [];
      // Docker lets everybody bind low ports.
      if (config.host.facts?.supervisor === 'container') return [];
      const shared = config.all('shared-socket').length;
      return config
        .listeners([...SOCKETS, 'http', 'https', 'https2', 'http-to-https'])
        .flatMap(({ item, address }): Finding[] => {
          if (address.type !== 'tcp' || address.port === 0 || address.port >= FIRST_FREE_PORT) return [];
          const message = `uWSGI does not start: it binds port ${address.port} as '${uid.value}'. Add shared-socket = ${formatAddress(address)} above, and write =${shared} here in place of the address.`;
          return [{ item, part: 'value', message, related: [uid] }];
        });
    },
  },
  {
    code: 'unix-path-too-long',
    severity: 'error',
    title: 'The path of the unix socket is too long',
    why: `uWSGI refuses socket names of more than ${LONGEST_SOCKET_PATH} bytes ("invalid socket name"); the system's own limit is 107.`,
    todo: 'Take a shorter path, e.g. below /run.',
    example: `[uwsgi]\nsocket = /srv/${'customers/'.repeat(12)}shop.sock\nvacuum = true\nmodule = shop\n`,
    server: 'uwsgi',
    check: (config) =>
      config.listeners([...SOCKETS, 'http', 'stats']).flatMap(({ item, address }): Finding[] => {
        if (address.type !== 'unix') return [];
        const bytes = encodeText(address.path).length;
        if (bytes <= LONGEST_SOCKET_PATH) return [];
        const message = `The path has ${bytes} bytes; uWSGI takes ${LONGEST_SOCKET_PATH} at most and does not start. Take a shorter one, e.g. below /run.`;
        return [{ item, part: 'value', message }];
      }),
  },
  {
    code: 'listen-above-limit',
    severity: 'error',
    title: "'listen' is more than the kernel allows",
    why: 'uWSGI compares it with net.core.somaxconn and does not start when it is higher.',
    todo: 'Lower it, or raise the limit with sysctl net.core.somaxconn (in a container: when the container is started).',
    example: `${HEAD}listen = 100000\n`,
    server: 'uwsgi',
    check: (config) => {
      const item = config.last('listen');
      const wanted = config.number('listen');
      const most = config.host.facts?.maxBacklog ?? null;
      if (item === null || wanted === null || most === null || wanted <= most) return [];
      const message = `uWSGI does not start: 'listen = ${wanted}' is more than the ${most} of net.core.somaxconn here. Lower it, or raise the limit with sysctl.`;
      return [{ item, part: 'value', message, fix: config.fix.setValue(item, String(most)) }];
    },
  },
  {
    code: 'listen-zero',
    severity: 'warning',
    title: 'Nobody may wait for a worker',
    why: "With 'listen = 0' the kernel drops connections while all workers are busy.",
    todo: 'Write the number of clients that may wait, 100 unless there is a reason.',
    example: `${HEAD}listen = 0\n`,
    check: (config) => {
      const item = config.last('listen');
      if (item === null || config.number('listen') !== 0 || !/^0+$/.test(item.value)) return [];
      const message =
        "'listen = 0' leaves no place to wait: connections are dropped while the workers are busy. Write 100, the default, or more.";
      return [{ item, part: 'value', message, fix: config.fix.setValue(item, '100') }];
    },
  },
  {
    code: 'browser-at-uwsgi-socket',
    severity: 'info',
    title: 'A socket on a port for browsers speaks no HTTP',
    why: '\'socket\' speaks the uwsgi protocol: a browser, curl or a health check at that port gets nothing, and the log says "invalid request block size".',
    todo: "Use 'http-socket' (or 'http') when clients connect themselves; leave it when nginx uses uwsgi_pass.",
    example: '[uwsgi]\nsocket = 127.0.0.1:8080\nmodule = shop\nneed-app = true\n',
    check: (config) => {
      if (
        (config.last('protocol')?.value ?? 'uwsgi') !== 'uwsgi' ||
        config.has('http', 'https', 'http-socket', 'https-socket')
      )
        return [];
      return config.listeners(['socket', 'uwsgi-socket']).flatMap(({ item, address }): Finding[] => {
        if (address.type !== 'tcp' || !WEB_PORTS.has(address.port)) return [];
        const message = `'${item.key}' speaks the uwsgi protocol: browsers and curl get no answer at port ${address.port}. Use http-socket unless a web server is in front with uwsgi_pass.`;
        return [{ item, message }];
      });
    },
  },
  {
    code: 'mode-without-unix-socket',
    severity: 'info',
    title: 'A mode for sockets that have none',
    why: "'chmod-socket' and 'chown-socket' are about unix sockets; all sockets of this file are TCP.",
    todo: 'Remove the line.',
    example: `${HEAD}chmod-socket = 660\n`,
    check: (config) => {
      const item = config.last('chmod-socket') ?? config.last('chown-socket');
      const names = [...SOCKETS, 'http', 'https', 'stats', 'shared-socket'];
      const written = names.flatMap((name) => config.all(name)).length;
      const addresses = config.listeners(names);
      if (item === null || written === 0 || written > addresses.length) return [];
      if (addresses.some(({ address }) => address.type !== 'tcp')) return [];
      const message = `'${item.key}' is about unix sockets, and there is none here. Remove the line.`;
      return [{ item, message, fix: config.fix.remove(item) }];
    },
  },
  {
    code: 'buffer-size-small',
    severity: 'info',
    title: 'Requests with large cookies are dropped',
    why: 'uWSGI closes the connection without an answer when the head of a request is larger than buffer-size, 4096 bytes unless set: cookies and single sign-on tokens often are. nginx shows it as 502, the log as "invalid request block size".',
    todo: 'Set it to 16384 or 32768; each worker keeps one buffer for each thread.',
    example: `${HEAD}buffer-size = 4096\n`,
    aboutAbsence: true,
    check: (config) => {
      const item = config.last('buffer-size');
      const size = config.number('buffer-size');
      if (item !== null) {
        if (size === null || size === 0 || size > DEFAULT_BUFFER) return [];
        const message = `Requests whose head is larger than ${size} bytes are dropped without an answer; cookies often make it so. Write 16384.`;
        return [{ item, part: 'value', message, fix: config.fix.setValue(item, '16384') }];
      }
      const [listener] = config.target.server === 'uwsgi' ? config.listeners([...SOCKETS, 'http', 'https']) : [];
      if (listener === undefined) return [];
      const message = `Requests whose head is larger than ${DEFAULT_BUFFER} bytes are dropped without an answer; cookies often make it so. Add buffer-size = 16384.`;
      return [{ item: listener.item, message, fix: config.fix.add(listener.item, 'buffer-size', '16384') }];
    },
  },
  {
    code: 'buffer-size-large',
    severity: 'info',
    title: "'buffer-size' above 65535",
    why: 'The protocol has 16 bits for the size: uWSGI uses 65535 without saying so.',
    todo: 'Write 65535.',
    example: `${HEAD}buffer-size = 100000\n`,
    server: 'uwsgi',
    check: (config) => {
      const item = config.last('buffer-size');
      const size = config.number('buffer-size');
      if (item === null || size === null || size <= LARGEST_BUFFER) return [];
      const message = `uWSGI uses ${LARGEST_BUFFER}, the most that its protocol has room for. Write that.`;
      return [{ item, part: 'value', message, fix: config.fix.setValue(item, String(LARGEST_BUFFER)) }];
    },
  },
  {
    code: 'http-timeout-below-harakiri',
    severity: 'warning',
    title: 'The router gives up before harakiri does',
    why: "'http-timeout' (60 unless set) closes the client's connection while the worker goes on for nobody until 'harakiri'.",
    todo: "Set 'http-timeout' higher than 'harakiri'.",
    example: '[uwsgi]\nhttp = 127.0.0.1:8080\nmaster = true\nmodule = shop\nneed-app = true\nharakiri = 300\n',
    check: (config) => {
      const item = config.last('harakiri');
      const harakiri = config.number('harakiri') ?? 0;
      const written = config.last('http-timeout');
      const timeout = written === null ? DEFAULT_HTTP_TIMEOUT : config.number('http-timeout');
      if (item === null || !config.has('http', 'https') || timeout === null || timeout === 0 || harakiri <= timeout)
        return [];
      const enough = String(harakiri + 10);
      const message = `Clients are cut after ${timeout} seconds ('http-timeout'), long before 'harakiri = ${harakiri}' ends their request. Set http-timeout = ${enough}.`;
      const fix =
        written === null ? config.fix.add(item, 'http-timeout', enough) : config.fix.setValue(written, enough);
      return [{ item, part: 'value', message, fix, ...(written === null ? {} : { related: [written] }) }];
    },
  },
  {
    code: 'harakiri-above-proxy',
    severity: 'info',
    title: 'nginx gives up before harakiri does',
    why: "nginx waits 60 seconds (uwsgi_read_timeout, proxy_read_timeout) unless told otherwise: visitors see 504 while the worker goes on until 'harakiri'.",
    todo: 'Raise uwsgi_read_timeout there, or lower harakiri.',
    example: '[uwsgi]\nsocket = 127.0.0.1:3031\nmaster = true\nmodule = shop\nneed-app = true\nharakiri = 300\n',
    check: (config) => {
      const item = config.last('harakiri');
      const harakiri = config.number('harakiri') ?? 0;
      if (item === null || harakiri <= 60 || config.has('http', 'https') || !config.has(...FRONT_SOCKETS)) return [];
      const message = `nginx gives up after 60 seconds unless uwsgi_read_timeout says more; 'harakiri = ${harakiri}' lets the worker go on. Set both to fit.`;
      return [{ item, part: 'value', message }];
    },
  },
  {
    code: 'post-buffering-missing',
    severity: 'info',
    title: 'A slow upload counts as a slow request',
    why: "Without 'post-buffering' the application reads the body from the socket while 'harakiri' runs: a visitor with a slow line is cut in the middle of an upload. nginx reads bodies first, other web servers may not.",
    todo: "Set 'post-buffering' to the size above which bodies go to disk.",
    example: `${HEAD}master = true\nharakiri = 30\n`,
    server: 'uwsgi',
    aboutAbsence: true,
    check: (config) => {
      const item = config.last('harakiri');
      if (
        item === null ||
        config.has('post-buffering') ||
        !config.has('http', 'https', ...HTTP_SOCKETS, 'https-socket')
      )
        return [];
      const message = "Slow uploads run into 'harakiri', as bodies are read while it runs. Add post-buffering = 65536.";
      return [{ item, message, fix: config.fix.add(item, 'post-buffering', '65536') }];
    },
  },
  {
    code: 'websockets-block-workers',
    severity: 'info',
    title: 'A WebSocket occupies a whole worker',
    why: "Each open WebSocket takes one worker or thread as long as it lasts; without 'gevent' or 'async' a handful of visitors takes all of them.",
    todo: "Use 'gevent', or many 'threads'.",
    example: '[uwsgi]\nhttp = 127.0.0.1:8080\nhttp-websockets = true\nmodule = shop\nneed-app = true\n',
    server: 'uwsgi',
    check: (config) => {
      const item = config.last('http-websockets');
      const isMany =
        config.has('gevent', 'async', 'asyncio', 'worker-exec', 'http-to') || (config.number('threads') ?? 1) > 8;
      if (item === null || !isOn(item.value) || isMany) return [];
      const message = 'Each WebSocket takes a worker as long as it is open. Use gevent, or many threads.';
      return [{ item, message }];
    },
  },
];

function portOf({ address }: Listener): string | null {
  if (address.type === 'fd' || (address.type === 'tcp' && address.port === 0)) return null;
  return address.type === 'tcp' ? String(address.port) : formatAddress(address);
}

function overlap(a: Listener, b: Listener): boolean {
  if (a.address.type !== 'tcp' || b.address.type !== 'tcp') return a.address.type === b.address.type;
  return a.address.host === b.address.host || isEverywhere(a.address) || isEverywhere(b.address);
}

function later(a: Listener, b: Listener): Listener['item'] {
  return earlier(a.item, b.item) === a.item ? b.item : a.item;
}

function earlier(a: Listener['item'], b: Listener['item']): Listener['item'] {
  return a.origin.file === b.origin.file && b.origin.line < a.origin.line ? b : a;
}
