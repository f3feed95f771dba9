import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { globPaths } from './glob.ts';
import { expandMagic } from './magic.ts';
import { magicFileOf } from './sources.ts';
import { memoryHost } from './test-host.ts';

const host = memoryHost({ 'conf/shop.live.ini': '', 'conf/a.txt': '', 'conf/.hidden.txt': '', 'lib/x/m.txt': '' });
const file = magicFileOf('conf/shop.live.ini', 'two', host);

describe('magic variables', () => {
  test.for([
    [
      '%p %s %d %n %e %c %x %o',
      '/srv/app/conf/shop.live.ini shop.live.ini /srv/app/conf/ shop.live ini conf two conf/shop.live.ini',
    ],
    ['%v %h %k %u %U %g %G %V %b', '/srv/app web1 4 1000 app 1000 app 2.0.21 /usr/bin/reeve'],
    ['/%0/%1/%2/%3.', '/srv/app/conf/.'],
    ['%t %T', '1790000000 1790000000123456'],
    ['100%% %(name) [%z] %', '100% %(name) [] '],
    ['%N|%S', '|'],
  ] as const)('%s', ([text, expected]) => {
    expect(expandMagic(text, file, null, host).text).toBe(expected);
  });

  test('in upper case speak of the outermost file', () => {
    const outer = magicFileOf('main.ini', null, host);
    expect(expandMagic('%n %N %D %X', file, outer, host).text).toBe('shop.live main /srv/app/ ');
  });

  test('keep count of lines: each line of the result knows where it began', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom('%', '\n', 'a', '%n', '%%', '%('), { maxLength: 30 }), (parts) => {
        const { text, lines } = expandMagic(parts.join(''), file, null, host);
        expect(lines).toHaveLength(text.split('\n').length);
        expect(lines).toEqual(lines.toSorted((a, b) => a - b));
      }),
    );
  });
});

test.for([
  ['conf/*.txt', ['conf/a.txt']],
  ['conf/.*.txt', ['conf/.hidden.txt']],
  ['*/*.ini', ['conf/shop.live.ini']],
  ['/srv/app/l?b/[x-z]/m.txt', ['/srv/app/lib/x/m.txt']],
  ['conf/[!a]*', ['conf/shop.live.ini']],
  ['conf/shop[.]live.ini', ['conf/shop.live.ini']],
  ['nothing/*', []],
  ['[z-a]*', []],
  ['*/', ['conf/', 'lib/']],
  ['conf/\\a*', ['conf/a.txt']],
  [`conf/${'*t'.repeat(3000)}*x`, []],
] as const)('the pattern %s finds %j', ([pattern, paths]) => {
  expect(globPaths(pattern, host)).toEqual(paths);
});
