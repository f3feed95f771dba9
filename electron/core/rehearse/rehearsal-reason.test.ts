import { describe, expect, it } from 'vitest';
import { LogRing } from '../logs/log-ring.ts';
import { errorsIn, reasonIn } from './rehearsal-reason.ts';

function reasonOf(...texts: string[]): string {
  const ring = new LogRing();
  return reasonIn(texts.map((text) => ring.add(text, 0)));
}

describe('why a rehearsal did not come up', () => {
  it('is the last traceback with its exception, without what follows from it', () => {
    expect(
      reasonOf(
        'http-socket socket bound to /tmp/x/ask',
        'Traceback (most recent call last):',
        '  File "shop.py", line 1, in <module>',
        '    import nothere',
        "ModuleNotFoundError: No module named 'nothere'",
        '*** no application loaded: every request is answered with 500 ***',
        '*** Reeve is ready: 2 workers ***',
      ),
    ).toBe(
      'Traceback (most recent call last):\n  File "shop.py", line 1, in <module>\n    import nothere\nModuleNotFoundError: No module named \'nothere\'',
    );
  });

  it('is what the engine said last where there is no traceback', () => {
    const reason =
      '*** the zygote of generation 1 was killed by signal 11 (SIGSEGV) before it had loaded the application ***';
    expect(reasonOf('http-socket socket bound to /tmp/x/1', reason, 'stopping', 'goodbye from Reeve.')).toBe(reason);
  });

  it('is not all that may have gone wrong: other errors are listed once each', () => {
    const ring = new LogRing();
    const traceback = ['Traceback (most recent call last):', '  File "x.py", line 1', "KeyError: 'colour'"];
    const lines = [...traceback, ...traceback, 'all is well'].map((text) => ring.add(text, 0));
    expect(errorsIn(lines)).toEqual(["KeyError: 'colour'"]);
  });

  it('is empty for an engine that said nothing of use', () => {
    expect(reasonOf('spawned worker 1 (pid: 7, cores: 1)')).toBe('');
  });
});
