/** What a rehearsal says: problems found before anything ran, and the verdict. Pure but for the ConfigHost that is given. */
import { parseAddress } from '../../../engine/config/address.ts';
import { type ConfigHost, resolvePath } from '../../../engine/config/host.ts';
import type { AppSource } from '../../../engine/config/python-app.ts';
import type { AppSetting, Origin } from '../../../engine/config/settings.ts';
import type { Rehearsal, RehearsalLine, RehearsalProblem } from '../../contract/rehearsal.ts';
import { count, seconds } from '../words.ts';
import type { RehearsalChange } from './rehearsal-lines.ts';
import type { Screened } from './rehearsal-screen.ts';

type Verdict = NonNullable<Rehearsal['verdict']>;

/** Options whose relative paths begin in the folder the server is started in, not in `chdir`. */
const BEFORE_CHDIR = /^(logto|daemonize2?)$/;

export function problemsOf({ errors, warnings }: Pick<Screened, 'errors' | 'warnings'>): RehearsalProblem[] {
  return [
    ...errors.map(({ message, hint, origin }) =>
      problem('error', hint === null ? message : `${message} ${hint}`, origin),
    ),
    ...warnings
      .filter(({ code }) => code === 'caution')
      .map(({ message, origin }) => problem('warning', message, origin)),
  ];
}

/** What moving a path aside would hide: the folder it belongs in is missing. A hook that was left out may make it. */
export function missingFolders(changes: readonly RehearsalChange[], host: ConfigHost, folder: string) {
  const hasHooks = changes.some(({ kind, option }) => kind === 'left-out' && /^(hook|exec)-/.test(option));
  return changes.flatMap(({ kind, option, value, origin }): RehearsalProblem[] => {
    const path = kind === 'changed' ? null : pathOf(option, value);
    if (path === null) return [];
    const full = resolvePath(BEFORE_CHDIR.test(option) ? host.cwd : folder, path);
    const parent = full.slice(0, full.lastIndexOf('/')) || '/';
    if (host.kindOf(parent) === 'folder') return [];
    const message = `The folder ${parent} of '${option}' does not exist`;
    if (hasHooks) return [problem('warning', `${message}; a hook may make it, but hooks are not carried out.`, origin)];
    return [problem('error', `${message}: the server would not start. Make it, or correct the path.`, origin)];
  });
}

/** The lines of the report, the changed ones and those the engine has no counterpart for, in their order in the files. */
export function linesOf(changes: readonly RehearsalChange[], unsupported: Screened['unsupported']): RehearsalLine[] {
  return [
    ...changes.map(({ origin, ...change }) => ({ ...change, file: origin.file, line: origin.line })),
    ...unsupported.map(({ option: { key, value, origin }, why }) => ({
      kind: 'not-supported' as const,
      option: key,
      value,
      instead: null,
      why,
      file: origin.file,
      line: origin.line,
    })),
  ].toSorted((a, b) => (a.file === b.file ? a.line - b.line : 0));
}

export function wouldNotStart(detail: string): Verdict {
  return { status: 'failed', title: 'Would not start', detail };
}

export const CANCELLED: Verdict = {
  status: 'cancelled',
  title: 'Cancelled',
  detail: 'The rehearsal was stopped before it came to an end; nothing of it is left.',
};

/** It came up: with all it needs, or with what somebody should look at. */
export function verdictOf(
  rehearsal: Pick<Rehearsal, 'problems' | 'lines' | 'answer' | 'app' | 'appLoadMs' | 'workers' | 'steps'>,
): Verdict {
  const { problems, lines, answer, app, appLoadMs, workers } = rehearsal;
  const error = problems.find(({ severity }) => severity === 'error');
  if (error !== undefined) return wouldNotStart(error.message);
  const parts = [
    app === null ? 'It starts without an application.' : `The application loaded in ${seconds(appLoadMs ?? 0)}.`,
    `${count(workers ?? 0, 'worker was', 'workers were')} ready.`,
    answer === null ? '' : `GET / was answered with ${answer.status} in ${Math.max(1, Math.round(answer.tookMs))} ms.`,
  ];
  const notSupported = lines.filter(({ kind }) => kind === 'not-supported').length;
  const warnings = problems.length + rehearsal.steps.filter(({ status }) => status === 'warning').length;
  const but = [
    ...(warnings > 0 ? [count(warnings, 'warning', 'warnings')] : []),
    ...(notSupported > 0 ? [`${count(notSupported, 'line', 'lines')} that the engine cannot rehearse`] : []),
  ].join(' and ');
  const detail = parts.filter((part) => part !== '').join(' ');
  return but === ''
    ? { status: 'done', title: 'Done', detail }
    : { status: 'done-with', title: `Done, with ${but}`, detail };
}

/** The application as its line names it; null: none that the engine can load. */
export function appName(app: AppSetting): string | null {
  switch (app.language) {
    case 'none':
      return null;
    case 'javascript':
    case 'ruby':
    case 'perl':
      return app.file;
    case 'php':
      return app.app ?? app.docroot;
    case 'cgi':
      return app.mounts[0]?.target ?? null;
    case 'python':
      return sourceName(app.main ?? app.mounts[0]?.source ?? null);
  }
}

function sourceName(source: AppSource | null): string | null {
  switch (source?.type) {
    case undefined:
      return null;
    case 'file':
      return source.written;
    case 'module':
      return source.name;
    case 'paste':
      return source.uri;
    case 'eval':
      return 'the code of eval';
  }
}

/** How many lines were moved, for the step of the start. */
export function addressWords({ lines }: Pick<Rehearsal, 'lines'>): string {
  const moved = lines.filter(({ kind }) => kind === 'moved').length;
  return `${count(moved, 'address or file', 'addresses and files')} moved aside`;
}

export function problem(severity: RehearsalProblem['severity'], message: string, origin: Origin): RehearsalProblem {
  return { severity, message, file: origin.file, line: origin.line };
}

/** The file or socket that an option names; null: an address of another kind, or a log that goes elsewhere. */
function pathOf(option: string, value: string): string | null {
  if (/^(master-fifo|(safe-)?pidfile2?)$/.test(option)) return value;
  if (/^(logto2?|daemonize2?)$/.test(option)) return /^[\w.-]*:\d+$/.test(value) ? null : value;
  if (!/socket$|^stats/.test(option)) return null;
  const parsed = parseAddress(value);
  return parsed.ok && parsed.address.type === 'unix' ? parsed.address.path : null;
}
