/**
 * Runs one of the fixed programs (control-program.ts) on a machine, through sudo when asked, and reads the one line
 * that it prints. Which interpreter a machine has is found out once.
 */
import { CoreError } from '../errors.ts';
import type { Machine } from '../machine/machine.ts';
import { type Interpreter, PROBE, PROGRAMS } from './control-program.ts';

export interface Answer {
  word: string;
  detail: string;
}

/** Enough for a slow link; a program of these ends within a second. */
const DEADLINE_MS = 10_000;
const MOST_BYTES = 16_384;
const ORDER: readonly Interpreter[] = ['python3', 'perl', 'sh'];

const known = new WeakMap<Machine, Interpreter>();

/** Throws `command-failed`, `control-unsure`, `sudo-refused` or an `ssh-…` error. */
export async function runControl(machine: Machine, args: readonly string[], sudo: boolean): Promise<Answer> {
  const { argv, text } = PROGRAMS[await interpreterOf(machine)];
  const options = { input: Buffer.from(text), deadlineMs: DEADLINE_MS, mostBytes: MOST_BYTES, sudo };
  const { code, stdout, stderr } = await machine.run([...argv, ...args], options);
  const [word = '', detail = ''] = stdout.toString('utf8').trim().split('\t');
  if (code === 0 && word !== '') return { word, detail };
  if (code === null) throw new CoreError('control-unsure', { reason: `${argv[0]} was ended.` });
  const reason = firstLine(stderr.toString('utf8'));
  if (sudo && reason.startsWith('sudo:')) throw new CoreError('sudo-refused', { machine: machine.name, reason });
  throw new CoreError('command-failed', { command: argv[0], reason: reason === '' ? `it ended with ${code}` : reason });
}

/** Throws `command-failed` when a machine has none of them. */
export async function interpreterOf(machine: Machine): Promise<Interpreter> {
  const before = known.get(machine);
  if (before !== undefined) return before;
  const options = { input: Buffer.from(PROBE), deadlineMs: DEADLINE_MS, mostBytes: MOST_BYTES };
  const { stdout } = await machine.run(['sh', '-s'], options);
  const found = new Set(stdout.toString('utf8').split('\n'));
  const chosen = ORDER.find((name) => found.has(name));
  if (chosen === undefined) {
    throw new CoreError('command-failed', { command: 'python3', reason: 'neither it nor perl nor GNU dd is there' });
  }
  known.set(machine, chosen);
  return chosen;
}

/** What a program that failed said first, without control characters. */
export function firstLine(text: string): string {
  const [line = ''] = text.trim().split('\n', 1);
  return line
    .replace(/\p{Cc}/gu, ' ')
    .slice(0, 300)
    .trim()
    .replace(/\.$/, '');
}
