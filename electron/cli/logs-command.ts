/**
 * `reeve logs`: the newest lines of a server's log, and those that come, without a console. A core of its own, on a
 * folder that is thrown away, attaches to the server, finds its log and follows it through the same contract as a page.
 */
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { HostState } from '../contract/hosts-model.ts';
import { type LogLine, type LogSources, MOST_LOG_LINES } from '../contract/logs-model.ts';
import { createCore } from '../core/core.ts';
import { LOCAL } from '../core/machine/machine.ts';
import { systemClock } from '../core/node-ports.ts';
import { HOST_KEYS_FILE } from '../core/ssh/user-trust.ts';
import { RpcClient } from '../rpc/client.ts';
import { RpcError } from '../rpc/errors.ts';
import { createMemoryPair } from '../rpc/transport.ts';
import { dataFolderPath } from '../web/data-folder.ts';
import { createWebPorts } from '../web/web-ports.ts';
import { answerInTerminal, type QuestionSource } from './answer-questions.ts';
import { findInstallation } from './installation.ts';
import type { Parsed } from './parse-command.ts';
import { readTarget } from './stats-command.ts';
import { stopSignal } from './stop-signals.ts';
import { CommandError, EXIT, type Terminal, UsageError } from './terminal.ts';

const USUAL_LINES = 20;

interface Wishes {
  follow: boolean;
  lines: number;
  /** null: the one that is proposed. */
  source: string | null;
  json: boolean;
}

export async function runLogs({ flags, positionals }: Parsed, terminal: Terminal): Promise<number> {
  const target = readTarget(positionals[0] ?? '', 'logs', terminal.cwd);
  const wishes = wishesOf(flags);
  const stopped = stopSignal();
  const dataFolder = await mkdtemp(join(tmpdir(), 'reeve-logs-'));
  await cp(join(consoleFolder(terminal), HOST_KEYS_FILE), join(dataFolder, HOST_KEYS_FILE)).catch(() => {
    // No key was accepted yet.
  });
  const core = await createCore(createWebPorts({ ...findInstallation(), dataFolder, env: terminal.env }), {
    autoStart: false,
  });
  const { left, right } = createMemoryPair();
  core.connect(left);
  const client = new RpcClient({ setTimer: (callback, ms) => systemClock.setTimer(callback, ms) });
  client.attach(right);
  try {
    if (target.machine !== LOCAL) await signIn(client, target.machine, terminal);
    const { id } = await client.call('instances.attach', { statsAddress: target.text });
    return await print(client, id, wishes, terminal, stopped);
  } catch (error) {
    if (error instanceof RpcError) throw new CommandError(error.message, error.hint, error);
    throw error;
  } finally {
    client.detach();
    await core.dispose();
    await rm(dataFolder, { recursive: true, force: true });
  }
}

/** Of a console of this user: keys of hosts that were accepted there hold here, too. */
function consoleFolder({ env, cwd }: Terminal): string {
  return dataFolderPath({ platform: process.platform, env, home: homedir() }, cwd);
}

function wishesOf(flags: Parsed['flags']): Wishes {
  const [lines, source] = [flags.get('lines'), flags.get('source')];
  const count = typeof lines === 'string' ? Number(lines) : USUAL_LINES;
  if (!Number.isInteger(count) || count < 1 || count > MOST_LOG_LINES) {
    throw new UsageError(`--lines takes a number from 1 to ${MOST_LOG_LINES}.`, 'logs');
  }
  return {
    follow: flags.has('follow'),
    lines: count,
    source: typeof source === 'string' ? source : null,
    json: flags.has('json'),
  };
}

/** Signing in takes as long as its user does; the deadlines of calls count from there. */
async function signIn(client: RpcClient, destination: string, terminal: Terminal): Promise<void> {
  const questions: QuestionSource = {
    onChanged: null,
    answer: (questionId, answer) => {
      client.call('ssh.answer', { questionId, answer }).catch((error: unknown) => terminal.err(String(error)));
    },
  };
  answerInTerminal(questions, terminal);
  client.on('ssh.questions', (open) => questions.onChanged?.(open.questions));
  const settled = Promise.withResolvers<HostState>();
  const settle = (host: HostState): void => {
    const isOver = host.status === 'ready' || host.status === 'waiting' || host.status === 'failed';
    if (host.id === destination && isOver) settled.resolve(host);
  };
  client.on('hosts.changed', ({ hosts }) => hosts.forEach(settle));
  settle(await client.call('hosts.connect', { destination }));
  const { status, reason, hint } = await settled.promise;
  if (status !== 'ready') throw new CommandError(reason ?? `${destination} can not be reached.`, hint);
}

async function print(
  client: RpcClient,
  instanceId: string,
  wishes: Wishes,
  terminal: Terminal,
  stopped: Promise<void>,
): Promise<number> {
  const source = wishes.source ?? preferredOf(await client.call('log.sources', { instanceId }));
  const most = wishes.follow ? Math.max(wishes.lines, 1_000) : wishes.lines;
  let lastSeq = 0;
  let isPrinting = false;
  const early: LogLine[] = [];
  const give = (lines: readonly LogLine[]): void => {
    for (const line of lines) {
      if (line.seq <= lastSeq) continue;
      lastSeq = line.seq;
      terminal.out(wishes.json ? JSON.stringify(line) : line.text);
    }
  };
  const stopListening = client.on('log.lines', ({ lines }) => {
    if (!isPrinting) early.push(...lines);
    else if ((lines[0]?.seq ?? 0) <= lastSeq + 1) give(lines);
    else void readGap(lines);
  });
  const readGap = async (lines: readonly LogLine[]): Promise<void> => {
    const all = await client.call('log.read', { instanceId, source, most: MOST_LOG_LINES }).catch(() => lines);
    const missing = (all[0]?.seq ?? lastSeq + 1) - lastSeq - 1;
    if (missing > 0) terminal.err(`${missing} lines came faster than they were read and are left out.`);
    give(all);
  };
  const first = await client.call('log.follow', { instanceId, source, most });
  lastSeq = first.lines.at(-Math.min(wishes.lines, first.lines.length) - 1)?.seq ?? 0;
  if (first.lines.length > 0) give(first.lines);
  isPrinting = true;
  if (!wishes.follow) {
    stopListening();
    const { status, reason, hint } = first.state;
    if (status === 'waiting') throw new CommandError(reason ?? `${source} can not be read.`, hint);
    return EXIT.done;
  }
  give(early);
  client.on('log.state', ({ state }) => {
    if (state.status === 'waiting') terminal.err([state.reason, state.hint].filter((text) => text !== null).join(' '));
  });
  await stopped;
  return EXIT.done;
}

function preferredOf({ sources, preferred, advice }: LogSources): string {
  if (preferred !== null) return preferred;
  const whys = sources.map(({ title, whyNot }) => `${title}: ${whyNot ?? 'it can be read'}`);
  const text = [advice?.text ?? 'No log can be read.', ...whys].join('\n  ');
  throw new CommandError(text, advice?.line ?? 'Name one with --source file:/path, journal:unit or docker:container.');
}
