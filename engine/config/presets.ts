/**
 * Beginnings of an INI file for the usual ways to run an application: commented sections with a few places to fill in.
 * `{name}` in a preset stands for the answer to its question; a line whose answer is empty is left out. What a file has
 * already is not given again: that is preset-merge.ts. Pure.
 */
import { languagePresets } from './preset-languages.ts';
import type { Preset, PresetAnswers } from './preset-parts.ts';
import { pythonPresets } from './preset-python.ts';

export const presets: readonly Preset[] = [...pythonPresets, ...languagePresets];

/**
 * Options that name an application in another language than Python's WSGI; presets are told apart by them. A file with
 * `php-docroot` may have `php-app` too, and then that tells more.
 */
const APPLICATIONS = ['rack', 'psgi', 'php-app', 'php-docroot', 'cgi', 'asgi', 'js-app'];

/** The first preset for the application that these options of a file name; otherwise the first of all. */
export function presetFor(names: readonly string[]): Preset | undefined {
  const applicationOf = (has: (name: string) => boolean): string | undefined => APPLICATIONS.find(has);
  const wanted = applicationOf((name) => names.includes(name));
  return presets.find(({ template }) => applicationOf((name) => template.includes(`\n${name} = `)) === wanted);
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
  return lines.join('\n').replaceAll(/\n{3,}/g, '\n\n');
}
