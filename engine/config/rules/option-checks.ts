/**
 * Whether a server knows the options of a resolved configuration: unknown names, names of other releases and builds,
 * old ones with a better successor, and those given before the plugin that brings them. About a real uWSGI, but for
 * old names; what the bundled engine knows is build-settings.ts's to say.
 */
import { didYouMean, findOption, nearestOptions, type OptionInfo } from '../option-table.ts';
import type { ResolvedOption } from '../resolve-state.ts';
import { isNewerThan } from '../target-options.ts';
import { insertAbove, removeLine } from '../text-edit.ts';
import { isOn } from '../values.ts';
import type { LanguageCode } from './language-codes.ts';
import type { Finding, Severity } from './rule.ts';
import type { RuleConfig } from './rule-config.ts';
import { colonFix } from './spelling-fixes.ts';

export type CodedFinding = Finding & { code: LanguageCode; severity: Severity };

/** Options that still work, and what took their place; the value stays the same when `renames`. */
const OLD_NAMES: Readonly<Record<string, { next: string; renames: boolean }>> = {
  lazy: { next: 'lazy-apps', renames: true },
  cache: { next: 'cache2', renames: false },
  'exec-asap': { next: 'hook-asap', renames: false },
  'exec-pre-app': { next: 'hook-pre-app', renames: false },
  'exec-post-app': { next: 'hook-post-app', renames: false },
  'exec-as-root': { next: 'hook-as-root', renames: false },
  'exec-as-user': { next: 'hook-as-user', renames: false },
};

/** Names of uWSGI 1 that 2.0 does not have. */
const REMOVED: ReadonlySet<string> = new Set([
  'cluster',
  'cluster-nodes',
  'cluster-reload',
  'cluster-log',
  'erlang',
  'erlang-cookie',
  'no-default-app-fallback',
  'probe',
  'pythonpath-append',
  'sockaddr',
]);

export function checkOptions(config: RuleConfig): CodedFinding[] {
  const { resolved, target } = config;
  const found: CodedFinding[] = [];
  for (const item of resolved.applied) {
    const option = findOption(item.key);
    if (option === null) {
      if (target.server === 'uwsgi') found.push(...checkUnknown(config, item));
      continue;
    }
    const old = OLD_NAMES[option.name];
    if (old !== undefined && !(option.kind === 'flag' && !isOn(item.value))) found.push(oldName(config, item, old));
    if (target.server === 'uwsgi') found.push(...checkForUwsgi(config, item, option));
  }
  if (target.server === 'uwsgi') return found.concat(checkEarlyPlaceholders(config), checkLatePlugins(config));
  return found;
}

function checkUnknown(config: RuleConfig, item: ResolvedOption): CodedFinding[] {
  const { resolved, target, fix } = config;
  if (resolved.placeholders.has(item.key)) return [];
  // The binary may know what no table does: an option of a plugin of its own.
  if (target.server === 'uwsgi' && target.options?.has(item.key) === true) return [];
  if (REMOVED.has(item.key)) {
    const message = `uWSGI 2.0 no longer has '${item.key}' and ignores it. Remove the line.`;
    return [{ code: 'removed-option', severity: 'warning', item, message, fix: fix.remove(item) }];
  }
  const [nearest] = nearestOptions(item.key);
  const hint = didYouMean(item.key) ?? 'Remove it, or use it as a placeholder: %(name).';
  const message = `uWSGI has no option '${item.key}' and ignores it without a word. ${hint}`;
  const line = fix.lineOf(item);
  const asYaml = line === null ? null : colonFix(line);
  const mended = asYaml ?? (nearest === undefined ? null : fix.rename(item, nearest));
  return [{ code: 'unknown-option', severity: 'warning', item, message, fix: mended }];
}

function oldName(config: RuleConfig, item: ResolvedOption, old: { next: string; renames: boolean }): CodedFinding {
  const message = `'${item.key}' is of older days. Use '${old.next}'${old.renames ? '' : ', which is written in another way'}.`;
  const fix = old.renames ? config.fix.rename(item, old.next) : null;
  return { code: 'old-name', severity: 'info', item, message, fix };
}

