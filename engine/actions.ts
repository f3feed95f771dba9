/**
 * What the command line can ask for instead of a server: signals to a running one by its pidfile (`--stop`, `--reload`,
 * `--pause`), `--signal`, `--connect-and-read`, `--version` and `--help`.
 */
import { readFileSync, writeSync } from 'node:fs';
import { connect, type NetConnectOpts } from 'node:net';
import { parseAddress } from './config/address.ts';
import { type GivenOption, parseArguments } from './config/argv.ts';
import { ConfigFailure } from './config/errors.ts';
import { optionTable } from './config/option-table.ts';
import { errorCode } from './master/engine-log.ts';
import { ENGINE_VERSION } from './version.ts';

export interface ActionOutput {
  out: (text: string) => void;
  error: (text: string) => void;
}

const SIGNALS = new Map<string, NodeJS.Signals>([
  ['stop', 'SIGINT'],
  ['reload', 'SIGHUP'],
  ['pause', 'SIGTSTP'],
  ['suspend', 'SIGTSTP'],
  ['resume', 'SIGTSTP'],
]);

const ANSWER_WITHIN_MS = 10_000;
const MODIFIER_SIGNAL = 110;

/** Does what the arguments ask for and gives the exit code; null: they ask for a server. */
export async function runAction(argv: readonly string[], output: ActionOutput): Promise<number | null> {
  for (const { key, value } of optionsOf(argv)) {
    const signal = SIGNALS.get(key);
    if (signal !== undefined) return signalPidfile(value ?? '', signal, output);
    if (key === 'version') {
      output.out(`${ENGINE_VERSION}\n`);
      return 0;
    }
    if (key === 'help' || key === 'usage') {
      output.out(helpText());
      return 0;
    }
    if (key === 'connect-and-read') return connectAndRead(value ?? '', output);
    if (key === 'signal') return raiseSignal(value ?? '', output);
  }
  return null;
}

/** Writers for the process's own streams. */
export function outputTo(stdout: { fd?: number }, stderr: { fd?: number }): ActionOutput {
  return {
    out: (text) => void writeSync(stdout.fd ?? 1, text),
    error: (text) => void writeSync(stderr.fd ?? 2, `${text}\n`),
  };
}

/** Arguments that can not be read ask for nothing; their error is shown by the start. */
function optionsOf(argv: readonly string[]): GivenOption[] {
  try {
    const { options, failure } = parseArguments(argv);
    if (failure !== null) throw failure;
    return options;
  } catch (error) {
    if (error instanceof ConfigFailure) return [];
    throw error;
  }
}

function signalPidfile(path: string, signal: NodeJS.Signals, { error }: ActionOutput): number {
  try {
    const pid = Number.parseInt(readFileSync(path, 'latin1'), 10);
    if (!(pid > 1)) {
      error(`${path} holds no pid. Name the file of 'pidfile' or 'safe-pidfile'.`);
      return 1;
    }
    process.kill(pid, signal);
    return 0;
  } catch (cause) {
    const code = errorCode(cause);
    const why = new Map([
      ['ENOENT', 'There is no such file.'],
      ['ESRCH', 'The server that wrote it does not run any more.'],
      ['EPERM', 'The server in it belongs to another user.'],
    ]);
    error(`${signal} could not be sent by the pidfile ${path}. ${why.get(code) ?? `(${code})`}`);
    return 1;
  }
}

async function connectAndRead(text: string, { out, error }: ActionOutput): Promise<number> {
  const target = targetOf(text);
  if (target === null) {
    error(`'${text}' is no address to connect to. Write host:port or the path of a unix socket.`);
    return 1;
  }
  return new Promise((done) => {
    const socket = connect(target);
    socket.setTimeout(ANSWER_WITHIN_MS, () => socket.destroy(new Error('it said nothing for 10 seconds')));
    socket.on('data', (chunk) => out(chunk.toString()));
    socket.on('end', () => done(0));
    socket.on('error', (cause) => {
      error(`${text} could not be read (${errorCode(cause)}).`);
      done(1);
    });
  });
}

/** A packet of uWSGI with modifier 110, answered with `ff 00 00 01`: `ADDRESS,SIGNAL`. */
async function raiseSignal(text: string, { out, error }: ActionOutput): Promise<number> {
  const { address, signal } = /^(?<address>.+),(?<signal>\d{1,3})$/.exec(text)?.groups ?? {};
  const number = Number(signal ?? 256);
  const target = address === undefined ? null : targetOf(address);
  if (address === undefined || target === null || number > 255) {
    error(`'${text}' is no signal for an instance. Write ADDRESS,SIGNAL with a signal from 0 to 255.`);
    return 1;
  }
  return new Promise((done) => {
    let answer = Buffer.alloc(0);
    const failed = (why: string): void => {
      error(`unable to deliver signal ${number} to node ${address} (${why})`);
      done(1);
    };
    const socket = connect(target, () => socket.write(Buffer.of(MODIFIER_SIGNAL, 0, 0, number)));
    socket.setTimeout(ANSWER_WITHIN_MS, () => socket.destroy(new Error('it said nothing for 10 seconds')));
    socket.on('data', (chunk: Buffer) => {
      answer = Buffer.concat([answer, chunk]);
    });
    socket.on('error', (cause) => failed(errorCode(cause)));
    socket.on('end', () => {
      if (answer[3] !== 1) return failed('it takes no signals: see uwsgi-modifiers');
      out(`signal ${number} delivered to node ${address}\n`);
      done(0);
    });
  });
}

/** null: the text is no address to connect to. */
function targetOf(text: string): NetConnectOpts | null {
  const parsed = parseAddress(text);
  if (!parsed.ok) return null;
  const { address } = parsed;
  switch (address.type) {
    case 'fd':
      return null;
    case 'tcp':
      return { host: address.host.replace(/^$|^0\.0\.0\.0$/, '127.0.0.1'), port: address.port };
    case 'unix':
      return { path: address.path };
    case 'abstract':
      return { path: `\0${address.name}` };
  }
}

/** The options that have a meaning here; the others are in the documents. */
function helpText(): string {
  const options = optionTable
    .filter((option) => option.status === 'works' && option.kind !== 'logic')
    .map(({ name, short, argument, help }) => {
      const value = argument === 'none' ? '' : argument === 'optional' ? ' [VALUE]' : ' VALUE';
      const left = `  ${short === null ? '' : `-${short}, `}--${name}${value}`;
      return `${left.padEnd(40)} ${help ?? ''}`;
    });
  return [
    `Reeve engine ${ENGINE_VERSION.replace(/^reeve-/, '')}`,
    '',
    'Runs a configuration file of uWSGI, or options of the command line:',
    '  app.ini',
    '  --http :8080 --wsgi-file app.py --processes 4',
    '',
    'Options:',
    ...options,
    '',
  ].join('\n');
}
