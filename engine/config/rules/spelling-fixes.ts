/**
 * Fixes of slips beyond the names of options: the section [uwsgi], the name of a file, `name: value`. Each gives an
 * edit only where one thing can have been meant. Pure but for the names in the folder of the file.
 */
import { type ConfigHost, resolvePath } from '../host.ts';
import { DEFAULT_SECTION, type IniDocument, type OptionLine, type SectionLine } from '../ini-document.ts';
import { nearestNames } from '../nearest.ts';
import { findOption } from '../option-table.ts';
import { splitFileName } from '../sources.ts';
import { editInLine } from '../text-edit.ts';
import type { Fix } from './rule.ts';

/** The one section whose name is nearly `uwsgi`; null when there is none, or more. */
export function misspeltSection(document: IniDocument): SectionLine | null {
  const near = document.lines.filter(
    (line) =>
      line.type === 'section' && line.wellFormed && nearestNames(line.name.trim(), [DEFAULT_SECTION]).length > 0,
  );
  const [only] = near;
  return near.length === 1 && only?.type === 'section' ? only : null;
}

export function sectionFix({ number, nameFrom, nameTo }: SectionLine): Fix {
  return {
    title: `Change to '[${DEFAULT_SECTION}]'`,
    edits: [editInLine(number, nameFrom, nameTo, DEFAULT_SECTION)],
  };
}

/** `processes: 2`, as YAML has it: uWSGI takes all of it for a name. */
export function colonFix({ number, key, keyFrom, keyTo, equalsAt }: OptionLine): Fix | null {
  const [, name = '', value = ''] = /^([\w-]+)\s*:\s*(\S.*)$/.exec(key) ?? [];
  if (equalsAt !== -1 || findOption(name) === null) return null;
  const line = `${name} = ${value}`;
  return { title: `Write '${line}'`, edits: [editInLine(number, keyFrom, keyTo, line)] };
}

/** The nearest name in the folder of a file that is not there. */
export function fileNameFix({ number, value, valueFrom }: OptionLine, host: ConfigHost): Fix | null {
  const { path } = splitFileName(value);
  if (/[%$@*]/.test(path)) return null;
  const slash = path.lastIndexOf('/') + 1;
  const name = path.slice(slash);
  const [nearest] = nearestNames(name, host.list(resolvePath(host.cwd, path.slice(0, slash))), 1);
  if (nearest === undefined) return null;
  const from = valueFrom + slash;
  return {
    title: `Change to '${path.slice(0, slash)}${nearest}'`,
    edits: [editInLine(number, from, from + name.length, nearest)],
  };
}
