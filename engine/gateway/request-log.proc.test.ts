/** Request lines compared with what was recorded from uWSGI 2.0.21 (engine/goldens/log). */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { defaultLogSettings } from '../config/log-settings.ts';
import type { ListenerKind } from '../config/settings.ts';
import { eventually, FakeMaster } from './testing/fake-master.ts';
import { RawClient } from './testing/raw-client.ts';

const GOLDENS = fileURLToPath(new URL('../goldens/log/', import.meta.url));

/** What differs on purpose, or is not there yet. */
const OURS: Record<string, { why: string; lines?: string[] }> = {
  'default-raise': {
    why: 'an exception is answered, and the line says with what',
    lines: [
      '[pid: {PID}|app: 0|req: 1/1] 192.0.2.7 () {26 vars in 267 bytes} [{CTIME}] GET /raise => ' +
        'generated 21 bytes in {N} msecs (HTTP/1.1 500) 2 headers in 83 bytes (0 switches on core 0)',
    ],
  },
};

const CHANGING = new Set(
  'micros msecs secs tmsecs tmicros time ltime ftime ctime epoch pid vsz rss vszM rssM unix'.split(' '),
);

interface Meta {
  listener: ListenerKind;
  format?: string;
  times?: number;
}

const names = readdirSync(GOLDENS, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map((entry) => entry.name);

test.for(names.filter((name) => OURS[name] === undefined || OURS[name].lines !== undefined))('%s', async (name) => {
  const meta: Meta = JSON.parse(readFileSync(join(GOLDENS, name, 'meta.json'), 'utf8'));
  const expected: { lines: string[] } = JSON.parse(readFileSync(join(GOLDENS, name, 'expected.json'), 'utf8'));
  const style = {
    format: meta.format ?? null,
    micros: name === 'default-micros',
    memoryReport: name === 'default-memory',
    // `disable-logging` with `log-4xx`.
    exceptions: name.startsWith('filtered') ? { ...defaultLogSettings().requestFilter, status4xx: true } : null,
  };
  const master = new FakeMaster({}, style);
  try {
    const address = await master.listen(meta.listener);
    await master.serve(readFileSync(join(GOLDENS, 'app.py'), 'utf8'), 1);
    for (let i = 0; i < (meta.times ?? 1); i++) {
      const client = new RawClient(address.type === 'tcp' ? address.port : '');
      client.send(readFileSync(join(GOLDENS, name, 'request.bin')));
      if (meta.listener === 'uwsgi') await client.end();
      else await client.answer();
      await client.close();
    }
    const lines = OURS[name]?.lines ?? expected.lines;
    if (lines.length === 0) {
      // Nothing is to be logged: what comes after it is the first line.
      const marker = new RawClient(address.type === 'tcp' ? address.port : '');
      marker.send(readFileSync(join(GOLDENS, 'filtered', 'request.bin')));
      await marker.end();
      await marker.close();
      await eventually('the marker', () => master.requestLog() || undefined);
      expect(master.requestLog()).toMatch(/^[^\n]* GET \/404 [^\n]*\n$/);
      return;
    }
    const logged = await eventually('the lines', () => {
      const found = master.requestLog().split('\n').slice(0, -1);
      return found.length >= lines.length ? found : undefined;
    });
    expect(logged.map((line) => normalise(line, meta))).toEqual(lines);
  } finally {
    await master.dispose();
  }
});

/** Puts the same tokens for what varies as the recordings have. */
function normalise(line: string, { format, listener }: Meta): string {
  if (format === undefined) {
    return line
      .replace(/pid: \d+/, 'pid: {PID}')
      .replace(/\[\w{3} \w{3} [ \d]\d \d\d:\d\d:\d\d \d{4}\]/, '[{CTIME}]')
      .replace(/in \d+ (msecs|micros)/, 'in {N} $1')
      .replaceAll(/usage: [1-9]\d* bytes\/\d+MB/g, 'usage: {N} bytes/{N}MB')
      .replace(/(vars in )\d+( bytes)/, listener === 'http-socket' ? '$1{PKTSIZE}$2' : '$&');
  }
  const pieces = format.split(/%\(([^)]*)\)/);
  const pattern = pieces
    .map((piece, i) => (i % 2 === 0 ? piece.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&') : '(.*?)'))
    .join('');
  const values = new RegExp(`^${pattern}$`).exec(line);
  if (values === null) return line;
  return pieces
    .map((piece, i) => {
      if (i % 2 === 0) return piece;
      const value = values[(i + 1) / 2] ?? '';
      if (!CHANGING.has(piece)) return value;
      return `{${piece}:${value.replaceAll(/\d+/g, '9').replaceAll(/[A-Za-z]+/g, 'a')}}`;
    })
    .join('');
}

test('log-x-forwarded-for logs the client that a trusted proxy names, and nobody that another peer names', async () => {
  const master = new FakeMaster({}, { format: '%(addr)', forwardedFor: true });
  try {
    const port = await master.listenPort('http-socket');
    await master.serve(readFileSync(join(GOLDENS, 'app.py'), 'utf8'), 1);
    const ask = async (header: string): Promise<void> => {
      const client = new RawClient(port).send(`GET / HTTP/1.1\r\nHost: test\r\n${header}\r\n`);
      await client.answer();
      await client.close();
    };
    await ask('X-Forwarded-For: 192.0.2.7\r\n');
    await ask('');
    const { options } = master;
    const protocols = { ...options.protocols, trustedProxies: ['192.0.2.1'] };
    master.post({ type: 'options', options: { ...options, protocols } });
    await ask('X-Forwarded-For: 192.0.2.8\r\n');
    const { requestLog } = options;
    master.post({
      type: 'options',
      options: { ...options, requestLog: { ...requestLog, forwardedFor: false } },
    });
    await ask('X-Forwarded-For: 192.0.2.9\r\n');
    const lines = await eventually('four lines', () => {
      const found = master.requestLog().split('\n').slice(0, -1);
      return found.length >= 4 ? found : undefined;
    });
    expect(lines).toEqual(['192.0.2.7', '127.0.0.1', '127.0.0.1', '127.0.0.1']);
  } finally {
    await master.dispose();
  }
});

test('every difference names a recorded case', () => {
  expect(Object.keys(OURS).filter((name) => !names.includes(name))).toEqual([]);
});
