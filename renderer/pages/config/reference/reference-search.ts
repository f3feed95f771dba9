/**
 * Search of the reference: options by name, other names and help, then by their notes; findings by code and text. Pure.
 */
import { optionNotes } from '../../../../engine/config/option-notes.ts';
import { findOption, type OptionInfo, optionTable } from '../../../../engine/config/option-table.ts';
import { titledSections } from '../../../../engine/config/options/sections.ts';
import { catalogue } from '../../../../engine/config/rules/catalogue.ts';
import type { RuleInfo } from '../../../../engine/config/rules/rule.ts';
import { findOptions } from '../form/form-search.ts';

export const MOST_OPTIONS = 60;
const MOST_RULES = 12;

export interface Found {
  options: readonly OptionInfo[];
  rules: readonly RuleInfo[];
}

/** Best first. A word may stand in the note of an option when no name and no help has it. */
export function searchReference(query: string): Found {
  const words = query
    .trim()
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  if (words.length === 0) return { options: [], rules: [] };
  const options = findOptions(query, MOST_OPTIONS);
  const known = new Set(options);
  for (const [name, note] of optionNotes) {
    const option = findOption(name);
    if (options.length >= MOST_OPTIONS) break;
    if (option === null || known.has(option)) continue;
    const text = `${name} ${option.help} ${note}`.toLowerCase();
    if (words.every((word) => text.includes(word))) options.push(option);
  }
  const rules = catalogue.filter(({ code, title, why }) => {
    const text = `${code} ${title} ${why}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
  return { options, rules: rules.slice(0, MOST_RULES) };
}

export interface OptionSection {
  title: string;
  options: readonly OptionInfo[];
}

let sections: readonly OptionSection[] | null = null;

/** The table by its headings, in the order of the docs; options by name. */
export function optionSections(): readonly OptionSection[] {
  if (sections !== null) return sections;
  const byTitle = new Map<string, OptionInfo[]>(Object.keys(titledSections).map((title) => [title, []]));
  for (const option of optionTable) byTitle.get(option.section)?.push(option);
  sections = [...byTitle].map(([title, options]) => ({
    title,
    options: options.sort((a, b) => (a.name < b.name ? -1 : 1)),
  }));
  return sections;
}
