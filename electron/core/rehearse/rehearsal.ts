/**
 * One rehearsal from beginning to end: reads the edited text as the server would, runs it on the bundled engine in a
 * scratch folder (rehearsal-lines.ts), waits for the application, asks it once, stops it and removes the folder. Bounded
 * in time, can be cancelled, and always ends with a verdict.
 */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { StatsDocument } from '../../../engine/api/stats.ts';
import { type Resolved, resolveConfig } from '../../../engine/config/resolve.ts';
import type { Origin } from '../../../engine/config/settings.ts';
import { REHEARSAL_STEPS, type Rehearsal as RehearsalData, type RehearsalStep } from '../../contract/rehearsal.ts';
import { beginsStack } from '../../contract/stack-lines.ts';
import { describe } from '../errors.ts';
import type { Clock, EngineChild, EngineSpawn } from '../ports.ts';
import { findFreePort } from '../sample/free-port.ts';
import { count, seconds } from '../words.ts';
import { askOnce } from './ask-once.ts';
import { RehearsalEngine } from './rehearsal-engine.ts';
import { countAddresses, MOST_WORKERS, originsInText, type RehearsalFile, writeRehearsal } from './rehearsal-lines.ts';
import { errorsIn, exceptionIn } from './rehearsal-reason.ts';
import { type Screened, screen } from './rehearsal-screen.ts';
import { applicationOrigin, environmentOf, type RehearsalSource } from './rehearsal-source.ts';
import {
  addressWords,
  appName,
  CANCELLED,
  linesOf,
  missingFolders,
  problem,
  problemsOf,
  verdictOf,
  wouldNotStart,
} from './rehearsal-words.ts';
import { makeScratchFolder, removeScratchFolder, temporaryFolderOf } from './scratch-folder.ts';

export interface RehearsalOptions {
  instanceId: string;
  source: RehearsalSource;
  clock: Clock;
  spawnEngine: (what: EngineSpawn) => EngineChild;
  /** Where the scratch folder is made; its path must leave room for the names of unix sockets. */
  parentFolder: string;
  /** Longest time for the application to load. */
  loadDeadlineMs: number;
  onChanged: (data: RehearsalData) => void;
  /** So that an engine that outlives a killed Reeve can be found; null: it has ended. */
  remember: (folder: string, pid: number | null) => Promise<void>;
}

export const LOAD_DEADLINE_MS = 60_000;
const ASK_DEADLINE_MS = 15_000;
const LOG_LINES = 300;
const LONGEST_LINE = 1_000;
const TELL_LOG_EVERY_MS = 300;

type Verdict = NonNullable<RehearsalData['verdict']>;

interface Prepared {
  resolved: Resolved;
  screened: Screened;
}

export class Rehearsal {
  readonly #options: RehearsalOptions;
  readonly #abort = new AbortController();
  #data: RehearsalData;
  #engine: RehearsalEngine | null = null;
  #file: { path: string; content: RehearsalFile } | null = null;
  #cancelTell: (() => void) | null = null;
  #startedAtMs = 0;
  #appOrigin: Origin | null = null;

