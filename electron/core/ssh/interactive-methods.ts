/**
 * What a server asks a person: its own questions (keyboard-interactive, RFC 4256, several rounds of them) and the
 * password. A password that was given before is tried once without asking; codes that are good for one time are not
 * kept.
 */
import type { Prompt } from 'ssh2';
import type { Asker, Attempt } from './attempt.ts';
import type { HopSettings } from './hop-settings.ts';
import type { SecretMemory } from './secret-memory.ts';
import type { ResolvedHop } from './ssh-trust.ts';

const MOST_ROUNDS = 10;

export async function* passwordMethods(
  type: 'keyboard-interactive' | 'password',
  hop: ResolvedHop,
  settings: HopSettings,
  asker: Asker,
  secrets: SecretMemory,
): AsyncGenerator<Attempt> {
  const place = `${hop.user}@${hop.hostName}:${hop.port}`;
  const secretKey = `ssh-password ${place}`;
  let isOver = false;
  for (let i = 0; i < settings.passwordPrompts && !isOver; i++) {
    const isAgain = i > 0;
    if (type === 'password') {
      yield {
        type,
        name: 'a password',
        make: async () => {
          const held = await secrets.get(secretKey);
          const given = held ?? (await askPassword());
          isOver = given === null;
          return given === null ? null : { type, username: hop.user, password: given };
        },
        onRefused: async () => secrets.forget(secretKey),
      };
    } else {
      yield {
        type,
        name: 'the server’s questions',
        make: async () => ({ type, username: hop.user, prompt: answerRounds(isAgain) }),
        onRefused: async () => secrets.forget(secretKey),
      };
    }

    async function askPassword(): Promise<string | null> {
      const instructions = isAgain ? 'It was not accepted. Try again.' : null;
      const prompts = [{ label: 'Password', echo: false }];
      const about = { title: `Password of ${hop.user} on ${hop.name}`, instructions, prompts, keepIn: secrets.keepIn };
      const answer = await asker.ask(about, secretKey);
      const [password] = answer?.values ?? [];
      if (answer === null || password === undefined) return null;
      await secrets.keep(secretKey, password, answer.keep);
      return password;
    }
  }

  function answerRounds(isAgain: boolean): KeyboardPrompt {
    let rounds = 0;
    return (name, instructions, _language, prompts, finish) => {
      rounds += 1;
      answerRound(name, instructions, prompts, rounds).then(finish, () => finish([]));
    };

    async function answerRound(
      name: string,
      instructions: string,
      prompts: readonly Prompt[],
      round: number,
    ): Promise<string[]> {
      if (isOver || round > MOST_ROUNDS) return prompts.map(() => '');
      const [first] = prompts;
      // Many servers ask for the password this way: then it is one, and may be kept.
      const isPassword = prompts.length === 1 && first?.echo !== true && /password/i.test(first?.prompt ?? '');
      const held = isPassword && !isAgain ? await secrets.get(secretKey) : null;
      if (held !== null) return [held];
      const said = [isAgain ? 'It was not accepted. Try again.' : '', instructions].filter(
        (text) => text.trim() !== '',
      );
      const about = {
        title: clean(name) || `${hop.name} asks ${hop.user}`,
        instructions: said.length === 0 ? null : clean(said.join(' ')),
        prompts: prompts.map(({ prompt, echo }) => ({ label: clean(prompt).replace(/:$/, ''), echo: echo === true })),
        keepIn: isPassword ? secrets.keepIn : null,
      };
      // Each connection has its own questions of the server: a code is good for one of them.
      const subject = isPassword ? secretKey : `${secretKey} ${crypto.randomUUID()}`;
      const answer = await asker.ask(about, subject);
      isOver = answer === null;
      if (answer === null) return prompts.map(() => '');
      const [value] = answer.values;
      if (isPassword && value !== undefined) await secrets.keep(secretKey, value, answer.keep);
      return answer.values;
    }
  }
}

type KeyboardPrompt = (
  name: string,
  instructions: string,
  language: string,
  prompts: Prompt[],
  finish: (answers: string[]) => void,
) => void;

/** A server's words: one line, without control and direction characters. */
function clean(text: string): string {
  return text
    .replace(/[\p{Cc}\p{Cf}]+/gu, ' ')
    .trim()
    .slice(0, 1_000);
}
