/**
 * The groups of the form: what people look for together, made from the sections of the option table. In each group
 * come first the options that most files have (they are shown even when they are unset), then the others in the order
 * of the table. Pure.
 */
import { findOption, type OptionInfo, optionTable } from '../../../../engine/config/option-table.ts';

export interface OptionGroup {
  title: string;
  /** In the order of the form. */
  options: readonly OptionInfo[];
  /** Names that are shown unset, too. */
  usual: ReadonlySet<string>;
}

/** Title, sections of the table, and the usual options, which may come from any section. */
const GROUPS: readonly [title: string, sections: readonly string[], usual: string][] = [
  ['Sockets', ['Addresses to answer on', 'Sockets'], 'socket http-socket http listen chmod-socket'],
  ['Workers', ['Number of workers'], 'master processes threads enable-threads cheaper lazy-apps'],
  ['Limits', ['Lives of workers'], 'harakiri max-requests reload-on-rss worker-reload-mercy buffer-size'],
  ['Reload', ['Control'], 'touch-reload master-fifo die-on-term vacuum'],
  ['Logging', ['The log'], 'logto disable-logging log-slow'],
  ['Security', ['The system'], 'uid gid'],
  ['Python', ['Python'], 'chdir module wsgi-file asgi callable virtualenv need-app env'],
  ['Ruby', ['Ruby'], 'rack'],
  ['Perl', ['Perl'], 'psgi'],
  ['PHP', ['PHP'], 'php-docroot php-app php-allowed-ext'],
  ['CGI', ['CGI'], 'cgi cgi-allowed-ext'],
  ['Requests', ['Requests and answers', 'Websockets'], 'post-buffering'],
  ['Statistics', ['Statistics'], 'stats memory-report'],
  ['Background work', ['Work in the background'], ''],
  ['Static files', ['Static files'], ''],
  ['Emperor', ['The emperor'], ''],
  ['TLS', ['TLS'], ''],
  ['HTTP router', ['The HTTP router'], ''],
  ['Routing', ['Internal routing'], ''],
  ['Caches and locks', ['Caches, queues and locks'], ''],
  ['Daemons', ['Daemons beside the server'], ''],
  ['Hooks', ['Hooks', 'Mounts, waits and calls'], ''],
  ['Other languages', ['Other languages', 'Lua, Java, PyPy, Go and others'], 'js-app'],
  ['Files and placeholders', ['The configuration language'], 'plugins include'],
];

/** All options in groups; those of a section that no group names stand under its own heading. */
export const optionGroups: readonly OptionGroup[] = makeGroups();

const titles = new Map(optionGroups.flatMap(({ title, options }) => options.map(({ name }) => [name, title])));

/** Title of the group that an option stands in. */
export function groupTitleOf(option: OptionInfo): string {
  return titles.get(option.name) ?? '';
}

function makeGroups(): OptionGroup[] {
  const usualOf = new Map<string, OptionInfo[]>();
  const taken = new Set<OptionInfo>();
  const titleOfSection = new Map<string, string>();
  for (const [title, sections, names] of GROUPS) {
    const usual = names.split(' ').flatMap((name) => findOption(name) ?? []);
    usualOf.set(title, usual);
    for (const option of usual) taken.add(option);
    for (const section of sections) titleOfSection.set(section, title);
  }
  const groups = new Map<string, OptionInfo[]>([...usualOf].map(([title, usual]) => [title, [...usual]]));
  for (const option of optionTable) {
    if (taken.has(option) || isStructure(option)) continue;
    const title = option.section === null ? 'Other options' : (titleOfSection.get(option.section) ?? option.section);
    const members = groups.get(title);
    if (members) members.push(option);
    else groups.set(title, [option]);
  }
  const made = [...groups].map(([title, options]) => ({
    title,
    options,
    usual: new Set((usualOf.get(title) ?? []).map(({ name }) => name)),
  }));
  return [
    ...made.filter(({ title }) => title !== 'Other options'),
    ...made.filter(({ title }) => title === 'Other options'),
  ];
}

/** `if-...`, `for...` and their ends: they hold lines together and have no value of their own. */
function isStructure({ name, kind }: OptionInfo): boolean {
  return kind === 'logic' && /^(if-|for|end)/.test(name);
}
