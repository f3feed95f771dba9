import { describe, expect, it } from 'vitest';
import { type Asked, Questions } from './questions.ts';

const asked: Asked = {
  machineId: 'web1',
  hop: { name: 'bastion', user: 'ada', host: '10.0.0.1', port: 22, status: 'asking', text: null },
  through: [],
  about: {
    kind: 'secrets',
    title: 'Password',
    instructions: null,
    prompts: [{ label: 'Password', echo: false }],
    keepIn: null,
  },
};
const never = new AbortController().signal;

describe('questions', () => {
  it('about the same thing are one, and all who wait get its answer', async () => {
    const questions = new Questions();
    const both = [questions.ask(asked, 'same', never), questions.ask({ ...asked, machineId: 'web2' }, 'same', never)];
    const [open] = questions.list();
    expect(questions.list()).toHaveLength(1);
    questions.answer(open?.id ?? '', { kind: 'secrets', values: ['x'], keep: false });
    const given = { kind: 'secrets', values: ['x'], keep: false };
    expect(await Promise.all(both)).toEqual([given, given]);
    expect(questions.list()).toEqual([]);
  });

  it('stay open until the last one who waits gives up', async () => {
    const questions = new Questions();
    const [one, two] = [new AbortController(), new AbortController()];
    const first = questions.ask(asked, 'same', one.signal);
    const second = questions.ask(asked, 'same', two.signal);
    one.abort();
    expect(await first).toEqual({ kind: 'cancel' });
    expect(questions.list()).toHaveLength(1);
    two.abort();
    expect(await second).toEqual({ kind: 'cancel' });
    expect(questions.list()).toEqual([]);
    expect(await questions.ask(asked, 'same', two.signal)).toEqual({ kind: 'cancel' });
  });

  it('take no answer that does not fit, and none twice', async () => {
    const questions = new Questions();
    const answer = questions.ask(asked, 'one', never);
    const id = questions.list()[0]?.id ?? '';
    expect(() => questions.answer(id, { kind: 'trust', until: 'keep' })).toThrow('no answer to it');
    expect(() => questions.answer(id, { kind: 'secrets', values: [], keep: false })).toThrow('no answer to it');
    questions.answer(id, { kind: 'cancel' });
    expect(await answer).toEqual({ kind: 'cancel' });
    expect(() => questions.answer(id, { kind: 'cancel' })).toThrow('not open any more');
  });

  it('tell what is open whenever that changes, and are cancelled at the end', async () => {
    const questions = new Questions();
    const counts: number[] = [];
    questions.onChanged = (open) => counts.push(open.length);
    const answer = questions.ask(asked, 'one', never);
    questions.dispose();
    expect(await answer).toEqual({ kind: 'cancel' });
    expect(counts).toEqual([1, 0]);
  });
});
