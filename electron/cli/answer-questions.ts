/**
 * Questions on the way to a host, asked in the terminal one after the other, as ssh asks them: `yes` to a fingerprint,
 * secrets without an echo. Where nobody can answer (no terminal) each is cancelled, and what would have been asked is
 * told.
 */
import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import type { SshAnswer, SshQuestion } from '../contract/hosts-model.ts';
import type { Terminal } from './terminal.ts';

/** Questions of a core in this process. */
export interface QuestionSource {
  onChanged: ((questions: SshQuestion[]) => void) | null;
  answer(id: string, answer: SshAnswer): void;
}

/** Who sits at the terminal. */
export interface Person {
  isThere: boolean;
  /** One line; null: the input ended. `signal`: the question is not open any more. */
  ask(prompt: string, echo: boolean, signal: AbortSignal): Promise<string | null>;
}

/** Answers all questions that come up from now on. */
export function answerInTerminal(source: QuestionSource, terminal: Terminal, person: Person = atTerminal()): void {
  const seen = new Map<string, AbortController>();
  let turn: Promise<void> = Promise.resolve();
  source.onChanged = (open) => {
    for (const [id, controller] of seen) if (!open.some((question) => question.id === id)) controller.abort();
    for (const question of open) {
      if (seen.has(question.id)) continue;
      const controller = new AbortController();
      seen.set(question.id, controller);
      turn = answerAfter(turn, question, controller.signal);
    }
  };

  async function answerAfter(before: Promise<void>, question: SshQuestion, signal: AbortSignal): Promise<void> {
    await before;
    if (signal.aborted) return;
    const answer = await answerTo(question, terminal, person, signal);
    if (!signal.aborted) source.answer(question.id, answer);
  }
}

async function answerTo(
  question: SshQuestion,
  terminal: Terminal,
  person: Person,
  signal: AbortSignal,
): Promise<SshAnswer> {
  const { about, hop, through } = question;
  const where = through.length === 0 ? hop.name : `${hop.name} (through ${through.join(', ')})`;
  if (about.kind === 'host-key') {
    const words = `The host key of ${where} is not known: ${about.keyType} ${about.fingerprint}.`;
    if (!person.isThere) return cannotAsk(terminal, words);
    terminal.err(`${words} On the host, "${about.command}" shows it.`);
    const typed = await person.ask('Is it the right one (yes, no, or the fingerprint)? ', true, signal);
    const isRight = typed?.trim().toLowerCase() === 'yes' || typed?.trim() === about.fingerprint;
    return isRight ? { kind: 'trust', until: 'known-hosts' } : { kind: 'cancel' };
  }
  if (!person.isThere) return cannotAsk(terminal, `${where} needs an answer: ${about.title}.`);
  terminal.err(about.instructions === null ? about.title : `${about.title}: ${about.instructions}`);
  const values: string[] = [];
  for (const { label, echo } of about.prompts) {
    const value = await person.ask(`${label}: `, echo, signal);
    if (value === null) return { kind: 'cancel' };
    values.push(value);
  }
  return { kind: 'secrets', values, keep: false };
}

function cannotAsk(terminal: Terminal, words: string): SshAnswer {
  terminal.err(`${words} Run the command in a terminal to answer, or use an agent and known_hosts.`);
  return { kind: 'cancel' };
}

/** The person at this process's terminal: prompts go to standard error, so that results can be piped. */
function atTerminal(): Person {
  return {
    isThere: process.stdin.isTTY && process.stderr.isTTY,
    ask: async (prompt, echo, signal) => {
      process.stderr.write(prompt);
      const output = echo ? process.stderr : new Writable({ write: (_chunk, _encoding, done) => done() });
      // As a terminal, so that readline and not the system shows what is typed, or does not.
      const lines = createInterface({ input: process.stdin, output, terminal: true });
      const ended = Promise.withResolvers<null>();
      lines.once('close', () => ended.resolve(null));
      lines.once('SIGINT', () => lines.close());
      try {
        return await Promise.race([lines.question('', { signal }), ended.promise]);
      } catch {
        // The question was taken back.
        return null;
      } finally {
        lines.close();
        if (!echo) process.stderr.write('\n');
      }
    },
  };
}
