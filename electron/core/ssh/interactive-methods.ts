/**
 * What a server asks a person: its own questions (keyboard-interactive, RFC 4256, several rounds of them) and the
 * password. A password that was given before is tried once without asking; codes that are good for one time are not
 * kept.
 */
import type { KeyboardInteractiveAuthMethod, Prompt } from 'ssh2';
import type { Asker, Attempt } from './attempt.ts';
import type { SecretMemory } from './secret-memory.ts';
import type { ResolvedHop } from './ssh-trust.ts';

const MOST_ROUNDS = 10;
const AGAIN = 'It was not accepted. Try again.';

/** The person at one login of one hop. */
export class Person {
  readonly #hop: ResolvedHop;
  readonly #asker: Asker;
  readonly #secrets: SecretMemory;
  readonly #secretKey: string;
  /** Nothing more is answered. */
  #isGone = false;

  constructor(hop: ResolvedHop, asker: Asker, secrets: SecretMemory) {
    this.#hop = hop;
    this.#asker = asker;
    this.#secrets = secrets;
    this.#secretKey = `ssh-password ${hop.user}@${hop.hostName}:${hop.port}`;
  }

  /** As often as NumberOfPasswordPrompts of ssh_config(5) says. */
  async *methods(type: 'keyboard-interactive' | 'password', most: number): AsyncGenerator<Attempt> {
    for (let tries = 0; tries < most && !this.#isGone; tries++) {
      yield type === 'password' ? this.#password(tries > 0) : this.#keyboard(tries > 0);
    }
  }

  #password(isAgain: boolean): Attempt {
    return {
      type: 'password',
      name: 'a password',
      make: async () => {
        const held = await this.#secrets.get(this.#secretKey);
        const [password] = held === null ? await this.#askPassword(isAgain) : [held];
        return password === undefined ? null : { type: 'password', username: this.#hop.user, password };
      },
      onRefused: async () => this.#secrets.forget(this.#secretKey),
    };
  }

  async #askPassword(isAgain: boolean): Promise<string[]> {
    const prompts = [{ label: 'Password', echo: false }];
    return this.#ask({
      title: `Password of ${this.#hop.user} on ${this.#hop.name}`,
      instructions: isAgain ? AGAIN : null,
      prompts,
      isPassword: true,
    });
  }

  #keyboard(isAgain: boolean): Attempt {
    let rounds = 0;
    const prompt: KeyboardInteractiveAuthMethod['prompt'] = (name, instructions, _language, prompts, finish) => {
      rounds += 1;
      if (rounds > MOST_ROUNDS) finish([]);
      else void this.#answerRound(name, instructions, prompts, isAgain, finish);
    };
    return {
      type: 'keyboard-interactive',
      name: 'the server’s questions',
      make: async () => ({ type: 'keyboard-interactive', username: this.#hop.user, prompt }),
      onRefused: async () => this.#secrets.forget(this.#secretKey),
    };
  }

  /** No answer is an empty list, which the server refuses. */
  async #answerRound(
    name: string,
    instructions: string,
    prompts: readonly Prompt[],
    isAgain: boolean,
    finish: (answers: string[]) => void,
  ): Promise<void> {
    // Many servers ask for the password this way: then it is one, and may be kept.
    const [first] = prompts;
    const isPassword = prompts.length === 1 && first?.echo !== true && /password/i.test(first?.prompt ?? '');
    const held = isPassword && !isAgain ? await this.#secrets.get(this.#secretKey) : null;
    if (held !== null) {
      finish([held]);
      return;
    }
    const said = clean(`${isAgain ? AGAIN : ''} ${instructions}`);
    const answers = await this.#ask({
      title: clean(name) || `${this.#hop.name} asks ${this.#hop.user}`,
      instructions: said === '' ? null : said,
      prompts: prompts.map(({ prompt, echo }) => ({ label: clean(prompt).replace(/:$/, ''), echo: echo === true })),
      isPassword,
    });
    finish(answers);
  }

  /** Empty: nobody answered. */
  async #ask(asked: {
    title: string;
    instructions: string | null;
    prompts: { label: string; echo: boolean }[];
    isPassword: boolean;
  }): Promise<string[]> {
    if (this.#isGone) return [];
    const { isPassword, ...words } = asked;
    // Other questions belong to one connection: a code is good for one of them.
    const subject = isPassword ? this.#secretKey : `${this.#secretKey} ${crypto.randomUUID()}`;
    const answer = await this.#asker.ask({ ...words, keepIn: isPassword ? this.#secrets.keepIn : null }, subject);
    this.#isGone = answer === null;
    const [password] = answer?.values ?? [];
    if (answer !== null && isPassword && password !== undefined) {
      await this.#secrets.keep(this.#secretKey, password, answer.keep);
    }
    return answer?.values ?? [];
  }
}

/** A server's words: one line, without control and direction characters. */
function clean(text: string): string {
  return text
    .replace(/[\p{Cc}\p{Cf}]+/gu, ' ')
    .trim()
    .slice(0, 1_000);
}
