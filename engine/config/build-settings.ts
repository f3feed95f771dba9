/**
 * From resolved options to what the engine runs on, or to all that is wrong with them at once: unknown options with the
 * nearest names, options the engine does not support, values of the wrong kind. Nothing is silently ignored: what
 * has no effect comes back as a warning with its reason. Meanings of single options: options/*.ts.
 *
 *   const built = buildSettings(resolved);   // resolved from resolveConfig
 *   if (built.ok) start(built.settings) ... else show built.errors
 */
import { isCommandLine, leaveOut } from './argv.ts';
import { defaultOldCache } from './cache-values.ts';
import { cgiDraft } from './cgi-app.ts';
import { defaultSettings } from './default-settings.ts';
import type { ConfigError, ConfigErrorCode } from './errors.ts';
import { finishAlarms } from './finish-alarms.ts';
import { finishApp } from './finish-app.ts';
import { finishCommons } from './finish-commons.ts';
import { finishListeners, finishWithoutListeners } from './finish-listeners.ts';
import { finishLog } from './finish-log.ts';
import { finishMetrics } from './finish-metrics.ts';
import { finishRouting } from './finish-routing.ts';
import { finishWorkers } from './finish-workers.ts';
import { resolvePath } from './host.ts';
import { isLogicEnd } from './logic.ts';
import { finishLoop, loopDraft } from './loop-settings.ts';
import { allowModifier } from './modifiers.ts';
import { finishMules } from './mule-settings.ts';
import { didYouMean, findOption, isSlip, type OptionInfo } from './option-table.ts';
import type { Draft } from './options/section.ts';
import { RESOLVED_OPTIONS, readers } from './options/sections.ts';
import { perlDraft } from './perl-app.ts';
import { phpDraft } from './php-app.ts';
import { pythonDraft } from './python-app.ts';
import type { Resolved } from './resolve.ts';
import type { ResolvedOption } from './resolve-state.ts';
import { rubyDraft } from './ruby-app.ts';
import { hidePasswords } from './secrets.ts';
import type { EngineSettings, Origin } from './settings.ts';
import { finishSpooler } from './spooler-settings.ts';
import { isOn, lenientValue } from './values.ts';
import { checkWorkerAccept } from './worker-accept.ts';

export interface ConfigWarning {
  /** `no-effect`: the line could as well not be there; `caution`: it does something else than was meant, perhaps. */
  code: 'no-effect' | 'caution';
  message: string;
  origin: Origin;
  option: string | null;
}

export type BuildResult =
  | { ok: true; settings: EngineSettings; warnings: ConfigWarning[] }
  | { ok: false; errors: ConfigError[]; warnings: ConfigWarning[] };

/** Settings, or every error found. */
export function buildSettings(resolved: Resolved): BuildResult {
  const errors: ConfigError[] = [];
  const warnings: ConfigWarning[] = [];
  const draft = startDraft(resolved);
  for (const item of resolved.applied) {
    draft.warn = (message) =>
      warnings.push({ code: 'caution', message: `${written(item)} ${message}`, origin: item.origin, option: item.key });
    const error = readOption(draft, item, resolved, warnings);
    if (error !== null) errors.push(error);
  }
  finishListeners(draft, errors, warnings);
  finishApp(draft, errors, warnings);
  const { settings } = draft;
  if (draft.keepsForHttpTimeout) settings.httpKeepaliveSeconds = settings.httpTimeoutSeconds;
  const originOf = (name: string): Origin | null =>
    resolved.applied.findLast((item) => findOption(item.key)?.name === name)?.origin ?? null;
  finishWorkers(settings, originOf, errors, warnings);
  finishLoop(settings, draft.loop, originOf, errors);
  checkWorkerAccept(settings, originOf, errors);
  finishWithoutListeners(settings);
  finishLog(settings, originOf, errors);
  finishCommons(draft, originOf, errors);
  if (settings.system.daemonsGetStdin) for (const daemon of settings.system.daemons) daemon.hasStdin = true;
  finishAlarms(settings, originOf, errors);
  finishMetrics(settings, originOf, errors, warnings);
  finishMules(settings, originOf, errors);
  finishSpooler(settings, originOf, errors, warnings);
  finishRouting(settings, errors);
  if (settings.threads > 1) settings.enableThreads = true;
  // uWSGI in the background lets everybody connect to its sockets unless 'umask' or 'chmod-socket' says otherwise.
  if (settings.system.daemonizeLog !== null && settings.system.umask === null) settings.chmodSocket ??= 0o666;
  return errors.length > 0 ? { ok: false, errors, warnings } : { ok: true, settings, warnings };
}

