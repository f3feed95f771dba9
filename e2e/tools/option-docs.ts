/**
 * The page of all options, made from the option table that the engine itself reads and from the notes (engine/config):
 * by section, with what each does here, its default and unit, when a change takes effect, and one line of help.
 */
import type { OptionInfo } from '../../engine/config/option-table.ts';

export interface OptionDocsInput {
  options: readonly OptionInfo[];
  /** Headings and the names that stand under them, in order. */
  sections: readonly { title: string; names: readonly string[] }[];
  /** Paragraphs by the main name of an option. */
  notes: ReadonlyMap<string, string>;
}

/** Where the page lies. */
export const OPTION_DOCS_PATH = 'resources/docs/options.md';

/** The page as Markdown. Throws when an option stands in no section. */
export function renderOptionDocs({ options, sections, notes }: OptionDocsInput): string {
  const byName = new Map(options.flatMap((option) => namesOf(option).map((name) => [name, option] as const)));
  const rest = new Set(options);
  const parts: string[] = [];
  for (const { title, names } of sections) {
    const found = names.flatMap((name) => byName.get(name) ?? []);
    for (const option of found) rest.delete(option);
    if (found.length > 0) parts.push(`## ${title}\n\n${table(found)}\n${paragraphs(found, notes)}`);
  }
  if (rest.size > 0) throw new Error(`No section describes ${[...rest].map(({ name }) => name).join(', ')}.`);
  return [introduction(options), ...parts].join('\n');
}

/** Names of the options that a section describes: the first cell of each of its lines. */
export function namesInSection(data: string): string[] {
  return data.split('\n').flatMap((line) => (line.includes('|') ? [(line.split('|', 1)[0] ?? '').trim()] : []));
}

function introduction(options: readonly OptionInfo[]): string {
  const count = (status: OptionInfo['status']): number => options.filter((option) => option.status === status).length;
  return `# Every option, and what the engine does with it

This page is written by \`npm run docs\` from the table that the engine reads its options by. Of ${options.length} options ${count('works')} work, ${count('no effect')} are accepted and have no effect here for the reason given, and ${count('not supported')} are not supported: they end the start with an error that names them. None is ignored in silence. Names after a comma are other names of the same option. Options under Reeve's own names do not exist in uWSGI.

The column "change" says what uWSGI needs until a changed value is in effect, as measured on uWSGI 2.0.21. A reload (SIGHUP, the FIFO's \`r\`, \`touch-reload\`) starts the program anew in the same process: it reads the configuration, and keeps what the process has, such as sockets that are bound, the user, limits, and variables of the environment that no line removes. New workers alone (the FIFO's \`w\` and \`c\`) never read the configuration. Where the engine's reload does more or less, the column says "here".
`;
}

function table(options: readonly OptionInfo[]): string {
  const rows = options.map((option) =>
    [
      namesOf(option).map(code).join(', '),
      statusText(option),
      defaultText(option),
      option.unit ?? '',
      effectText(option),
      helpText(option),
    ]
      .map(cell)
      .join(' | '),
  );
  return [
    '| option | here | default | unit | change | what it does |',
    '| --- | --- | --- | --- | --- | --- |',
    ...rows.map((row) => `| ${row} |`),
  ].join('\n');
}

function paragraphs(options: readonly OptionInfo[], notes: ReadonlyMap<string, string>): string {
  return options
    .flatMap(({ name }) => {
      const note = notes.get(name);
      return note === undefined ? [] : [`\n- **${code(name)}**: ${note}\n`];
    })
    .join('');
}

function statusText(option: OptionInfo): string {
  const own = option.plugin === 'reeve' ? " (Reeve's own)" : '';
  if (option.status === 'works') return `works${own}`;
  return option.reason === null ? option.status : `${option.status}: ${option.reason}`;
}

function defaultText(option: OptionInfo): string {
  const { default: ours, uwsgiDefault } = option;
  return uwsgiDefault === null ? (ours ?? '') : `${ours ?? ''} (uWSGI: ${uwsgiDefault})`;
}

/** The options of the command line do something once, and have no effect on a server later. */
function effectText({ help, effect, engineEffect }: OptionInfo): string {
  if (help.startsWith('On the command line:')) return '';
  return effect === engineEffect ? effect : `${effect} (here: ${engineEffect})`;
}

function helpText({ help, choices, since, plugin }: OptionInfo): string {
  return [
    help,
    choices === null ? '' : ` One of ${choices.join(', ')}.`,
    since === null ? '' : ` Since ${since}.`,
    plugin === 'core' || plugin === 'reeve' ? '' : ` (Plugin ${plugin})`,
  ].join('');
}

function namesOf(option: OptionInfo): string[] {
  return [option.name, ...option.aliases];
}

function code(name: string): string {
  return `\`${name}\``;
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ');
}
