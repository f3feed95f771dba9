/**
 * `reeve init`: says which application a folder has, prints the configuration file that would run it, and writes it
 * where --write asks for that. The console does the same when such a folder is opened.
 */
import { homedir } from 'node:os';
import { resolve } from 'node:path';
import { nearestNames } from '../../engine/config/nearest.ts';
import type { Preset } from '../../engine/config/preset-parts.ts';
import { presets, presetText } from '../../engine/config/presets.ts';
import { type FoundApplication, LOOKED_FOR } from '../../engine/config/project-applications.ts';
import { presetOf, projectAnswers } from '../../engine/config/project-file.ts';
import type { Project } from '../contract/project-model.ts';
import { lookAtProject, writeProjectFile } from '../core/engine/project.ts';
import type { Parsed } from './parse-command.ts';
import { CommandError, EXIT, type Terminal, UsageError } from './terminal.ts';

export async function runInit({ flags, positionals }: Parsed, terminal: Terminal): Promise<number> {
  const project = await lookAtProject(resolve(terminal.cwd, positionals[0] ?? '.'), homedir());
  const name = textOf(flags.get('name')) ?? project.fileName;
  const application = choose(project, textOf(flags.get('app')));
  const preset = presetFor(application, textOf(flags.get('preset')));
  const answers = { ...projectAnswers(application, preset, project.folder, project.ports) };
  terminal.err(`Found: ${application.title}, ${application.file} (preset ${preset.id}).`);
  if (!flags.has('write')) {
    for (const line of presetText(preset, answers).trimEnd().split('\n')) terminal.out(line);
    terminal.err(`Nothing was written. With --write this becomes ${name} in ${project.folder}.`);
    return EXIT.done;
  }
  const path = await writeProjectFile({ folder: project.folder, name, preset: preset.id, answers });
  terminal.out(path);
  terminal.err(`Run it: reeve engine ${path}`);
  return EXIT.done;
}

/** The application that is meant. Throws CommandError when there is none, or one of several has to be named. */
function choose({ folder, applications, remarks }: Project, file: string | undefined): FoundApplication {
  if (applications.length === 0) {
    throw new CommandError(
      [`There is no application that Reeve knows in ${folder}.`, ...remarks].join('\n'),
      ['It looks, there and one folder below, for', ...LOOKED_FOR.map((text) => `  ${text}`)].join('\n'),
    );
  }
  const [only, second] = applications;
  const found = file === undefined ? only : applications.find((application) => application.file === file);
  if (found !== undefined && (file !== undefined || second === undefined)) return found;
  const list = applications.map((application) => `  --app ${application.file}   ${application.title}`);
  throw new CommandError(
    file === undefined
      ? `There are several applications in ${folder}.`
      : `There is no application in ${file} of ${folder}.`,
    ['Say which one:', ...list].join('\n'),
  );
}

function presetFor(application: FoundApplication, id: string | undefined): Preset {
  const preset = presetOf(id ?? application.preset);
  if (preset !== undefined) return preset;
  const ids = presets.map((known) => known.id);
  const [close] = nearestNames(id ?? '', ids);
  const suggestion = close === undefined ? `They are ${ids.join(', ')}.` : `Did you mean ${close}?`;
  throw new UsageError(`There is no preset "${id}". ${suggestion}`, 'init');
}

function textOf(value: string | true | undefined): string | undefined {
  return value === true ? undefined : value;
}
