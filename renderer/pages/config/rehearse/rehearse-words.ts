/** Words and order of a rehearsal's report. Pure. */
import type { Rehearsal, RehearsalLine, RehearsalStep } from '../../../../electron/contract/rehearsal.ts';

export const STEP_TITLES: Record<RehearsalStep['id'], string> = {
  read: 'Read',
  start: 'Start aside',
  app: 'Load the application',
  ask: 'Ask once',
  stop: 'Clean up',
};

/** What the engine is doing while there is no verdict. */
const DOING: Record<RehearsalStep['id'], string> = {
  read: 'Reading the configuration as the server would.',
  start: 'Starting the engine in a scratch folder.',
  app: 'Loading the application.',
  ask: 'Waiting for the answer to GET /.',
  stop: 'Stopping it and removing the scratch folder.',
};

export function doingWords({ steps }: Pick<Rehearsal, 'steps'>): string {
  const running = steps.find(({ status }) => status === 'running');
  return running === undefined ? 'Getting ready.' : DOING[running.id];
}

export interface LineGroup {
  title: string;
  lines: RehearsalLine[];
}

const GROUPS: readonly [kind: RehearsalLine['kind'], title: string][] = [
  ['not-supported', 'The engine cannot rehearse these'],
  ['left-out', 'Left out'],
  ['changed', 'Changed'],
  ['moved', 'Moved aside'],
];

/** What matters most first. */
export function lineGroups(lines: readonly RehearsalLine[]): LineGroup[] {
  return GROUPS.map(([kind, title]) => ({ title, lines: lines.filter((line) => line.kind === kind) })).filter(
    (group) => group.lines.length > 0,
  );
}

/** `12`, `more.ini:4`, `command line`: a line of the file in the editor needs no name. */
export function placeWords(path: string, { file, line }: Pick<RehearsalLine, 'file' | 'line'>): string {
  if (line === 0) return file;
  return file === path ? `${line}` : `${file.slice(file.lastIndexOf('/') + 1)}:${line}`;
}

/** The last part of a scratch path says enough; a TCP address is shown whole. */
export function insteadWords(instead: string): string {
  return instead.startsWith('/') ? `…/${instead.slice(instead.lastIndexOf('/') + 1)}` : instead;
}
