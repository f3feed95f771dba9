import { expect, it } from 'vitest';
import { bytesOf } from '../byte-text.ts';
import type { LogEncoderSetting } from '../config/log-settings.ts';
import { compileEncoders } from './encoders.ts';

const NOW_MS = Date.parse('2026-11-22T17:52:04.320Z');

type Step = Pick<LogEncoderSetting, 'type' | 'argument'> & { logger?: string };

function encode(line: string, ...steps: Step[]): string {
  const settings = steps.map(({ type, argument, logger = null }) => ({ type, argument, logger }));
  return compileEncoders(settings, 'mine')(bytesOf(line), NOW_MS);
}

it('puts a prefix before the line and a suffix behind its end, as uWSGI does', () => {
  expect(encode('line\n', { type: 'prefix', argument: '[P]' }, { type: 'suffix', argument: '[S]' })).toBe(
    '[P]line\n[S]',
  );
});

it('fills in the variables of a format, unknown ones with nothing', () => {
  const argument = '${unix} ${millis} ${micros} ${strftime:%Y} <${msg}> <${nope}>';
  expect(encode('line\n', { type: 'format', argument })).toBe(
    '1795369924 1795369924320 1795369924320000 2026 <line> <>',
  );
  expect(encode('line\n', { type: 'format', argument: '${msgnl}' })).toBe('line\n');
});

it('writes JSON whatever the line holds', () => {
  const step = { type: 'json' as const, argument: '{"m":"${msgnl}"}' };
  for (const line of ['plain\n', 'a "quoted" \\ line\n', 'tab\tand \u0001\n', 'grün ☂\n']) {
    expect(JSON.parse(Buffer.from(encode(line, step), 'latin1').toString())).toEqual({ m: line });
  }
  const broken = compileEncoders([{ ...step, logger: null }], null)('caf\xe9\n', NOW_MS);
  expect(JSON.parse(Buffer.from(broken, 'latin1').toString())).toEqual({ m: 'café\n' });
});

it('takes the steps for all loggers and those for the one as they stand in the configuration', () => {
  const steps = [
    { type: 'prefix' as const, argument: '[mine]', logger: 'mine' },
    { type: 'prefix' as const, argument: '[other]', logger: 'other' },
    { type: 'prefix' as const, argument: '[all]' },
    { type: 'prefix' as const, argument: '[last]', logger: 'mine' },
  ];
  expect(encode('line\n', ...steps)).toBe('[last][all][mine]line\n');
});