function startDraft(resolved: Resolved): Draft {
  const settings = defaultSettings(resolved);
  const { host } = resolved;
  for (const { key, value } of resolved.applied) {
    if (key === 'chdir' && value !== '') settings.chdir = resolvePath(host.cwd, value);
  }
  return {
    settings,
    host,
    folder: settings.chdir ?? host.cwd,
    python: pythonDraft(),
    loop: loopDraft(),
    jsApp: null,
    ruby: rubyDraft(),
    perl: perlDraft(),
    php: phpDraft(),
    cgi: cgiDraft(),
    modifiers1: [],
    httpTo: [],
    protocol: 'uwsgi',
    sockets: [],
    sharedSockets: [],
    oldCache: defaultOldCache(),
    queueStore: { path: null, sync: 0 },
    abstractSockets: false,
    keepsForHttpTimeout: false,
    warn: () => undefined,
  };
}

/** Kinds whose value is used as it stands: a placeholder left in it would become part of a file's name. */
const NAMES_SOMETHING: ReadonlySet<string> = new Set(['address', 'path']);

function readOption(
  draft: Draft,
  item: ResolvedOption,
  resolved: Resolved,
  warnings: ConfigWarning[],
): ConfigError | null {
  const option = findOption(item.key);
  if (option === null) return unknownOption(item, resolved, warnings);
  if (option.kind === 'logic' || RESOLVED_OPTIONS.has(option.name)) return null;
  if (option.name === 'plugins' || option.name === 'need-plugins') {
    return readPlugins(draft, item, option.name === 'need-plugins', warnings);
  }
  if (option.status === 'not supported') return notSupported(item, option);
  if (option.status === 'no effect') {
    warnings.push({
      code: 'no-effect',
      message: `'${item.key}' has no effect: ${option.reason ?? ''}.`,
      origin: item.origin,
      option: item.key,
    });
    return null;
  }
  const unset = NAMES_SOMETHING.has(option.kind) && /[%$]\([^)]+\)/.test(item.value);
  const wrong = unset ? 'still has a placeholder in it.' : readValue(draft, item, option);
  if (wrong === null) return null;
  return fault('bad-value', `${written(item)} ${wrong}`, item, valueHint(item.value));
}

/** Takes the value as it is written, or else what uWSGI makes of it where that is beyond doubt, with a warning. */
function readValue(draft: Draft, item: ResolvedOption, option: OptionInfo): string | null {
  const reader = readers[option.name];
  const wrong = reader?.(draft, item.value, item.origin) ?? null;
  const lenient = wrong === null ? null : lenientValue(option.kind, item.value);
  if (lenient === null || reader?.(draft, lenient.value, item.origin) !== null) return wrong;
  draft.warn(
    lenient.isComment
      ? `counts as ${lenient.value}. What is behind it is no comment to uWSGI: give it a line of its own.`
      : 'is no number and counts as 0, as on uWSGI. Write the number that is meant.',
  );
  return null;
}

