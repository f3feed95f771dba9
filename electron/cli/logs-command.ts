/**
 * `reeve logs`: the newest lines of a server's log, and those that come, without a console. A core of its own, on a
 * folder that is thrown away, attaches to the server, finds its log and follows it through the same contract as a page.
 */
import { hostname } from 'node:os';
import { type LogLine, type LogSources, type LogState, MOST_LOG_LINES } from '../contract/logs-model.ts';
import { AuditLog } from '../core/audit/audit-log.ts';
import { currentUser } from '../core/current-user.ts';
import { makeFolder } from '../core/files/make-folder.ts';
import { LOCAL } from '../core/machine/machine.ts';
import { systemClock } from '../core/node-ports.ts';
import type { RpcClient } from '../rpc/client.ts';
import { consoleFolder } from './console-files.ts';
import { LogPrinter } from './log-printer.ts';
import { withOwnCore } from './own-core.ts';
import type { Parsed } from './parse-command.ts';
import { signIn, unlessStopped } from './sign-in.ts';
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
  /** With secrets. */
  raw: boolean;
}

export async function runLogs({ flags, positionals }: Parsed, terminal: Terminal): Promise<number> {
  const target = readTarget(positionals[0] ?? '', 'logs', terminal.cwd);
  const wishes = wishesOf(flags);
  const stopped = stopSignal();
  return withOwnCore(terminal, { command: 'logs', rawLogs: wishes.raw }, async (client) => {
    if (target.machine !== LOCAL) await unlessStopped(stopped, signIn(client, target.machine, terminal));
    const attached = client.call('instances.attach', { statsAddress: target.text });
    const { id, name } = await unlessStopped(stopped, attached);
    if (wishes.raw) await recordRaw(name, target.machine, terminal);
    return print(client, id, wishes, terminal, stopped);
  });
}

/** On the record of the console of this user: the core of this command has none that stays. */
async function recordRaw(instance: string, machine: string, terminal: Terminal): Promise<void> {
  const folder = consoleFolder(terminal);
  await makeFolder(folder);
  const who = `${currentUser().name}@${hostname()}`;
  const audit = new AuditLog({ folder, who, clock: systemClock, onTrouble: (text) => terminal.err(text) });
  audit.record({ action: 'log.show', instance, machine, detail: 'reeve logs --raw', result: 'begun' });
  await audit.settle();
}

function wishesOf(flags: Parsed['flags']): Wishes {
  const [lines, source] = [flags.get('lines'), flags.get('source')];
  const count = typeof lines === 'string' && lines !== '' ? Number(lines) : USUAL_LINES;
  if (!Number.isInteger(count) || count < 0 || count > MOST_LOG_LINES) {
    throw new UsageError(`--lines takes a number from 0 to ${MOST_LOG_LINES}.`, 'logs');
  }
  return {
    follow: flags.has('follow'),
    lines: count,
    source: typeof source === 'string' ? source : null,
    json: flags.has('json'),
    raw: flags.has('raw'),
  };
}

async function print(
  client: RpcClient,
  instanceId: string,
  wishes: Wishes,
  terminal: Terminal,
  stopped: Promise<void>,
): Promise<number> {
  const source = wishes.source ?? preferredOf(await client.call('log.sources', { instanceId }));
  const most = wishes.follow ? Math.max(wishes.lines, 1_000) : Math.max(wishes.lines, 1);
  const early: LogLine[] = [];
  const printer = new LogPrinter({
    terminal,
    format: (line) => (wishes.json ? JSON.stringify(line) : line.text),
    readAgain: async () => client.call('log.read', { instanceId, source, most: MOST_LOG_LINES }),
  });
  const stopCollecting = client.on('log.lines', ({ lines }) => early.push(...lines));
  const first = await client.call('log.follow', { instanceId, source, most });
  stopCollecting();
  printer.push(first.lines.slice(Math.max(0, first.lines.length - wishes.lines)));
  if (!wishes.follow) {
    await printer.settle();
    const { status, reason, hint } = first.state;
    if (status === 'waiting') throw new CommandError(reason ?? `${source} can not be read.`, hint);
    return EXIT.done;
  }
  printer.push(early);
  client.on('log.lines', ({ lines }) => printer.push(lines));
  const tell = ({ status, reason, hint }: LogState): void => {
    if (status === 'waiting') terminal.err([reason, hint].filter((text) => text !== null).join(' '));
  };
  tell(first.state);
  client.on('log.state', ({ state }) => tell(state));
  await Promise.race([stopped, printer.readerGone]);
  printer.stop();
  return EXIT.done;
}

function preferredOf({ sources, preferred, advice }: LogSources): string {
  if (preferred !== null) return preferred;
  const whys = sources.map(({ title, whyNot }) => `${title}: ${whyNot ?? 'it can be read'}`);
  const text = [advice?.text ?? 'No log can be read.', ...whys].join('\n  ');
  throw new CommandError(text, advice?.line ?? 'Name one with --source file:/path, journal:unit or docker:container.');
}
