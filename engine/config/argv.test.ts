import { expect, test } from 'vitest';
import { environmentOptions, parseArguments } from './argv.ts';

function options(...argv: string[]): string[] {
  return parseArguments(argv).options.map(({ key, value }) => `${key}=${value}`);
}

function refusal(...argv: string[]): string {
  const { failure } = parseArguments(argv);
  return failure === null ? 'accepted' : `${failure.error.message} ${failure.error.hint ?? ''}`;
}

test('long options take their value behind a blank or an equals sign', () => {
  expect(options('--processes', '4', '--harakiri=30', '--env=A=b')).toEqual(['processes=4', 'harakiri=30', 'env=A=b']);
});

test('short options bundle, and take their value with or without a blank', () => {
  expect(options('-ML', '-p', '4', '-p8', '-Mp', '2')).toEqual(
    'master=null disable-logging=null processes=4 processes=8 master=null processes=2'.split(' '),
  );
});

test('an option with an optional value takes it only when it is attached', () => {
  expect(options('-C', '-C666', '--chmod-socket', '--chmod-socket=660')).toEqual(
    [null, 666, null, 660].map((value) => `chmod-socket=${value}`),
  );
});

test('bare arguments may stand anywhere, and all is bare behind two dashes', () => {
  expect(parseArguments(['a.ini', '-M', 'b.ini', '--', '--master'])).toEqual({
    options: [{ key: 'master', value: null }],
    bare: ['a.ini', 'b.ini', '--master'],
    failure: null,
  });
});

test('the beginning of a long name is enough when only one option has it', () => {
  expect(options('--harakiri-v', '--memory-r', '--procname-m', 'x')).toEqual([
    'harakiri-verbose=null',
    'memory-report=null',
    'procname-master=x',
  ]);
});

test.for([
  [['--procesess', '2'], /Unknown option '--procesess'.*Did you mean --processes/],
  [['--processes'], /'--processes' needs a value/],
  [['-p'], /'-p' needs a value/],
  [['--master=true'], /takes no value on the command line.*--master alone/],
  [['--log-'], /could be several.*--log-/],
  [['-?'], /Unknown option '-\?'/],
] as const)('%j is refused with the next step', ([argv, message]) => {
  expect(refusal(...argv)).toMatch(message);
});

test('UWSGI_ variables are options, but not those uWSGI keeps for itself', () => {
  const env = { PATH: '/bin', UWSGI_HTTP_SOCKET: ':80', UWSGI_RELOADS: '1', UWSGI_EMPEROR_FD: '4', uwsgi_x: '1' };
  expect(environmentOptions(env)).toEqual([{ key: 'http-socket', value: ':80' }]);
});
