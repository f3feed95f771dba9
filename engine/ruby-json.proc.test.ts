/** Ruby's own reader and writer of the control wire's JSON (resources/runtimes/ruby/reeve_json.rb) beside JavaScript's. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';

const MODULE = fileURLToPath(new URL('../resources/runtimes/ruby/reeve_json.rb', import.meta.url));
/** A text a line; what it says is written again, or why it says nothing. */
const SCRIPT = `
require ARGV[0]
$stdin.each_line(chomp: true) do |line|
  puts Reeve::Json.generate(Reeve::Json.parse(line))
rescue Reeve::Json::Error => error
  puts "error: #{error.message}"
end
`;
const hasRuby = spawnSync('ruby', ['-v']).status === 0;

function throughRuby(texts: readonly string[]): string[] {
  const { stdout, stderr } = spawnSync('ruby', ['-e', SCRIPT, MODULE], { input: texts.join('\n'), encoding: 'utf8' });
  expect(stderr).toBe('');
  return stdout.trimEnd().split('\n');
}

test('what JavaScript writes is read and written again as the same', ({ skip }) => {
  skip(!hasRuby, 'ruby is not installed');
  const strings = ['', 'é €\u{1f600}', 'a\\b"c/d', '\b\f\n\r\t\u0001\u007f\u2028', '{"a":1}', ' '];
  const numbers = [0, -1, 1.5, -2.25e-7, 1e21, Number.MAX_SAFE_INTEGER, Number.MAX_VALUE];
  const values = [...strings, ...numbers, null, true, false, [], {}, [[]], { a: [{}] }];
  const texts = [...values, ...fc.sample(fc.jsonValue(), 300)].map((value) => JSON.stringify(value));
  texts.push(' { "a" : [ 1 , 2 ] , "b" : { } } ', String.raw`"\u00e9\ud83d\ude00\/"`);
  expect(throughRuby(texts).map((text) => JSON.parse(text))).toEqual(texts.map((text) => JSON.parse(text)));
});

test('what is no JSON is an error, never a value', ({ skip }) => {
  skip(!hasRuby, 'ruby is not installed');
  const texts = ['{', '[1,]', '[1 2]', '{"a"}', '{"a":}', '{a:1}', '"a', '"\\x"', 'nul', '1 2', '{} x', '-', ','];
  const answers = throughRuby(texts);
  expect(answers.map((text) => text.split(' ')[0])).toEqual(texts.map(() => 'error:'));
});