function checkForUwsgi({ target, fix }: RuleConfig, item: ResolvedOption, option: OptionInfo): CodedFinding[] {
  if (option.plugin === 'reeve') {
    const message = `'${item.key}' is an option of Reeve's engine; uWSGI ignores it. Use it on the bundled engine only.`;
    return [{ code: 'unknown-option', severity: 'warning', item, message, fix: fix.remove(item) }];
  }
  const found: CodedFinding[] = [];
  if (target.server !== 'uwsgi') return found;
  const { version, options } = target;
  // Its own program knows best: a distribution may have brought a later option.
  if (isNewerThan(option, version) && options?.has(item.key) !== true) {
    const message = `'${item.key}' came with uWSGI ${option.since ?? ''}; ${version ?? ''} ignores it without a word. Update uWSGI, or remove the line.`;
    found.push({ code: 'newer-option', severity: 'warning', item, message, fix: fix.remove(item) });
  } else if (options !== null && !options.has(item.key) && !options.has(option.name)) {
    // Of a plugin that it does not load nothing is known: this one is loaded.
    const [part, update] =
      option.plugin === 'core' ? ['', 'uWSGI'] : [` with its plugin '${option.plugin}'`, `uWSGI and the plugin`];
    const server = version === null ? "This server's uWSGI" : `This server's uWSGI ${version}`;
    const message = `${server}${part} was built without '${item.key}' and ignores it without a word. Install a build of ${update} that has it, or remove the line.`;
    found.push({ code: 'option-lacking', severity: 'warning', item, message, fix: fix.remove(item) });
  } else if (option.status === 'not supported' && !(option.kind === 'flag' && !isOn(item.value))) {
    const message = `'${item.key}' works on uWSGI; the bundled engine does not support it. The file cannot be rehearsed on the engine with this line.`;
    found.push({ code: 'not-supported', severity: 'info', item, message });
  }
  return found;
}

/** Options that act while they are read and take a value, beside loaders and placeholders. */
const EARLY = [
  'listen',
  'umask',
  'spooler-processes',
  'plugins',
  'need-plugins',
  'plugins-dir',
  'autoload',
  'include',
  'ini',
];

/** Values that are used before placeholders are replaced. */
function checkEarlyPlaceholders(config: RuleConfig): CodedFinding[] {
  return EARLY.flatMap((name) => config.all(name)).flatMap((item): CodedFinding[] => {
    if (!/[$%]\([^)]+\)/.test(item.value)) return [];
    const message = `'${item.key}' acts while the file is read, before '${item.value}' is replaced. Write the value itself.`;
    return [{ code: 'early-placeholder', severity: 'warning', item, part: 'value', message }];
  });
}

/** With `strict` an option has to come after the plugin that brings it. */
function checkLatePlugins(config: RuleConfig): CodedFinding[] {
  if (!config.isOn('strict')) return [];
  const found: CodedFinding[] = [];
  /** The first option of each plugin that is not loaded yet. */
  const early = new Map<string, ResolvedOption>();
  let isStrict = false;
  for (const item of config.resolved.options) {
    const option = findOption(item.key);
    if (option?.name === 'strict') isStrict = isOn(item.value);
    if (option?.name === 'plugins' || option?.name === 'need-plugins') {
      const names = item.value.split(',').map((name) => name.trim());
      for (const [plugin, late] of early) {
        if (!names.some((name) => name.startsWith(plugin))) continue;
        found.push(latePlugin(config, late, item));
        early.delete(plugin);
      }
    } else if (isStrict && option !== null && option.plugin !== 'core' && option.plugin !== 'reeve') {
      if (!early.has(option.plugin)) early.set(option.plugin, item);
    }
  }
  return found;
}

function latePlugin({ fix }: RuleConfig, item: ResolvedOption, plugins: ResolvedOption): CodedFinding {
  const message = `With 'strict' uWSGI does not know '${item.key}' yet: the plugin is loaded further down. Move '${plugins.key} = ${plugins.value}' above it.`;
  const [here, there] = [fix.lineOf(item), fix.lineOf(plugins)];
  const edits =
    here === null || there === null ? null : [insertAbove(here.number, there.text.trim()), removeLine(there.number)];
  const mended = edits === null ? null : { title: 'Move the plugin above it', edits };
  return { code: 'late-plugin', severity: 'error', item, message, fix: mended, related: [plugins] };
}
