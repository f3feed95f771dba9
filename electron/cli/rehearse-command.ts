/**
 * `reeve rehearse`: one rehearsal of a file without a console. The course goes to the standard error output, the report to
 * the standard output; Ctrl-C cancels and leaves nothing.
 */
import { tmpdir } from 'node:os';
import { resolve } from 'node:path';
import type { Rehearsal as RehearsalData, RehearsalLine, RehearsalProblem } from '../contract/rehearsal.ts';
import { systemClock } from '../core/node-ports.ts';
import { LOAD_DEADLINE_MS, Rehearsal } from '../core/rehearse/rehearsal.ts';
import { sourceOfFile } from '../core/rehearse/rehearsal-source.ts';
import { createWebPorts } from '../web/web-ports.ts';
import { findInstallation } from './installation.ts';
import type { Parsed } from './parse-command.ts';
import { stopSignal } from './stop-signals.ts';
import { CommandError, EXIT, type Terminal, UsageError } from './terminal.ts';

const STEP_WORDS = {
  read: 'read the configuration',
  start: 'start the engine aside',
  app: 'load the application',
  ask: 'ask it once',
  stop: 'stop and clean up',
} as const;

const LINE_WORDS: Record<RehearsalLine['kind'], string> = {
  moved: 'moved',
  'left-out': 'left out',
  changed: 'changed',
  'not-supported': 'the engine cannot rehearse this',
};
const LOG_TAIL = 40;

export async function runRehearse({ positionals, flags }: Parsed, terminal: Terminal): Promise<number> {
  const path = resolve(terminal.cwd, positionals[0] ?? '');
  const installation = findInstallation();
  const ports = createWebPorts({ ...installation, dataFolder: tmpdir(), env: terminal.env });
  const source = sourceOfFile(path, null, ports);
  const read = source.host.readFile(path);
  if (!read.ok) {
    const next =
      read.reason === 'is a folder'
        ? 'Name the file in it; `reeve init FOLDER` makes one for the application in it.'
        : 'Check the path and its permissions.';
    throw new CommandError(`${path} can not be read: ${read.reason}.`, next);
  }
  const isJson = flags.has('json');
  const rehearsal = new Rehearsal({
    instanceId: '',
    source,
    clock: systemClock,
    spawnEngine: (what) => ports.spawnEngine(what),
    parentFolder: tmpdir(),
    loadDeadlineMs: readTimeout(flags.get('timeout')),
    onChanged: followSteps(terminal),
    // It ends with this process: its standard input is tied to it.
    remember: async () => {},
  });
  stopSignal().then(
    () => rehearsal.cancel(),
    () => rehearsal.cancel(),
  );
  const data = await rehearsal.run();
  if (isJson) terminal.out(JSON.stringify({ ...data, instanceId: undefined }));
  else for (const line of reportLines(data)) terminal.out(line);
  return exitCode(data);
}

/** The report as lines, the verdict first. */
export function reportLines(data: RehearsalData): string[] {
  const { verdict, problems, lines, log } = data;
  const failed = verdict?.status === 'failed';
  return [
    verdict?.title ?? '',
    ...(verdict?.detail ?? '').split('\n'),
    ...(problems.length > 0
      ? ['', ...problems.map((problem) => `${place(problem)}${problem.severity}: ${problem.message}`)]
      : []),
    ...(lines.length > 0 ? ['', ...lines.map(lineWords)] : []),
    ...(failed && log.length > 0 ? ['', 'Its log:', ...log.slice(-LOG_TAIL).map((line) => `  ${line}`)] : []),
  ];
}

function lineWords(line: RehearsalLine): string {
  const instead = line.instead === null ? '' : ` -> ${line.instead}`;
  const why = line.why === null ? '' : ` (${line.why})`;
  return `${place(line)}${line.option} = ${line.value}: ${LINE_WORDS[line.kind]}${instead}${why}`;
}

function place({ file, line }: Pick<RehearsalProblem, 'file' | 'line'>): string {
  return line > 0 ? `${file}:${line}: ` : file === '' ? '' : `${file}: `;
}

function followSteps(terminal: Terminal): (data: RehearsalData) => void {
  const told = new Set<string>();
  return ({ steps, startedAtMs }) => {
    for (const { id, status, detail } of steps) {
      if (status === 'waiting' || status === 'running' || status === 'skipped' || told.has(id)) continue;
      told.add(id);
      const elapsed = ((systemClock.now() - startedAtMs) / 1000).toFixed(1).padStart(6);
      terminal.err(`${elapsed} s  ${STEP_WORDS[id]}: ${status}${detail === '' ? '' : `, ${detail}`}`);
    }
  };
}

function readTimeout(value: string | true | undefined): number {
  if (value === undefined || value === true) return LOAD_DEADLINE_MS;
  if (!/^[1-9]\d{0,4}$/.test(value)) throw new UsageError('--timeout needs a number of seconds from 1 up.', 'rehearse');
  return Number(value) * 1000;
}

function exitCode({ verdict, steps }: RehearsalData): number {
  if (verdict?.status === 'done' || verdict?.status === 'done-with') return EXIT.done;
  return steps.some(({ id, status }) => id === 'read' && status === 'failed') ? EXIT.badConfiguration : EXIT.failed;
}
