/** Which configurations have a master, by what the rules about a missing one say; recorded from uWSGI 2.0.21. */
import { expect, test } from 'vitest';
import { checkText } from '../diagnostics.ts';
import { memoryHost } from '../test-host.ts';

function codesOf(lines: string): string[] {
  const text = `[uwsgi]\nhttp-socket = 127.0.0.1:8080\nmodule = shop\nneed-app = true\n${lines}\n`;
  const target = { server: 'uwsgi', version: '2.0.21', options: null } as const;
  return checkText(text, 'uwsgi.ini', memoryHost({ 'shop.py': '' }), target).map(({ code }) => code);
}

test.for(['master = true', 'cheap = true', 'log-maxsize = 1000000', 'py-tracebacker = /run/tb', 'timer = 1 60'])(
  '%s brings a master',
  (line) => {
    expect(codesOf(`harakiri = 30\n${line}`)).not.toContain('harakiri-without-master');
  },
);

test.for(['emperor = /etc/vassals', 'stats = 127.0.0.1:9191\nmaster = false', 'lazy-apps = true', 'pidfile = /run/p'])(
  '%s brings none',
  (lines) => {
    expect(codesOf(`harakiri = 30\n${lines}`)).toContain('harakiri-without-master');
  },
);

test('without a master each option that replaces workers is warned of', () => {
  const found = codesOf('max-requests = 1000\nreload-on-rss = 300\nreload-on-exception = true\nreload-on-as = 0');
  expect(found.filter((code) => code === 'replacement-without-master')).toHaveLength(3);
  expect(codesOf('max-requests = 1000\nmaster = true')).not.toContain('replacement-without-master');
});
