/**
 * The page of all options, made from the option table that the engine itself reads (engine/config): by section, with
 * what each does here, its default and one line of help; what is not supported and has no help of its own by name.
 */
import type { OptionInfo } from '../../engine/config/option-table.ts';

export interface OptionDocsInput {
  options: readonly OptionInfo[];
  /** Headings and the names that stand under them, in order. */
  sections: readonly { title: string; names: readonly string[] }[];
}

/** Where the page lies. */
export const OPTION_DOCS_PATH = 'resources/docs/options.md';

/** The page as Markdown. */
export function renderOptionDocs({ options, sections }: OptionDocsInput): string {
  const byName = new Map(options.flatMap((option) => namesOf(option).map((name) => [name, option] as const)));
  const rest = new Set(options);
  const parts: string[] = [];
  for (const { title, names } of sections) {
    const found = names.flatMap((name) => byName.get(name) ?? []);
    for (const option of found) rest.delete(option);
    if (found.length > 0) parts.push(`## ${title}\n\n${table(found)}\n`);
  }
  return [introduction(options), ...parts, logicPart([...rest]), remainder([...rest])].join('\n');
}

/** Names of the options that a section describes: the first cell of each of its lines. */
export function namesInSection(data: string): string[] {
  return data.split('\n').flatMap((line) => (line.includes('|') ? [(line.split('|', 1)[0] ?? '').trim()] : []));
}

function introduction(options: readonly OptionInfo[]): string {
  const count = (status: OptionInfo['status']): number => options.filter((option) => option.status === status).length;
  return `# Every option, and what the engine does with it

This page is written by \`npm run docs\` from the table that the engine reads its options by. Of ${options.length} options ${count('works')} work, ${count('no effect')} are accepted and have no effect here for the reason given, and ${count('not supported')} are not supported: they end the start with an error that names them. None is ignored in silence. Names after a comma are other names of the same option. Options under Reeve's own names do not exist in uWSGI.
`;
}

function table(options: readonly OptionInfo[]): string {
  const rows = options.map((option) =>
    [namesOf(option).map(code).join(', '), statusText(option), option.default ?? '', option.help ?? '']
      .map(cell)
      .join(' | '),
  );
  return [
    '| option | here | default | what it does |',
    '| --- | --- | --- | --- |',
    ...rows.map((row) => `| ${row} |`),
  ].join('\n');
}

function statusText(option: OptionInfo): string {
  const own = option.plugin === 'reeve' ? " (Reeve's own)" : '';
  if (option.status === 'works') return `works${own}`;
  return option.status === 'no effect' ? `no effect: ${option.reason ?? ''}` : 'not supported';
}

/** Options of the configuration language that the reader of configurations deals with before all others. */
function logicPart(options: readonly OptionInfo[]): string {
  const logic = options.filter(({ kind, status }) => kind === 'logic' || status === 'works');
  if (logic.length === 0) return '';
  return `## More of the configuration language\n\n${logic.map((option) => namesOf(option).map(code).join(', ')).join(' · ')}\n`;
}

function remainder(options: readonly OptionInfo[]): string {
  const byPlugin = new Map<string, OptionInfo[]>();
  for (const option of options) {
    if (option.kind === 'logic' || option.status === 'works') continue;
    byPlugin.set(option.plugin, [...(byPlugin.get(option.plugin) ?? []), option]);
  }
  const parts = [...byPlugin].map(([plugin, found]) => {
    const names = found.map((option) => namesOf(option).map(code).join(', ')).join(' · ');
    return `### ${plugin === 'core' ? "uWSGI's core" : `The plugin ${plugin}`}\n\n${names}\n`;
  });
  return ['## Not supported\n\nThese have no description of their own yet.\n', ...parts].join('\n');
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
