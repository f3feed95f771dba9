import { describe, expect, test } from 'vitest';
import { boundSignals, hooksOf, parseHook } from './hooks.ts';
import type { HookPhase, HookSetting } from './system-settings.ts';

const ORIGIN = { file: 'uwsgi.ini', line: 3 };

function parse(text: string, phase: HookPhase = 'asap'): HookSetting {
  const hook = parseHook(phase, text, ORIGIN);
  if (typeof hook === 'string') throw new Error(hook);
  return hook;
}

describe('a hook', () => {
  test('is an action and all that follows the first colon', () => {
    expect(parse('exec:echo a:b > /tmp/x')).toEqual({
      phase: 'asap',
      action: 'exec',
      argument: 'echo a:b > /tmp/x',
      text: 'exec:echo a:b > /tmp/x',
      isOldForm: false,
      origin: ORIGIN,
    });
  });

  test.each([
    ['touch /tmp/x', /write it as action:argument/],
    [':x', /write it as action:argument/],
    ['mount:proc none /proc', /names the action 'mount', which the engine does not have/],
    ['callret:function', /names the action 'callret'/],
    ['exec:', /'exec' needs a command/],
    ['write:/tmp/x', /'write' needs a file and a text/],
    ['putenv:X', /'putenv' needs NAME=value/],
    ['chmod:/tmp/x rw', /octal mode/],
    ['exit:later', /exit code/],
    ['unix_signal:15', /number of a signal and a function/],
    ['unix_signal:9 kill_them_all', /names signal 9; those that can be bound are 1, 2, 3, 10, 15, 20/],
    ['unix_signal:15 nothere', /names the function 'nothere'; there are kill_them_all/],
  ])('%s is refused', (text, message) => {
    expect(parseHook('asap', text, ORIGIN)).toMatch(message);
  });

  test('of a worker can bind no signal and change no owner', () => {
    expect(parseHook('post-fork', 'unix_signal:15 kill_them_all', ORIGIN)).toMatch(/for the master only/);
    expect(parseHook('pre-app', 'chown:/tmp/x nobody nogroup', ORIGIN)).toMatch(/hook-as-root/);
  });
});

test('signals are bound by the last hook that names them', () => {
  const hooks = [
    parse('unix_signal:15 kill_them_all'),
    parse('exec:x'),
    parse('unix_signal:15 gracefully_kill_them_all'),
  ];
  expect([...boundSignals(hooks)]).toEqual([['SIGTERM', 'graceful-stop']]);
});

test('hooks run before the older exec form of the same moment', () => {
  const old: HookSetting = { ...parse('exec:old'), isOldForm: true };
  const hooks = [old, parse('exec:other', 'as-user'), parse('exec:new')];
  expect(hooksOf(hooks, 'asap').map(({ argument }) => argument)).toEqual(['new', 'old']);
});
