/**
 * Lines of a configuration that run commands or code outside the application: what a user is shown before a file runs for
 * the first time. Cautious on purpose: all sections and both sides of every condition count, since another
 * environment would make them run. The application itself (`module`, `wsgi-file`, `home`, ...) is not listed.
 */

import type { ConfigHost } from './host.ts';
import { findOption } from './option-table.ts';
import type { ConfigErrors, Resolved } from './resolve.ts';
import { formatByExtension } from './sources.ts';
import { decodeText } from './text-bytes.ts';
import { writtenOptions } from './written-options.ts';

export interface CommandLineFound {
  file: string;
  line: number;
  option: string;
  value: string;
  /** What would happen, as a sentence. */
  why: string;
}

const BY_OPTION: [pattern: RegExp, why: string][] = [
  [/^exec-|^touch-exec$|^legion-(lord|unlord|setup|death|join|node-joined|node-left)$/, 'Runs a command.'],
  [/^hook-|^vassals?-(start|stop)-hook$/, "Runs an action, which can be a command, at a moment of the server's life."],
  [/^binsh$/, 'Names the program that runs commands.'],
  [/^(early-)?envdir$/, 'Sets environment variables, which can make programs load code.'],
  [/^call-|^after-request-|^symcall/, 'Calls a function of a loaded library.'],
  [/attach-(control-)?daemon/, 'Starts a program beside the server.'],
  [/cron2?$/, 'Runs a command at a time.'],
  [/^alarm$/, 'Names an alarm, which can be a command.'],
  [/^(mule|spooler-import)$/, 'Runs a script in a process beside the workers.'],
  [/^(shared-)?import$/, 'Imports a module beside the application.'],
  [
    /^(shared-)?rb-require$|^(perl|php|pypy|mono)-exec|^(eval|python|clojure-load)$/,
    'Runs code beside the application.',
  ],
  [/^(py|pl|rb|lua-)shell/, 'Opens a shell in place of the application.'],
  [/^(need-)?plugins$|^(dlopen|autoload|plugins-dir|lua-load|go-load|gccgo-load|cgi-loadlib)$/, 'Loads a library.'],
  [/^(worker-|req-)?logger$/, 'Sends the log somewhere, which can be a command.'],
  [/^u?mount-(asap|pre-jail|post-jail|in-jail|as-\w+)$|^pivot-root$|^chroot$/, 'Changes the file system it runs in.'],
  [/^emperor(-wrapper.*|-magic-exec|-on-demand-exec)?$/, 'Runs the configuration files of a folder.'],
  [/binary-patch|^fallback-config$|^worker-exec2?$|^py-executable$/, 'Runs another program in place of this one.'],
  [/^(forkptyrouter-command|pty-exec|cgi|cgi-map-helper)$/, 'Runs programs for requests.'],
];

/** Built in, so nothing is loaded. */
const OWN_PLUGINS = /^(\s*(\d+:)?(python[23]?\d*|http|corerouter)\s*(,|$))+$/;

/** Actions that touch nothing outside the server: what a signal means, a line in the log. */
const HARMLESS_HOOK = /^\s*(unix_signal|print|log|exit):/;

/** Alarms that touch nothing outside the server. */
const HARMLESS_ALARM = /^\s*\S+\s+(log|signal|mule):/;

/** All such lines of all files that were read, in order. Works on what was read before an error, too. */
export function findCommands(resolved: Resolved | ConfigErrors, host: ConfigHost): CommandLineFound[] {
  const found = new Map<string, CommandLineFound>();
  const add = (file: string, line: number, option: string, value: string): void => {
    const why = explain(option, value);
    if (why !== null) found.set(`${file}\n${line}\n${option}`, { file, line, option, value, why });
  };
  for (const file of resolved.files) {
    const read = host.readFile(file);
    if (!read.ok) continue;
    const format = formatByExtension(file) ?? 'INI';
    for (const { key, value, line } of writtenOptions(format, decodeText(read.bytes))) add(file, line, key, value);
  }
  // What names and values became after placeholders, and what came from nowhere in a file.
  if (resolved.ok) for (const { key, value, origin } of resolved.applied) add(origin.file, origin.line, key, value);
  return [...found.values()];
}

/** What an option runs; null when it runs nothing. */
export function explain(key: string, value: string): string | null {
  if (/\b(exec|call|callint|sym):\/\//.test(value)) return 'Takes a value from a command or a function.';
  const name = findOption(key)?.name ?? key;
  if (name === 'set' || name === 'declare-option' || name === 'declare-option2') return explainInner(name, value);
  if (name === 'env') {
    const loads = /^(LD_[A-Z_]+|DYLD_[A-Z_]+|NODE_OPTIONS|PYTHONSTARTUP|PERL5OPT|RUBYOPT)=/.test(value);
    return loads ? 'Makes every program that is started load code.' : null;
  }
  if (/^(need-)?plugins$/.test(name) && OWN_PLUGINS.test(value)) return null;
  if (name.startsWith('hook-') && HARMLESS_HOOK.test(value)) return null;
  if (name === 'mule' && /^(true|1|)$/.test(value)) return null;
  if (name === 'alarm' && HARMLESS_ALARM.test(value)) return null;
  for (const [pattern, why] of BY_OPTION) if (pattern.test(name) || pattern.test(key)) return why;
  return null;
}

/** The options inside `set = name=value` and `declare-option = new=name=value;name=value`. */
function explainInner(name: string, value: string): string | null {
  const inner = name === 'set' ? [value] : value.slice(value.indexOf('=') + 1).split(';');
  for (const part of inner) {
    const equals = part.indexOf('=');
    const why = explain(equals === -1 ? part : part.slice(0, equals), equals === -1 ? '' : part.slice(equals + 1));
    if (why !== null) return why;
  }
  return null;
}
