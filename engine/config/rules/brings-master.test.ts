import { expect, test } from 'vitest';
import { checkText } from '../diagnostics.ts';
import { findOption } from '../option-table.ts';
import { memoryHost } from '../test-host.ts';
import { BRINGS_MASTER } from './brings-master.ts';

test('everything that brings a master is an option', () => {
  expect(BRINGS_MASTER.filter((name) => findOption(name) === null)).toEqual([]);
});

function codesOf(lines: string): string[] {
  const text = `[uwsgi]\nhttp-socket = 127.0.0.1:8080\nmodule = shop\nneed-app = true\n${lines}\n`;
  const target = { server: 'uwsgi', version: '2.0.21', options: null } as const;
  return checkText(text, 'uwsgi.ini', memoryHost({ 'shop.py': '' }), target).map(({ code }) => code);
}

test.for(['master = true', 'cheap = true', 'log-maxsize = 1000000', 'touch-chain-reload = /run/r', 'timer = 1 60'])(
  '%s brings a master',
  (line) => {
    expect(codesOf(`harakiri = 30\n${line}`)).not.toContain('harakiri-without-master');
  },
);

test.for(['emperor = /etc/vassals', 'stats = 127.0.0.1:9191\nmaster = false', 'lazy-apps = true'])(
  '%s brings none',
  (lines) => {
    expect(codesOf(`harakiri = 30\n${lines}`)).toContain('harakiri-without-master');
  },
);

test('without a master each option that replaces workers is warned of', () => {
  const found = codesOf('max-requests = 1000\nreload-on-rss = 300\nreload-on-exception = true\nreload-on-as = 0');
  expect(found.filter((code) => code === 'replacement-without-master')).toHaveLength(3);
});
