import { expect, it } from 'vitest';
import { strftime } from '../config/strftime.ts';
import { formatJournal, formatRsyslog, formatSyslog, syslogPriority } from './syslog-text.ts';

const NOW_MS = Date.parse('2026-11-02T07:40:43Z');
const STAMP = strftime('%b %e %H:%M:%S', new Date(NOW_MS));

it('writes what uWSGI 2.0.21 sends to syslog, without the line end', () => {
  expect(formatSyslog('a line\n', syslogPriority(3), 'uwsgi', NOW_MS)).toBe(`<30>${STAMP} uwsgi: a line`);
  expect(STAMP).toMatch(/^Nov {2}\d /);
});

it('cuts lines for rsyslog at the size of a packet, or goes on in the next', () => {
  const target = { priority: 29, ident: 'myid' };
  const head = `<29>${STAMP} myid: `;
  expect(formatRsyslog('abcdef\n', target, { mostBytes: head.length + 4, splits: false }, NOW_MS)).toEqual([
    `${head}abcd`,
  ]);
  expect(formatRsyslog('abcdef\n', target, { mostBytes: head.length + 4, splits: true }, NOW_MS)).toEqual([
    `${head}abcd`,
    `${head}ef`,
  ]);
});

it('never puts a field of its own choice into the journal', () => {
  expect(formatJournal('one\nPRIORITY=0\n', 'app')).toBe('MESSAGE=one PRIORITY=0\nPRIORITY=6\nSYSLOG_IDENTIFIER=app\n');
});
