/**
 * What only the user can answer on the way to a host: whether a key is the host's own, a passphrase, a password. Several
 * connections that wait for the same thing (two hosts behind one bastion) share one question. Secrets pass through an
 * answer once and are kept nowhere here.
 */
import { randomUUID } from 'node:crypto';
import type { SshAnswer, SshQuestion } from '../../contract/hosts-model.ts';
import { CoreError } from '../errors.ts';

export type Asked = Omit<SshQuestion, 'id'>;

interface Waiting {
  question: SshQuestion;
  subject: string;
  askers: Set<(answer: SshAnswer) => void>;
}

export class Questions {
  /** All that wait now, whenever that changes. */
  onChanged: ((questions: SshQuestion[]) => void) | null = null;
  readonly #waiting = new Map<string, Waiting>();

  /** Oldest first. */
  list(): SshQuestion[] {
    return [...this.#waiting.values()].map(({ question }) => question);
  }

  /**
   * Resolves with the user's answer; as `cancel` when `signal` is aborted first. `subject` names what is asked about:
   * questions with one subject are one question.
   */
  async ask(asked: Asked, subject: string, signal: AbortSignal): Promise<SshAnswer> {
    if (signal.aborted) return { kind: 'cancel' };
    const { promise, resolve } = Promise.withResolvers<SshAnswer>();
    const waiting = this.#find(subject) ?? this.#add(asked, subject);
    waiting.askers.add(resolve);
    const takeBack = (): void => {
      waiting.askers.delete(resolve);
      resolve({ kind: 'cancel' });
      if (waiting.askers.size === 0) this.#remove(waiting);
    };
    signal.addEventListener('abort', takeBack, { once: true });
    const answer = await promise;
    signal.removeEventListener('abort', takeBack);
    return answer;
  }

  /** Throws `ssh-question` when it is not waiting any more or the answer does not fit it. */
  answer(id: string, answer: SshAnswer): void {
    const waiting = this.#waiting.get(id);
    if (waiting === undefined) throw new CoreError('ssh-question', { reason: 'it is not open any more' });
    const { about } = waiting.question;
    const fits =
      answer.kind === 'cancel' ||
      (answer.kind === 'trust' && about.kind === 'host-key') ||
      (answer.kind === 'secrets' && about.kind === 'secrets' && answer.values.length === about.prompts.length);
    if (!fits) throw new CoreError('ssh-question', { reason: 'this is no answer to it' });
    this.#remove(waiting);
    for (const resolve of waiting.askers) resolve(answer);
  }

  /** Cancels all that wait. */
  dispose(): void {
    for (const { id } of this.list()) this.answer(id, { kind: 'cancel' });
    this.onChanged = null;
  }

  #find(subject: string): Waiting | undefined {
    return [...this.#waiting.values()].find((waiting) => waiting.subject === subject);
  }

  #add(asked: Asked, subject: string): Waiting {
    const waiting: Waiting = { question: { ...asked, id: randomUUID() }, subject, askers: new Set() };
    this.#waiting.set(waiting.question.id, waiting);
    this.#tell();
    return waiting;
  }

  #remove(waiting: Waiting): void {
    if (this.#waiting.delete(waiting.question.id)) this.#tell();
  }

  #tell(): void {
    this.onChanged?.(this.list());
  }
}
