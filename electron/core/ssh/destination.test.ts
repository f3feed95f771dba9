import { describe, expect, it } from 'vitest';
import { formatDestination, parseDestination } from './destination.ts';

describe('a destination', () => {
  it('is an alias, a name or an address, with or without user and port', () => {
    expect(parseDestination(' web1 ')).toEqual({ host: 'web1', user: null, port: null });
    expect(parseDestination('deploy@[2001:db8::1]:2222')).toEqual({ host: '2001:db8::1', user: 'deploy', port: 2222 });
    for (const text of ['web_1', 'CORP\\ann@web1', 'ann@web1:22', 'ann@[fe80::1%eth0]']) {
      expect(formatDestination(parseDestination(text))).toBe(text);
    }
  });

  it('is never an option of ssh or a command for the shell of a ProxyCommand', () => {
    const commands = ['`id`', '$(id)', 'a;id', 'a|id', 'a&id', 'a>b', "a'b", 'a"b', '{a,b}', '$HOME', 'a;id@web1'];
    const others = ['-oProxyCommand=id', '-l@web1', 'ann\\@web1', 'a b', 'a\u0007', 'web1:0', 'web1:65536', ''];
    for (const text of [...commands, ...others]) {
      expect(() => parseDestination(text), text).toThrow('no SSH destination');
    }
  });
});
