/**
 * All sections of the option table as one: the lines and the readers of every option.
 */
import { alarmsOptions } from './alarms.ts';
import { backgroundOptions } from './background.ts';
import { cachingOptions } from './caching.ts';
import { cgiOptions } from './cgi.ts';
import { clusteringOptions } from './clustering.ts';
import { controlOptions } from './control.ts';
import { cronOptions } from './cron.ts';
import { daemonsOptions } from './daemons.ts';
import { emperorOptions } from './emperor.ts';
import { hooksOptions } from './hooks.ts';
import { isolationOptions } from './isolation.ts';
import { languageOptions } from './language.ts';
import { languagesOptions } from './languages.ts';
import { listenersOptions } from './listeners.ts';
import { logOptions } from './log.ts';
import { metricsOptions } from './metrics.ts';
import { momentsOptions } from './moments.ts';
import { mulesOptions } from './mules.ts';
import { otherLanguagesOptions } from './other-languages.ts';
import { perlOptions } from './perl.ts';
import { phpOptions } from './php.ts';
import { pythonOptions } from './python.ts';
import { recyclingOptions } from './recycling.ts';
import { requestsOptions } from './requests.ts';
import { routerOptions } from './router.ts';
import { routersOptions } from './routers.ts';
import { routingOptions } from './routing.ts';
import { rubyOptions } from './ruby.ts';
import type { OptionSection, Reader } from './section.ts';
import { signalsOptions } from './signals.ts';
import { socketsOptions } from './sockets.ts';
import { spoolerOptions } from './spooler.ts';
import { staticFilesOptions } from './static-files.ts';
import { statsOptions } from './stats.ts';
import { systemOptions } from './system.ts';
import { tlsOptions } from './tls.ts';
import { toolsOptions } from './tools.ts';
import { webdavOptions } from './webdav.ts';
import { websocketsOptions } from './websockets.ts';
import { workersOptions } from './workers.ts';

/** The sections under the headings that the docs give them, in their order. */
export const titledSections: Readonly<Record<string, OptionSection>> = {
  'Addresses to answer on': listenersOptions,
  Sockets: socketsOptions,
  TLS: tlsOptions,
  'The HTTP router': routerOptions,
  'Requests and answers': requestsOptions,
  Websockets: websocketsOptions,
  'Number of workers': workersOptions,
  'Lives of workers': recyclingOptions,
  Control: controlOptions,
  'The system': systemOptions,
  Hooks: hooksOptions,
  'Mounts, waits and calls': momentsOptions,
  'Namespaces and jails': isolationOptions,
  'Daemons beside the server': daemonsOptions,
  Python: pythonOptions,
  'Other languages': languagesOptions,
  Ruby: rubyOptions,
  Perl: perlOptions,
  PHP: phpOptions,
  CGI: cgiOptions,
  'Lua, Java, PyPy, Go and others': otherLanguagesOptions,
  'The log': logOptions,
  Statistics: statsOptions,
  Metrics: metricsOptions,
  Alarms: alarmsOptions,
  Cron: cronOptions,
  Spoolers: spoolerOptions,
  'Work in the background': backgroundOptions,
  Mules: mulesOptions,
  Signals: signalsOptions,
  'Caches, queues and locks': cachingOptions,
  'Static files': staticFilesOptions,
  'Internal routing': routingOptions,
  'The emperor': emperorOptions,
  'Subscriptions, zerg and legions': clusteringOptions,
  'Other routers': routersOptions,
  'WebDAV, XSLT and other stores': webdavOptions,
  'Development and tools': toolsOptions,
  'The configuration language': languageOptions,
};

export const sections: readonly OptionSection[] = Object.values(titledSections);

/** Reader of each option with status `works`, by its main name, beside those that resolve.ts has dealt with already. */
export const readers: Readonly<Record<string, Reader>> = Object.assign(
  {},
  ...sections.map((section) => section.readers),
);

/** Options that resolve.ts has dealt with: they set nothing. */
export const RESOLVED_OPTIONS: ReadonlySet<string> = new Set([
  'ini',
  'xml',
  'yaml',
  'json',
  'include',
  'inherit',
  'set',
  'set-placeholder',
  'declare-option',
  'declare-option2',
  'print',
  'iprint',
]);
