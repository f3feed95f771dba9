/**
 * Reads the configuration, says what is wrong with it, and runs the master. The same for the engine's own entry
 * (main.ts), for the command `reeve engine` and for hosts that embed the engine.
 */
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { outputTo, runAction } from './actions.ts';
import { type Background, backgroundOf, goIntoBackground } from './background.ts';
import { buildSettings } from './config/build-settings.ts';
import { formatConfigError, formatOrigin } from './config/errors.ts';
import type { FormatName } from './config/formats/config-document.ts';
import type { ConfigHost, ReadResult } from './config/host.ts';
import { resolveConfig } from './config/resolve.ts';
import { startAdvice } from './config/rules/start-advice.ts';
import type { EngineSettings } from './config/settings.ts';
import { createConfigHost } from './config-host.ts';
import { VassalLink } from './emperor/vassal-link.ts';
import { EngineError, EXIT_BAD_CONFIG, formatEngineError } from './errors.ts';
import { inheritedSocketsOf } from './inherited-sockets.ts';
import { LoadedReaders } from './loaded-readers.ts';
import { EngineLog } from './master/engine-log.ts';
import { Master } from './master/master.ts';
import { configurationLines } from './master/reports.ts';
import { ownProgram } from './own-program.ts';
import { type Starter, starterOf } from './starter.ts';
import { ENGINE_VERSION } from './version.ts';

export interface EngineIo {
  env: NodeJS.ProcessEnv;
  /** Relative paths of the configuration start here. Must be the process's own: sockets are bound relative to it. */
  cwd: string;
  /** Standard output of applications; the log is standard error. Streams without a descriptor mean the process's own. */
  stdout: { fd?: number };
  stderr: { fd?: number };
  /** Its end stops the engine when the environment says so (starter.ts). */
  stdin?: () => Readable;
  /** Where `runtimes/` lies; default: beside the engine. */
  resourcesFolder?: string;
}

/** What is left when the environment's words to the engine itself are taken out. */
interface InnerIo extends EngineIo {
  inheritedSockets: number;
  /** null: no emperor has started this engine. */
  vassal: VassalLink | null;
  background: Background;
}

type Reading =
  | { ok: true; settings: EngineSettings; notices: string[] }
  /** `reader`: it has to be loaded first. */
  | { ok: false; errors: string[]; notices: string[]; reader: FormatName | null };

/** Runs the engine until it is stopped. Resolves to the exit code: 0 stopped, 1 failed, 22 no app, 78 bad configuration. */
export async function runEngine(argv: readonly string[], io: EngineIo): Promise<number> {
  const done = await runAction(argv, outputTo(io.stdout, io.stderr));
  if (done !== null) return done;
  const log = new EngineLog(io.stdout.fd ?? 1, io.stderr.fd ?? 2);
  const starter = starterOf(io.env, io.stdin);
  try {
    const background = backgroundOf(starter.env);
    const inherited = inheritedSocketsOf(background.env, process.pid);
    const vassal = VassalLink.of(inherited.env);
    const env = VassalLink.without(inherited.env);
    const inner = { ...io, env, inheritedSockets: inherited.count, vassal, background };
    return await start(argv, inner, log, starter);
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    log.write(formatEngineError(error));
    return error.exitCode;
  } finally {
    starter.dispose();
    log.dispose();
  }
}

async function start(argv: readonly string[], io: InnerIo, log: EngineLog, starter: Starter): Promise<number> {
  const readers = new LoadedReaders();
  const first = await readFirst(argv, io, readers);
  for (const notice of first.notices) log.write(notice);
  if (!first.ok) {
    for (const error of first.errors) log.write(error);
    return EXIT_BAD_CONFIG;
  }
  const { settings } = first;
  const { umask, daemonizeLog } = settings.system;
  if (umask !== null) process.umask(umask);
  if (daemonizeLog !== null && !io.background.isHere) {
    if (!starter.isTied) return goIntoBackground(argv, daemonizeLog, io);
    log.write("'daemonize': the program that started this engine watches it, so it stays in the foreground");
  }
  const resourcesFolder = io.resourcesFolder ?? fileURLToPath(new URL('../resources', import.meta.url));
  log.isInBackground = io.background.isHere;
  log.configure(settings, { env: io.env, cwd: io.cwd, resourcesFolder });
  if (settings.showConfig) for (const line of configurationLines(settings)) log.write(line);
  const master = new Master(settings, {
    env: io.env,
    cwd: io.cwd,
    resourcesFolder,
    log,
    readSettings: () => {
      const again = read(argv, hostOf(io, readers, true));
      if (!again.ok && again.reader !== null) return readers.loadForNextTime(again.reader);
      if (again.ok) for (const notice of again.notices) log.write(notice);
      return again.ok ? again.settings : again.errors.join('\n');
    },
    ready: io.background.ready,
    vassal: io.vassal,
    program: ownProgram(argv),
  });
  starter.whenGone(() => master.stop('the program that started this engine has ended'));
  return master.run();
}

/** Reads until no reader is missing; what came from standard input the first time is there again. */
async function readFirst(argv: readonly string[], io: InnerIo, readers: LoadedReaders): Promise<Reading> {
  const inputs: ReadResult[] = [];
  for (;;) {
    const host = hostOf(io, readers, false);
    let at = 0;
    const readStdin = (): ReadResult => (inputs[at++] ??= host.readStdin());
    const reading = read(argv, { ...host, readStdin });
    if (reading.ok || reading.reader === null) return reading;
    await readers.load(reading.reader);
  }
}

function hostOf(
  { cwd, env, inheritedSockets, vassal }: InnerIo,
  readers: LoadedReaders,
  reloading: boolean,
): ConfigHost {
  return createConfigHost({
    cwd,
    env,
    version: ENGINE_VERSION,
    reloading,
    inheritedSockets,
    vassal,
    readers: readers.all,
  });
}

function read(argv: readonly string[], host: ConfigHost): Reading {
  const resolved = resolveConfig(argv, host);
  const said = [...resolved.notices, ...resolved.remarks, ...resolved.printed];
  if (!resolved.ok) {
    const reader = resolved.errors[0]?.reader ?? null;
    return { ok: false, errors: resolved.errors.map(formatConfigError), notices: said, reader };
  }
  const built = buildSettings(resolved);
  const warnings = built.warnings.map(({ message, origin }) => `${formatOrigin(origin)}: warning: ${message}`);
  const notices = [...said, ...warnings];
  if (!built.ok) return { ok: false, errors: built.errors.map(formatConfigError), notices, reader: null };
  return { ok: true, settings: built.settings, notices: [...notices, ...startAdvice(resolved)] };
}
