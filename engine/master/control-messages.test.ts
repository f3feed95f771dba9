import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseRuntimeMessage } from './control-messages.ts';

describe('messages of runtimes', () => {
  it('are taken when they are whole', () => {
    const hello = { type: 'hello', role: 'worker', token: 'x', generation: 1, spawnId: 2, pid: 3 };
    expect(parseRuntimeMessage(JSON.stringify(hello))).toEqual(hello);
    const exited = { type: 'exited', spawnId: 2, pid: 3, code: null, signal: 9 };
    expect(parseRuntimeMessage(JSON.stringify(exited))).toEqual(exited);
    const question = { type: 'question', id: 4, what: 'workers' };
    expect(parseRuntimeMessage(JSON.stringify(question))).toEqual(question);
    const app = { id: 0, modifier1: 0, mountpoint: '', startupSeconds: 1.5, chdir: '' };
    expect(parseRuntimeMessage(JSON.stringify({ type: 'loaded', apps: [app, 7], runtime: 'Python 3' }))).toEqual({
      type: 'loaded',
      apps: [app],
      runtime: 'Python 3',
    });
  });

  it.each([
    ['no JSON', 'hello'],
    ['no object', '[]'],
    ['no type', '{}'],
    ['an unknown type', '{"type":"stop"}'],
    ['a wrong role', '{"type":"hello","role":"master","token":"x","generation":1,"spawnId":2,"pid":3}'],
    ['a question nobody answers', '{"type":"question","id":1,"what":"secrets"}'],
    ['a lifeline without its token', '{"type":"lifeline"}'],
    ['a negative pid', '{"type":"forked","spawnId":1,"pid":-1}'],
    ['a pid that is no whole number', '{"type":"forked","spawnId":1,"pid":1.5}'],
  ])('are refused with %s', (_, text) => {
    expect(parseRuntimeMessage(text)).toBeNull();
  });

  it('never make the reader throw', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        parseRuntimeMessage(text);
      }),
    );
  });
});
