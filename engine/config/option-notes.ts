/**
 * Second paragraphs of the option table: when to use an option, what goes wrong with it, which others belong to it.
 * Two to four sentences each, for the options that matter most. Only the editor and the docs read them: the engine
 * never imports this module, so that its start stays quick. The texts are in notes/*.ts, one area each, as blocks of
 * an option's main name in a line of its own and, below it, indented lines that make one paragraph.
 */
import { backgroundNotes } from './notes/background.ts';
import { cachingNotes } from './notes/caching.ts';
import { cgiNotes } from './notes/cgi.ts';
import { clusteringNotes } from './notes/clustering.ts';
import { controlNotes } from './notes/control.ts';
import { emperorNotes } from './notes/emperor.ts';
import { languageNotes } from './notes/language.ts';
import { livesNotes } from './notes/lives.ts';
import { logNotes } from './notes/logging.ts';
import { loopsNotes } from './notes/loops.ts';
import { perlNotes } from './notes/perl.ts';
import { phpNotes } from './notes/php.ts';
import { pythonNotes } from './notes/python.ts';
import { requestsNotes } from './notes/requests.ts';
import { routerNotes } from './notes/router.ts';
import { routingNotes } from './notes/routing.ts';
import { rubyNotes } from './notes/ruby.ts';
import { socketsNotes } from './notes/sockets.ts';
import { staticFilesNotes } from './notes/static-files.ts';
import { statisticsNotes } from './notes/statistics.ts';
import { systemNotes } from './notes/system.ts';
import { tlsNotes } from './notes/tls.ts';
import { websocketsNotes } from './notes/websockets.ts';
import { workersNotes } from './notes/workers.ts';
import { findOption } from './option-table.ts';

const AREAS: readonly string[] = [
  socketsNotes,
  tlsNotes,
  routerNotes,
  requestsNotes,
  websocketsNotes,
  workersNotes,
  livesNotes,
  controlNotes,
  systemNotes,
  pythonNotes,
  rubyNotes,
  perlNotes,
  phpNotes,
  cgiNotes,
  loopsNotes,
  logNotes,
  statisticsNotes,
  backgroundNotes,
  emperorNotes,
  cachingNotes,
  staticFilesNotes,
  routingNotes,
  clusteringNotes,
  languageNotes,
];

/** Every note by the main name of its option. */
export const optionNotes: ReadonlyMap<string, string> = readNotes(AREAS);

/** The paragraph about an option, by its name or an alias; null for most. Other options in it stand in 'quotes'. */
export function optionNote(name: string): string | null {
  return optionNotes.get(findOption(name)?.name ?? name) ?? null;
}

/** Throws at a paragraph without a name, a name without a paragraph, and a name that has two. */
export function readNotes(areas: readonly string[]): Map<string, string> {
  const notes = new Map<string, string>();
  for (const block of areas.flatMap((text) => text.split(/\n(?=\S)/))) {
    if (block.trim() === '') continue;
    const [name = '', ...lines] = block.trimEnd().split('\n');
    const paragraph = lines
      .map((line) => line.trim())
      .join(' ')
      .trim();
    if (!/^\S+$/.test(name) || paragraph === '') throw new Error(`Bad block in the notes of options: ${block}`);
    if (notes.has(name)) throw new Error(`Two notes about the option '${name}'.`);
    notes.set(name, paragraph);
  }
  return notes;
}
