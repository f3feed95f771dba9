import { describe, expect, it } from 'vitest';
import { beginsStack, exceptionOf, lastStack, namingLine, StackReader } from './stack-lines.ts';

/** As the engine and uWSGI's plugins write them. */
const STACKS: Readonly<Record<string, readonly [exception: string, ...lines: string[]]>> = {
  Python: [
    'decimal.InvalidOperation',
    'Traceback (most recent call last):',
    '  File "/srv/app.py", line 7, in application',
    "    raise ValueError('on purpose')",
    'decimal.InvalidOperation: on purpose',
  ],
  Ruby: [
    'ArgumentError',
    "/srv/config.ru:2:in `price': no price for x (ArgumentError)",
    "\tfrom /srv/config.ru:5:in `call'",
  ],
  'Ruby, while it loads': [
    'LoadError',
    "<internal:/usr/lib/ruby/core_ext/kernel_require.rb>:85:in `require': cannot load such file -- x (LoadError)",
    "\tfrom /srv/config.ru:3:in `boot'",
  ],
  Perl: [
    'no price',
    '[uwsgi-perl error] no price at /srv/app.psgi line 2.',
    '    /srv/app.psgi line 2 in Shop::price',
    '    /srv/app.psgi line 6 in main::__ANON__',
  ],
  'Perl on uWSGI': [
    'confessed',
    '[uwsgi-perl error] confessed at /srv/app.psgi line 7.',
    '\tmain::__ANON__(HASH(0x55c49a9a1d38)) called at app.psgi line 0',
    '\teval {...} called at app.psgi line 0',
  ],
  PHP: [
    'InvalidArgumentException',
    'PHP Fatal error:  Uncaught InvalidArgumentException: no price for x in /srv/index.php:2',
    'Stack trace:',
    '#0 /srv/index.php(3): price()',
    '#1 {main}',
    '  thrown in /srv/index.php on line 2',
  ],
  JavaScript: [
    'RangeError',
    'RangeError: no price for x',
    '    at price (file:///srv/app.mjs:1:27)',
    '    at Object.fetch (file:///srv/app.mjs:4:34)',
  ],
  'JavaScript, while it loads': [
    'Error',
    "Error [ERR_MODULE_NOT_FOUND]: Cannot find module '/srv/gone.mjs' imported from /srv/app.mjs",
    '    at finalizeResolution (node:internal/modules/esm/resolve:272:11)',
  ],
  'a request that took too long': [
    'backtrace',
    '*** backtrace of pid 32030 ***',
    'Thread uWSGIWorker1Core0 (most recent call first):',
    "  /srv/config.ru:6:in `sleep'",
    '*** end of backtrace ***',
  ],
  'a request that took too long in Perl': [
    'stack',
    '*** Perl stack of worker 1 (pid: 32021) ***',
    '    /srv/app.psgi line 9 in main::__ANON__',
  ],
};

describe.each(Object.entries(STACKS))('the stack of %s', (_, [exception, ...lines]) => {
  it('is one from its head to its end, and what stands around it is none of it', () => {
    const reader = new StackReader();
    const parts = ['spawned worker 1 (pid: 7, cores: 1)', ...lines, 'worker 1 was killed by signal 6'].map((line) =>
      reader.see(line),
    );
    expect(parts).toEqual([null, 'head', ...lines.slice(1).map(() => 'inside'), null]);
    expect(lastStack(['stopping', ...lines, 'goodbye'])).toEqual({ start: 1, end: lines.length + 1 });
  });

  it('has a name', () => {
    expect(exceptionOf(lines)).toBe(exception);
    expect(lines).toContain(namingLine(lines));
    expect(beginsStack(lines[0] ?? '')).toBe(true);
  });
});

describe('lines that are no stack', () => {
  it.each([
    '*** Reeve is ready: 2 workers ***',
    'PHP Warning:  Undefined variable $x in /srv/index.php on line 4',
    '127.0.0.1:8080: in use',
    '2026-11-23 12:00:00 starting (Twisted)',
    '    indented',
    'Errors: 0',
  ])('%s', (text) => {
    expect(new StackReader().see(text)).toBeNull();
    expect(lastStack([text, '    indented'])).toBeNull();
  });

  it('end one that goes on for ever, and cost little however long they are', () => {
    const reader = new StackReader();
    reader.see('RangeError: x');
    const parts = Array.from({ length: 1000 }, () => reader.see('    at f (x:1:1)'));
    expect(parts.filter((part) => part === 'inside').length).toBeLessThan(500);
    const began = performance.now();
    for (const line of ['a:1:'.repeat(16_000), '(A'.repeat(32_000), 'PHP Fatal error:  '.repeat(4000)]) {
      reader.see(line);
      exceptionOf([line]);
    }
    expect(performance.now() - began).toBeLessThan(1000);
  });
});
