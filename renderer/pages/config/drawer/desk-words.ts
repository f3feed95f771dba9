/** Words and shapes of the drawer: what became of a version, where a value comes from, what a change needs. Pure. */
import type { ConfigChange, ConfigOrigin, ConfigVersion } from '../../../../electron/contract/desk-model.ts';
import type { Health } from '../../../../electron/contract/model.ts';

export function levelOf(status: NonNullable<ConfigVersion['result']>['status']): Health['level'] {
  switch (status) {
    case 'done':
      return 'ok';
    case 'failed':
      return 'crit';
    case 'done-with':
    case 'stuck':
    case 'waiting':
      return 'warn';
  }
}

/** `uwsgi.ini:12`, `command line`. */
export function placeWords({ file, line }: Pick<ConfigOrigin, 'file' | 'line'>): string {
  return line > 0 ? `${file.slice(file.lastIndexOf('/') + 1)}:${line}` : file;
}

/** `more.ini:4, by include in uwsgi.ini:3`. */
export function originWords(origin: ConfigOrigin): string {
  return [placeWords(origin), ...origin.via.map((step) => `by ${step.option} in ${placeWords(step)}`)].join(', ');
}

/** With full paths and values, for a tooltip. */
export function originTitle(origin: ConfigOrigin): string {
  const steps = origin.via.map((step) => `by ${step.option} = ${step.value} in ${fullPlace(step)}`);
  return [fullPlace(origin), ...steps].join('\n');
}

function fullPlace({ file, line }: Pick<ConfigOrigin, 'file' | 'line'>): string {
  return line > 0 ? `${file}:${line}` : file;
}

export const NEEDS_WORDS: Record<ConfigChange['needs'], string> = {
  workers: 'new workers',
  reload: 'a reload',
  restart: 'a restart',
};

/** One side of a change: its values, or that there is none. */
export function valueWords(values: ConfigChange['before']): string | null {
  return values.length === 0 ? null : values.map(({ value }) => value).join(', ');
}