  constructor(options: RehearsalOptions) {
    this.#options = options;
    this.#data = {
      instanceId: options.instanceId,
      path: options.source.path,
      startedAtMs: options.clock.now(),
      endedAtMs: null,
      steps: REHEARSAL_STEPS.map((id) => ({ id, status: 'waiting', detail: '' })),
      verdict: null,
      problems: [],
      lines: [],
      app: null,
      appLoadMs: null,
      workers: null,
      answer: null,
      log: [],
    };
  }

  get data(): RehearsalData {
    return this.#data;
  }

  /** Stops it where it is; `run` then ends with the verdict that says so. */
  cancel(): void {
    this.#abort.abort();
  }

  /** Once. Never fails: what went wrong is the verdict. */
  async run(): Promise<RehearsalData> {
    let verdict: Verdict;
    try {
      const prepared = this.#read();
      verdict = prepared.ok ? await this.#rehearse(prepared.value) : prepared.verdict;
    } catch (error) {
      verdict = wouldNotStart(`The rehearsal broke off: ${describe(error)}.`);
    }
    this.#cancelTell?.();
    this.#change({
      verdict: this.#abort.signal.aborted ? CANCELLED : verdict,
      endedAtMs: this.#options.clock.now(),
      steps: this.#data.steps.map((step) =>
        step.status === 'waiting' || step.status === 'running' ? { ...step, status: 'skipped' } : step,
      ),
      log: this.#log(),
    });
    return this.#data;
  }

  #read(): { ok: true; value: Prepared } | { ok: false; verdict: Verdict } {
    const { source } = this.#options;
    this.#step('read', 'running', '');
    const resolved = resolveConfig(source.argv, source.host);
    if (!resolved.ok) return this.#refuse(problemsOf({ errors: resolved.errors, warnings: [] }));
    const screened = screen(resolved, source.server);
    this.#change({ lines: linesOf([], screened.unsupported) });
    const problems = problemsOf(screened);
    if (screened.errors.length > 0) return this.#refuse(problems);
    this.#appOrigin = applicationOrigin(screened.applied);
    this.#change({ problems, app: appName(screened.settings?.app ?? { language: 'none' }) });
    const files = resolved.files.length;
    this.#step(
      'read',
      'done',
      `${count(resolved.applied.length, 'option', 'options')} from ${count(files, 'file', 'files')}`,
    );
    return { ok: true, value: { resolved, screened } };
  }

  #refuse(problems: RehearsalData['problems']): { ok: false; verdict: Verdict } {
    const errors = problems.filter(({ severity }) => severity === 'error');
    this.#change({ problems });
    this.#step('read', 'failed', count(errors.length, 'error', 'errors'));
    return { ok: false, verdict: wouldNotStart(errors[0]?.message ?? 'The configuration can not be read.') };
  }

  async #rehearse(prepared: Prepared): Promise<Verdict> {
    const { clock, parentFolder, source, remember } = this.#options;
    const folder = await makeScratchFolder(parentFolder);
    let pid: number | null = null;
    try {
      // Between the look for free ports and the engine's bind another program can take one: then once more.
      for (let attempt = 1; ; attempt += 1) {
        await this.#start(prepared, folder);
        pid = this.#engine?.pid ?? null;
        if (pid !== null) await remember(folder, pid);
        const outcome = await this.#watch(prepared);
        if (outcome !== 'port taken' || attempt === 3) return outcome === 'port taken' ? this.#ended() : outcome;
      }
    } finally {
      const startedAtMs = clock.monotonicMs();
      if (this.#data.steps.some(({ id, status }) => id === 'start' && status !== 'waiting'))
        this.#step('stop', 'running', '');
      await this.#engine?.stop();
      await removeScratchFolder(folder, pid, temporaryFolderOf(environmentOf(source)));
      await remember(folder, null);
      this.#step('stop', 'done', `nothing left after ${seconds(clock.monotonicMs() - startedAtMs)}`);
    }
  }

  async #start({ resolved, screened }: Prepared, folder: string): Promise<void> {
    const { source, clock, spawnEngine } = this.#options;
    this.#step('start', 'running', '');
    const ports = await freePorts(countAddresses(screened.applied));
    const content = writeRehearsal(resolved, screened.applied, {
      folder,
      mostWorkers: MOST_WORKERS,
      nextPort: () => ports.pop() ?? 0,
    });
    const path = join(folder, 'rehearsal.ini');
    const mode = 0o600;
    await writeFile(path, content.text, { mode });
    for (const { name, text } of content.values) await writeFile(join(folder, name), text, { mode });
    this.#file = { path, content };
    const home = screened.settings?.chdir ?? source.host.cwd;
    this.#change({
      lines: linesOf(content.changes, screened.unsupported),
      problems: [...problemsOf(screened), ...missingFolders(content.changes, source.host, home)],
    });
    this.#engine = new RehearsalEngine({
      clock,
      spawn: spawnEngine,
      what: { args: ['--ini', path], cwd: source.cwd, env: environmentOf(source) },
      statsSocket: content.statsSocket,
      onLines: () => this.#tellLog(),
    });
  }

  async #watch({ screened }: Prepared): Promise<Verdict | 'port taken'> {
    const { clock, loadDeadlineMs } = this.#options;
    const engine = this.#engine;
    if (engine === null) return CANCELLED;
    const deadline = new AbortController();
    const cancelDeadline = clock.setTimer(() => deadline.abort(), loadDeadlineMs);
    const signal = AbortSignal.any([this.#abort.signal, deadline.signal]);
    try {
      const opened = await engine.waitFor(() => true, signal);
      if (opened !== null) {
        this.#startedAtMs = clock.monotonicMs();
        this.#step('start', 'done', addressWords(this.#data));
        this.#step('app', 'running', '');
      }
      const ready = opened === null ? null : await engine.waitFor(areReady, signal);
      if (ready !== null) return await this.#loaded(ready, screened, engine);
      if (this.#abort.signal.aborted) return CANCELLED;
      if (engine.hasEnded && /\bis in use\b/.test(engine.reason) && opened === null) return 'port taken';
      if (engine.hasEnded) return this.#ended();
      const what = opened === null ? 'The server did not open its addresses' : 'The application did not load';
      const text = `${what} within ${seconds(loadDeadlineMs)}. The log shows how far it came.`;
      this.#step(opened === null ? 'start' : 'app', 'failed', `not within ${seconds(loadDeadlineMs)}`);
      return wouldNotStart(text);
    } finally {
      cancelDeadline();
    }
  }

  /** The engine ended by itself: its last words are the reason. */
  #ended(): Verdict {
    const reason = this.#inUsersFile(this.#engine?.reason ?? '');
    const isApp =
      this.#data.steps.some(({ id, status }) => id === 'app' && status === 'running') ||
      beginsStack(reason.split('\n')[0] ?? '');
    if (isApp) this.#step('start', 'done', addressWords(this.#data));
    if (isApp) this.#appFailed(reason);
    else this.#step('start', 'failed', reason.trim().split('\n').at(-1) ?? '');
    return wouldNotStart(reason);
  }

  async #loaded(document: StatsDocument, screened: Screened, engine: RehearsalEngine): Promise<Verdict> {
    const workers = document.workers.filter((worker) => worker.pid > 0);
    const apps = workers.flatMap((worker) => worker.apps);
    this.#change({ workers: workers.length });
    const { app } = this.#data;
    if (app === null) {
      this.#step('app', 'skipped', 'no application that the engine can load is configured');
    } else if (apps.length === 0) {
      const reason = this.#inUsersFile(engine.reason);
      this.#appFailed(reason);
      const need =
        screened.settings?.needApp === true
          ? ''
          : "It would start without its application and answer every request with 500; 'need-app = true' makes that an error.\n";
      return wouldNotStart(`${need}${reason}`);
    } else {
      // The server's own figure is in whole seconds.
      const appLoadMs = this.#options.clock.monotonicMs() - this.#startedAtMs;
      this.#change({ appLoadMs });
      this.#step('app', 'done', `${app} in ${seconds(appLoadMs)}`);
    }
    this.#change({ problems: [...this.#data.problems, ...this.#loggedErrors()] });
    if (app !== null) await this.#ask();
    return verdictOf(this.#data);
  }

  #appFailed(reason: string): void {
    const said = exceptionIn(reason);
    this.#step('app', 'failed', said);
    const origin = this.#appOrigin;
    if (origin === null) return;
    const message = `The application could not be loaded: ${said}`;
    this.#change({ problems: [problem('error', message, origin), ...this.#data.problems] });
  }

  /** It came up all the same: what went wrong on the way is for its user to judge. */
  #loggedErrors(): RehearsalData['problems'] {
    const said = errorsIn(this.#engine?.log.read(LOG_LINES) ?? []).map((text) => this.#inUsersFile(text));
    return said.map((text) => problem('warning', `While it started, the log said: ${text}`, { file: '', line: 0 }));
  }

  async #ask(): Promise<void> {
    this.#step('ask', 'running', 'GET /');
    const answer = await askOnce(this.#file?.content.askSocket ?? '', ASK_DEADLINE_MS, this.#abort.signal);
    if (typeof answer === 'string') {
      this.#step('ask', 'warning', answer);
      return;
    }
    this.#change({ answer });
    const words = `GET / gave ${answer.status} in ${Math.max(1, Math.round(answer.tookMs))} ms`;
    this.#step('ask', answer.status >= 500 ? 'warning' : 'done', words);
  }

  #step(id: RehearsalStep['id'], status: RehearsalStep['status'], detail: string): void {
    this.#change({
      steps: this.#data.steps.map((step) => (step.id === id ? { id, status, detail } : step)),
      log: this.#log(),
    });
  }

  #change(change: Partial<RehearsalData>): void {
    this.#data = { ...this.#data, ...change };
    this.#options.onChanged(this.#data);
  }

  #tellLog(): void {
    this.#cancelTell ??= this.#options.clock.setTimer(() => {
      this.#cancelTell = null;
      this.#change({ log: this.#log() });
    }, TELL_LOG_EVERY_MS);
  }

  #log(): string[] {
    const lines = this.#engine?.log.read(LOG_LINES) ?? [];
    return lines.map(({ text }) => this.#inUsersFile(text.slice(0, LONGEST_LINE)));
  }

  #inUsersFile(text: string): string {
    return this.#file === null ? text : originsInText(text, this.#file.path, this.#file.content.origins);
  }
}

/** Every worker that is to run accepts requests. */
function areReady({ workers }: StatsDocument): boolean {
  return workers.length > 0 && workers.every((worker) => worker.pid > 0 && worker.accepting !== 0);
}

async function freePorts(wanted: number): Promise<number[]> {
  const taken = new Set<number>();
  while (taken.size < wanted) taken.add(await findFreePort('127.0.0.1', 65_536, taken));
  return [...taken];
}
