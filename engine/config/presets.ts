/**
 * Beginnings of an INI file for the usual ways to run an application: commented sections with a few places to fill in.
 * `{name}` in a preset stands for the answer to its question; a line whose answer is empty is left out. What a file has
 * already is not given again: that is preset-merge.ts. Pure.
 */

import { languagePresets } from './preset-languages.ts';
import { laptopPresets } from './preset-laptop.ts';
import type { Preset, PresetAnswers } from './preset-parts.ts';
import { pythonPresets } from './preset-python.ts';

export const presets: readonly Preset[] = [...pythonPresets, ...languagePresets, ...laptopPresets];

/** Headings of the presets, in their order. */
export const PRESET_LANGUAGES = ['Python', 'Ruby', 'Perl', 'PHP', 'JavaScript', 'CGI', 'Files'] as const;
export type PresetLanguage = (typeof PRESET_LANGUAGES)[number];

/**
 * Options that name an application in another language than Python's WSGI; presets are told apart by them. A file with
 * `php-docroot` may have `php-app` too, and then that tells more.
 */
const APPLICATIONS: readonly (readonly [option: string, language: PresetLanguage])[] = [
  ['rack', 'Ruby'],
  ['psgi', 'Perl'],
  ['php-app', 'PHP'],
  ['php-docroot', 'PHP'],
  ['cgi', 'CGI'],
  ['asgi', 'Python'],
  ['js-app', 'JavaScript'],
];

/** The first preset for the application that these options of a file name; otherwise the first of all. */
export function presetFor(names: readonly string[]): Preset | undefined {
  const wanted = applicationOf((name) => names.includes(name));
  return presets.find((preset) => applicationOf((name) => has(preset, name)) === wanted);
}

export function presetLanguage(preset: Preset): PresetLanguage {
  const application = APPLICATIONS.find(([name]) => has(preset, name));
  return application?.[1] ?? (has(preset, 'module') ? 'Python' : 'Files');
}

export interface PresetGroup {
  language: PresetLanguage;
  presets: Preset[];
}

/**
 * Presets by language that have all words of a text; the one that fits a file stands before all others, and its
 * language first.
 */
export function findPresets(fitting: Preset | undefined, text = ''): PresetGroup[] {
  const words = text.toLowerCase().split(/\s+/);
  const isFound = (preset: Preset, language: string): boolean => {
    const said = `${language} ${preset.title} ${preset.text} ${preset.id}`.toLowerCase();
    return words.every((word) => said.includes(word));
  };
  const fits = (preset: Preset | undefined): number => Number(preset !== undefined && preset === fitting);
  return PRESET_LANGUAGES.map((language) => ({
    language,
    presets: presets
      .filter((preset) => presetLanguage(preset) === language && isFound(preset, language))
      .toSorted((a, b) => fits(b) - fits(a)),
  }))
    .filter((group) => group.presets.length > 0)
    .toSorted((a, b) => fits(b.presets[0]) - fits(a.presets[0]));
}

function applicationOf(isThere: (name: string) => boolean): string | undefined {
  return APPLICATIONS.find(([name]) => isThere(name))?.[0];
}

function has({ template }: Preset, option: string): boolean {
  return template.includes(`\n${option} = `);
}

/** The answers with the suggestions in place of what is missing. */
export function completeAnswers(preset: Preset, answers: PresetAnswers): Record<string, string> {
  return Object.fromEntries(
    preset.questions.map(({ id, suggestion, isOptional }) => {
      const given = (answers[id] ?? (isOptional ? '' : suggestion)).replaceAll(/[\r\n\0]+/g, ' ').trim();
      return [id, given === '' && !isOptional ? suggestion : given];
    }),
  );
}

/** The preset as the text of a file. */
export function presetText(preset: Preset, answers: PresetAnswers): string {
  const given = completeAnswers(preset, answers);
  const lines = preset.template.split('\n').flatMap((line) => {
    const names = [...line.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name);
    if (names.some((name) => given[name] === '')) return [];
    return [line.replaceAll(/\{(\w+)\}/g, (whole, name: string) => given[name] ?? whole)];
  });
  // %d ends with a slash already.
  return lines
    .join('\n')
    .replaceAll(/\n{3,}/g, '\n\n')
    .replaceAll('%d/', '%d');
}
