/**
 * Where the log of an instance can be read: what its configuration names, and where the standard error of its master
 * goes. Each with why it can't be read now, and when none can, the line that would add one.
 */
import type { LogSource, LogSources } from '../../contract/logs-model.ts';
import { toErrorData } from '../errors.ts';
import type { Instance } from '../instances/instance.ts';
import type { Machine } from '../machine/machine.ts';
import { logContainer, logUnit } from './log-supervisor.ts';

const FIRST_ANSWER_MS = 3_000;
const RUN = { deadlineMs: 8_000, mostBytes: 64 * 1024 };

export async function findLogSources(instance: Instance): Promise<LogSources> {
  if (instance.record.kind === 'engine') {
    const engine: LogSource = {
      id: 'engine',
      type: 'engine',
      title: 'Output of the bundled engine',
      content: 'all',
      origin: 'Reeve runs it',
      whyNot: null,
    };
    const files = await configuredSources(instance);
    // What `logto` takes is in the engine's own log already.
    const others = files.filter(({ content }) => content === 'requests');
    return { sources: [engine, ...others], preferred: 'engine', advice: null };
  }
  const configured = await configuredSources(instance);
  const takesAll = configured.some(({ content }) => content !== 'requests');
  const sources = takesAll ? configured : [...configured, ...(await standardError(instance))];
  const unique = sources.filter((source, i) => sources.findIndex(({ id }) => id === source.id) === i);
  const readable = unique.filter(({ whyNot }) => whyNot === null);
  const preferred = readable.find(({ content }) => content === 'all') ?? readable[0] ?? null;
  return {
    sources: unique,
    preferred: preferred?.id ?? null,
    advice: preferred === null ? advise(instance, unique) : null,
  };
}

async function configuredSources(instance: Instance): Promise<LogSource[]> {
  const options = instance.config?.logs ?? [];
  return Promise.all(
    options.map(async ({ option, value, content, path, kind }): Promise<LogSource> => {
      const origin = `${option} = ${value}`;
      if (path !== null) {
        const whyNot = await whyNoFile(instance.machine, path);
        return { id: `file:${path}`, type: 'file', title: path, content, origin, whyNot };
      }
      const whyNot = `It goes to ${kind}, which is not read from here. Read it where it arrives.`;
      return { id: `${option}:${value}`, type: 'file', title: origin, content, origin, whyNot };
    }),
  );
}

async function whyNoFile(machine: Machine, path: string): Promise<string | null> {
  try {
    const found = await machine.files.stat(path);
    if (found === null) return 'It does not exist now.';
    if (found.kind !== 'file') return 'It is not a file: what goes there is read where it arrives.';
    const { code } = await machine.run(['test', '-r', path], RUN);
    return code === 0 ? null : 'This user may not read it. logfile-chmod or logfile-chown can open it to a group.';
  } catch (error) {
    return toErrorData(error).message;
  }
}

/** Without an option the log is the standard error output of the master: a file, a unit's journal, a container's output. */
async function standardError(instance: Instance): Promise<LogSource[]> {
  const { machine } = instance;
  const pid = await masterPid(instance);
  if (pid === null) return [];
  const common = { content: 'all' as const };
  const path = await machine.files.realPath(`/proc/${pid}/fd/2`).catch(() => null);
  const isFile = path !== null && (await whyNoFile(machine, path)) === null;
  if (isFile) {
    const origin = `standard error of process ${pid}`;
    return [{ ...common, id: `file:${path}`, type: 'file', title: path, origin, whyNot: null }];
  }
  const cgroup = await readCgroup(machine, pid);
  const container = logContainer(cgroup);
  if (container !== null) {
    const whyNot = await whyNoProgram(machine, ['docker', 'inspect', '--format', '{{.Id}}', container], 'docker');
    const title = `docker logs ${container.slice(0, 12)}`;
    return [
      { ...common, id: `docker:${container}`, type: 'docker', title, origin: `container of process ${pid}`, whyNot },
    ];
  }
  const unit = logUnit(cgroup);
  if (unit === null) return [];
  const whyNot = await whyNoProgram(machine, ['journalctl', '-q', '-n', '1', '-o', 'json', '-u', unit], 'journalctl');
  return [
    {
      ...common,
      id: `journal:${unit}`,
      type: 'journal',
      title: `journal of ${unit}`,
      origin: `unit of process ${pid}`,
      whyNot,
    },
  ];
}

/** An instance that was just attached to answers in a moment. */
async function masterPid(instance: Instance): Promise<number | null> {
  const known = instance.monitor.document?.pid ?? null;
  if (known !== null) return known;
  const first = Promise.withResolvers<number | null>();
  const stop = instance.listen({ onDocument: ({ pid }) => first.resolve(pid) });
  const timer = setTimeout(() => first.resolve(null), FIRST_ANSWER_MS);
  try {
    return await first.promise;
  } finally {
    clearTimeout(timer);
    stop();
  }
}

async function readCgroup(machine: Machine, pid: number): Promise<string> {
  const result = await machine.run(['cat', `/proc/${pid}/cgroup`], RUN).catch(() => null);
  return result?.stdout.toString('latin1') ?? '';
}

/** Asks the program that would give the log; null: it answers with something. */
async function whyNoProgram(machine: Machine, argv: [string, ...string[]], program: string): Promise<string | null> {
  try {
    const { code, stdout, stderr } = await machine.run(argv, RUN);
    if (code === 0 && stdout.length > 0) return null;
    const words = stderr.toString('utf8').trim().split('\n')[0] ?? '';
    if (words !== '') return `${program}: ${words}`;
    return program === 'journalctl'
      ? 'The journal has no line of it that this user may read. The groups systemd-journal and adm may.'
      : `${program} does not answer.`;
  } catch (error) {
    return toErrorData(error).message;
  }
}

function advise(instance: Instance, sources: readonly LogSource[]): LogSources['advice'] {
  const { name } = instance.record;
  const line = `logto = /var/log/uwsgi/${name.replace(/[^\w.-]+/g, '-')}.log`;
  if (sources.length > 0) return { text: 'None of its logs can be read from here.', line };
  if (instance.monitor.document === null) {
    return { text: `${name} has not answered yet, so where its log goes is not known.`, line: null };
  }
  const text =
    'Its log goes to the standard error output of whoever started it (a terminal, a pipe), which nobody else can read. This line gives it a file:';
  return { text, line };
}
