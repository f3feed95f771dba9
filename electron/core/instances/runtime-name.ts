/** Which interpreter runs the application, as the log of a server's start or its applications tell. Pure. */
import type { StatsDocument } from '../../../engine/api/stats.ts';
import { LANGUAGES } from '../../../engine/config/languages.ts';

/** What uWSGI's plugins write when they are initialised; Python's comes from the engine, too. */
const PLUGINS: readonly [title: string, pattern: RegExp][] = [
  ['Python', /^Python version: (\d+\.\d+\.\d+)/],
  ['Python', /\bPython (\d+\.\d+(?:\.\d+)?)/],
  ['Ruby', /^ruby (\d+\.\d+\.\d+)/],
  ['Perl', /^initialized Perl (\d+\.\d+\.\d+) main interpreter/],
  ['PHP', /^PHP (\d+\.\d+\.\d+)\S* initialized/],
];

/** `Ruby 3.1.7` of a line about a start; null: it says nothing of it. */
export function runtimeIn(line: string): string | null {
  // The engine: `app 0 (mountpoint='') ready in 0 seconds on interpreter Ruby 3.1.7 pid: 7`. CGI has Python beside it.
  const said = / on interpreter (CGI|[A-Z][\w.]* v?\d+\.\d+(?:\.\d+)?)(?=[ ,])/.exec(line)?.[1];
  if (said !== undefined) return said;
  for (const [title, pattern] of PLUGINS) {
    const version = pattern.exec(line)?.[1];
    if (version !== undefined) return `${title} ${version}`;
  }
  return null;
}

/** The language alone, by the numbers of uWSGI's plugins; null: no application is loaded, or it may be any (0). */
export function languageOf(document: StatsDocument | null): string | null {
  const modifier1 = document?.workers.flatMap(({ apps }) => apps)[0]?.modifier1 ?? 0;
  if (modifier1 === 0) return null;
  return Object.values(LANGUAGES).find((facts) => facts.modifier1 === modifier1)?.title ?? null;
}
