/** Rules about applications in languages beside Python: what uWSGI's plugins do with them, and which scripts may run. */
import type { Finding, Rule } from './rule.ts';
import type { RuleConfig } from './rule-config.ts';

const HEAD = '[uwsgi]\nhttp-socket = 127.0.0.1:8080\nmaster = true\n';

/** Listeners that pass requests on without a number of a language, and the options that give them one. */
const NUMBERS: readonly (readonly [listener: string, number: string])[] = [
  ['http-socket', 'http-socket-modifier1'],
  ['http', 'http-modifier1'],
  ['fastcgi-socket', 'fastcgi-modifier1'],
  ['scgi-socket', 'scgi-modifier1'],
];

/** Plugins that answer only requests with their number. */
const NUMBERED = [
  { name: 'PHP', modifier1: 14, options: ['php-docroot', 'php-app'] },
  { name: 'CGI', modifier1: 9, options: ['cgi', 'cgi-from-docroot'] },
] as const;

export const applicationRules: readonly Rule[] = [
  {
    code: 'ruby-threads-native',
    severity: 'error',
    title: 'Ruby crashes in threads that are not its own',
    why: "uWSGI's own threads can not run Ruby: it logs 'native threads do not work under ruby' for each, and requests in them fail or take the worker with them.",
    todo: 'Add rbthreads = true, and load the plugin rbthreads where it is one.',
    example: `${HEAD}need-app = true\nrack = config.ru\nthreads = 4\n`,
    server: 'uwsgi',
    check: (config) => {
      const item = config.last('threads');
      const rack = config.last('rack');
      if (item === null || rack === null || (config.number('threads') ?? 1) < 2) return [];
      if (['rbthreads', 'rb-threads', 'rbthread', 'rb-thread'].some((name) => config.isOn(name))) return [];
      const message =
        "uWSGI's own threads do not work under Ruby. Add rbthreads = true (Debian's plugin is rbthreads), or remove this line and raise processes.";
      return [{ item, message, related: [rack], fix: config.fix.add(item, 'rbthreads', 'true') }];
    },
  },
  {
    code: 'language-number-missing',
    severity: 'error',
    title: 'Requests do not reach the language',
    why: "uWSGI gives each request a number for its language and PHP's (14) and CGI's (9) plugins answer no other: without it each request fails ('unavailable modifier requested: 0').",
    todo: 'Add the modifier of the listener, say http-socket-modifier1 = 14.',
    example: `${HEAD}php-docroot = /srv\nphp-allowed-ext = .php\n`,
    server: 'uwsgi',
    aboutAbsence: true,
    check: (config) => {
      const language = NUMBERED.find(({ options }) => config.has(...options));
      if (language === undefined || setsNumbers(config)) return [];
      const { name, modifier1 } = language;
      return NUMBERS.flatMap(([listener, number]): Finding[] => {
        const item = config.last(listener);
        if (item === null || config.has(number)) return [];
        const message = `uWSGI answers requests of this address with an error: they do not ask for ${name}. Add ${number} = ${modifier1}.`;
        return [{ item, message, fix: config.fix.add(item, number, String(modifier1)) }];
      });
    },
  },
  {
    code: 'php-any-file',
    severity: 'warning',
    title: 'Any file runs as PHP',
    why: 'Without php-allowed-ext or php-allowed-script a picture that a visitor has uploaded is run as a script when its address is asked for.',
    todo: 'Add php-allowed-ext = .php.',
    example: `${HEAD}http-socket-modifier1 = 14\nphp-docroot = /srv\n`,
    aboutAbsence: true,
    check: (config) => {
      const item = config.last('php-docroot');
      if (item === null || config.has('php-app', 'php-allowed-ext', 'php-allowed-script')) return [];
      const message = 'Every file of the folder runs as PHP, uploads too. Add php-allowed-ext = .php.';
      return [{ item, message, fix: config.fix.add(item, 'php-allowed-ext', '.php') }];
    },
  },
  {
    code: 'cgi-any-file',
    severity: 'warning',
    title: 'Any file of the folder runs as a script',
    why: 'Without cgi-allowed-ext each file that may be executed runs when its address is asked for, whatever it was put there for.',
    todo: 'Add cgi-allowed-ext with the ending of the scripts.',
    example: `${HEAD}http-socket-modifier1 = 9\ncgi = /srv\n`,
    aboutAbsence: true,
    check: (config) => {
      if (config.has('cgi-allowed-ext')) return [];
      const item = config.all('cgi').find(({ value }) => isFolder(config, value));
      if (item === undefined) return [];
      const message =
        'Every program in this folder runs. Add cgi-allowed-ext with the ending of the scripts, say .cgi.';
      return [{ item, message, fix: config.fix.add(item, 'cgi-allowed-ext', '.cgi') }];
    },
  },
];

/** By a plugin that is loaded as number 0, or by routes that choose the language themselves. */
function setsNumbers(config: RuleConfig): boolean {
  const plugins = [...config.all('plugins'), ...config.all('plugin')];
  return (
    plugins.some(({ value }) => /(^|[\s,])0:/.test(value)) ||
    config.resolved.applied.some(({ key, value }) => key.startsWith('route') && /setmodifier1|uwsgi:/.test(value))
  );
}

/** `/path=/folder`, or the folder alone. */
function isFolder(config: RuleConfig, value: string): boolean {
  const target = /^\/[^=]*=(.+)$/.exec(value)?.[1] ?? value;
  return config.host.kindOf(config.path(target)) === 'folder';
}
