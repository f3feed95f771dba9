/**
 * The configuration file that a folder without one is begun with: its name, and the answers of what was found to the
 * questions of a preset. Pure.
 */
import type { Preset, PresetAnswers } from './preset-parts.ts';
import { presets } from './presets.ts';
import type { FoundApplication } from './project-applications.ts';

export interface ProjectPorts {
  http: number;
  stats: number;
}

/** A name that the folder (its own files, `taken`) does not have yet. */
export function projectFileName(taken: readonly string[]): string {
  const used = new Set(taken.map((name) => name.toLowerCase()));
  const free = ['app.ini', 'uwsgi.ini'].find((name) => !used.has(name));
  if (free !== undefined) return free;
  let number = 2;
  while (used.has(`app-${number}.ini`)) number += 1;
  return `app-${number}.ini`;
}

/** `app.ini`, `shop-2.ini`: in the folder itself, and nothing hidden. */
export function isProjectFileName(name: string): boolean {
  return /^[A-Za-z0-9_][\w.-]{0,98}\.ini$/.test(name);
}

export function presetOf(id: string): Preset | undefined {
  return presets.find((preset) => preset.id === id);
}

/** Presets for a laptop say where the file is by `%d`, so that the folder can be moved; on a server paths are said. */
export function projectAnswers(
  found: FoundApplication,
  preset: Preset,
  folder: string,
  ports: ProjectPorts,
): PresetAnswers {
  const isPortable = preset.id.endsWith('laptop');
  // A per cent sign of a path would be one of uWSGI's variables; %d ends with a slash.
  const path = folder.replaceAll('%', '%%');
  const within = (name: string): string => (isPortable ? `%d${name}` : name === '' ? path : `${path}/${name}`);
  return {
    ...found.answers,
    ...Object.fromEntries(Object.entries(found.folders).map(([id, name]) => [id, within(name)])),
    folder: isPortable ? '%d' : path,
    name: folder.split(/[\\/]/).findLast((part) => part !== '') ?? 'app',
    port: String(ports.http),
    stats: String(ports.stats),
  };
}