function unknownOption(item: ResolvedOption, resolved: Resolved, warnings: ConfigWarning[]): ConfigError | null {
  if (isLogicEnd(item.key) || resolved.placeholders.has(item.key)) return null;
  const meant = didYouMean(item.key);
  if (item.origin.file === 'environment') {
    const variable = `UWSGI_${item.key.toUpperCase().replaceAll('-', '_')}`;
    const message = `The environment variable ${variable} is no option and is not used.${meant === null ? '' : ` ${meant}`}`;
    warnings.push({ code: 'caution', message, origin: item.origin, option: item.key });
    return null;
  }
  const message = `Unknown option '${item.key}'.`;
  // uWSGI takes any name for a placeholder; without 'strict' a name that is no slip of an option's stops no start here.
  if (!isSlip(item.key) && /^[\w.-]+$/.test(item.key)) {
    const text = `${message} It does nothing, and no placeholder refers to it.${meant === null ? '' : ` ${meant}`}`;
    warnings.push({ code: 'caution', message: text, origin: item.origin, option: item.key });
    return null;
  }
  const blank = /\s/.test(item.key) ? "Names have no blanks: is an '=' missing?" : null;
  const hint = meant ?? blank ?? `If it is a placeholder, write 'set-placeholder = ${item.key}=${item.value}'.`;
  return fault('unknown-option', message, item, hint);
}

/** Plugins of uWSGI whose work the engine does itself. */
const PLUGINS_BUILT_IN =
  /^(python[23]?\d*|(gevent|asyncio|greenlet)(_python\d+)?|ugreen|rack(_ruby\d+)?|rbthreads|psgi|php\d*|cgi|http|emperor_(pg|amqp)|corerouter|cheaper_busyness|curl_cron|ping|log(file|socket|pipe)|r?syslog|systemd_logger|stats_pusher_(file|socket|statsd)|transformation_(gzip|chunked|toupper)|router_(basicauth|cache|expires|http|metrics|redirect|rewrite|static|uwsgi))$/;

/** As on uWSGI a plugin that is not there stops the start only when it is needed; what it brings has options of its own. */
function readPlugins(
  draft: Draft,
  item: ResolvedOption,
  isNeeded: boolean,
  warnings: ConfigWarning[],
): ConfigError | null {
  const names = item.value.split(',').map((name) => name.trim().replace(/^\d+:/, ''));
  const missing = names.filter((name) => {
    const short = name.slice(name.lastIndexOf('/') + 1).replace(/(_plugin)?\.so$/, '');
    return short !== '' && !PLUGINS_BUILT_IN.test(short) && !allowModifier(draft.settings.protocols, short);
  });
  if (missing.length === 0) return null;
  const list = missing.map((name) => `'${name}'`).join(', ');
  const message = `The engine has no plugin ${list}; built in are Python, gevent, asyncio, greenlet, Ruby, Perl, PHP, CGI, HTTP, the loggers, most routers and cheaper_busyness.`;
  if (isNeeded) return fault('not-supported', message, item, 'Remove it from this line, or run the file on uWSGI.');
  warnings.push({
    code: 'caution',
    message: `${message} It goes on without.`,
    origin: item.origin,
    option: item.key,
  });
  return null;
}

function notSupported(item: ResolvedOption, option: OptionInfo): ConfigError | null {
  // Switching off what the engine does not have asks for nothing.
  if (option.kind === 'flag' && !isOn(item.value)) return null;
  const where = option.plugin === 'core' ? '' : ` of uWSGI's ${option.plugin} plugin`;
  const reason = option.reason === null ? '' : `: ${option.reason}`;
  const message = `The engine does not support the option '${item.key}'${where}${reason}.`;
  return fault(
    'not-supported',
    message,
    item,
    `${leaveOut(item.origin)}, or run ${isCommandLine(item.origin) ? 'it' : 'the file'} on uWSGI.`,
  );
}

function written(item: ResolvedOption): string {
  return item.value === '' ? `'${item.key}'` : `'${item.key} = ${hidePasswords(item.value)}'`;
}

/** Why a value may look as it does. */
function valueHint(value: string): string | null {
  const variable = /\$\(([^)]+)\)/.exec(value)?.[1];
  if (variable !== undefined) return `The environment variable ${variable} is not set.`;
  const placeholder = /%\(([^)]+)\)/.exec(value)?.[1];
  if (placeholder !== undefined) return `The placeholder '${placeholder}' is not set where this line is read.`;
  if (/\s[;#]/.test(value)) return 'A comment needs a line of its own; behind a value it is part of the value.';
  return null;
}

function fault(code: ConfigErrorCode, message: string, item: ResolvedOption, hint: string | null): ConfigError {
  return { code, message, origin: item.origin, option: item.key, hint };
}
