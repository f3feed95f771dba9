import { describe, expect, it } from 'vitest';
import type { SshQuestion } from '../contract/hosts-model.ts';
import { type Asked, Questions } from '../core/ssh/questions.ts';
import { answerInTerminal, type Person } from './answer-questions.ts';
import type { Terminal } from './terminal.ts';

const FINGERPRINT = 'SHA256:abc';
const hop: SshQuestion['hop'] = { name: 'web1', user: 'ada', host: '10.0.0.1', port: 22, status: 'asking', text: null };
const hostKey: Asked = {
  machineId: 'web1',
  hop,
  through: ['bastion'],
  about: { kind: 'host-key', keyType: 'ssh-ed25519', fingerprint: FINGERPRINT, command: 'ssh-keygen -lf x' },
};
const password: Asked = {
  machineId: 'web1',
  hop,
  through: [],
  about: {
    kind: 'secrets',
    title: 'Password of ada on web1',
    instructions: null,
    prompts: [{ label: 'Password', echo: false }],
    keepIn: null,
  },
};
const never = new AbortController().signal;

/** `typed` is what is typed at each prompt, in order. */
function sit(isThere: boolean, typed: (string | null)[]): { questions: Questions; said: string[]; prompts: string[] } {
  const said: string[] = [];
  const prompts: string[] = [];
  const terminal: Terminal = { out: () => {}, err: (line) => said.push(line), env: {}, cwd: '/' };
  const person: Person = {
    isThere,
    ask: async (prompt, echo) => {
      prompts.push(`${prompt}${echo ? '' : '(hidden)'}`);
      return typed.shift() ?? null;
    },
  };
  const questions = new Questions();
  answerInTerminal(questions, terminal, person);
  return { questions, said, prompts };
}

describe('a question in the terminal', () => {
  it('about a host key is answered with yes or with the fingerprint itself', async () => {
    for (const typed of ['yes', FINGERPRINT]) {
      const { questions, said } = sit(true, [typed]);
      expect(await questions.ask(hostKey, 'k', never)).toEqual({ kind: 'trust', until: 'known-hosts' });
      expect(said).toEqual([
        'The host key of web1 (through bastion) is not known: ssh-ed25519 SHA256:abc. On the host, "ssh-keygen -lf x" shows it.',
      ]);
    }
    expect(await sit(true, ['y']).questions.ask(hostKey, 'k', never)).toEqual({ kind: 'cancel' });
  });

  it('about a password hides what is typed, and waits for the one before it', async () => {
    const { questions, prompts } = sit(true, ['yes', 'secret']);
    const answers = await Promise.all([questions.ask(hostKey, 'k', never), questions.ask(password, 'p', never)]);
    expect(answers[1]).toEqual({ kind: 'secrets', values: ['secret'], keep: false });
    expect(prompts).toEqual(['Is it the right one (yes, no, or the fingerprint)? ', 'Password: (hidden)']);
  });

  it('is cancelled at the end of the input', async () => {
    expect(await sit(true, []).questions.ask(password, 'p', never)).toEqual({ kind: 'cancel' });
  });

  it('is told and cancelled where there is no terminal', async () => {
    const { questions, said, prompts } = sit(false, []);
    expect(await questions.ask(password, 'p', never)).toEqual({ kind: 'cancel' });
    expect(prompts).toEqual([]);
    expect(said[0]).toBe(
      'web1 needs an answer: Password of ada on web1. Run the command in a terminal to answer, or use an agent and known_hosts.',
    );
  });
});
