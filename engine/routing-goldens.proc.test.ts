/**
 * Internal routing beside uWSGI 2.0.21: the answers to the requests of engine/goldens/routing, recorded from its
 * http-socket, with the same configuration here. Where a case has a `difference`, that says why this server answers what
 * stands in `here` instead. Framing (lengths, chunks, keep-alive) is not compared.
 */
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, utimesSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EngineProcess, waitFor } from './testing/engine-process.ts';

const GOLDENS = join(import.meta.dirname, 'goldens/routing');
const GROUPS = readdirSync(GOLDENS).filter((name) => statSync(join(GOLDENS, name)).isDirectory());

interface Case {
  request: { method: string; path: string; headers: [name: string, value: string][]; body?: string };
  /** null: the connection was closed without an answer. */
  status: string | null;
  headers: string[];
  body: string;
  log: string[];
  difference?: string;
  here?: Partial<Pick<Case, 'status' | 'headers' | 'body'>>;
}

const FRAMING = /^(connection|content-length|transfer-encoding|last-modified|etag|accept-ranges):/i;

function casesOf(group: string): Case[] {
  return JSON.parse(readFileSync(join(GOLDENS, group, 'expected.json'), 'utf8'));
}

/** The whole answer, as bytes in latin-1. */
function ask(port: number, { method, path, headers, body = '' }: Case['request']): Promise<string> {
  const all = [['Host', 'example.test'], ['Connection', 'close'], ...headers];
  if (body !== '') all.push(['Content-Length', String(body.length)]);
  const lines = all.map(([name, value]) => `${name}: ${value}\r\n`).join('');
  return new Promise((resolve, reject) => {
    let answer = '';
    const socket = connect(port, '127.0.0.1', () => socket.write(`${method} ${path} HTTP/1.1\r\n${lines}\r\n${body}`));
    socket.on('data', (chunk) => {
      answer += chunk.toString('latin1');
    });
    socket.on('error', reject);
    socket.on('close', () => resolve(answer));
  });
}

function describeAnswer(answer: string) {
  if (answer === '') return { status: null, headers: [], body: '' };
  const end = answer.indexOf('\r\n\r\n');
  const [first = '', ...lines] = answer.slice(0, end).split('\r\n');
  const isChunked = lines.some((line) => /^transfer-encoding: chunked/i.test(line));
  const body = answer.slice(end + 4);
  return {
    status: first.slice(first.indexOf(' ') + 1),
    headers: lines.filter((line) => !FRAMING.test(line)),
    body: isChunked ? joinChunks(body) : body,
  };
}

function joinChunks(text: string): string {
  let body = '';
  for (let at = 0; ; ) {
    const line = text.indexOf('\r\n', at);
    const size = Number.parseInt(text.slice(at, line), 16);
    if (!(size > 0)) return body;
    body += text.slice(line + 2, line + 2 + size);
    at = line + 4 + size;
  }
}

describe.each(GROUPS)('the recorded requests of %s', (group) => {
  let folder = '';
  let engine: EngineProcess;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'reeve-routing-'));
    cpSync(join(GOLDENS, group), folder, { recursive: true, preserveTimestamps: true });
    const recorded = new Date('2020-01-02T03:04:05Z');
    const files = join(folder, 'files');
    if (existsSync(files)) for (const name of readdirSync(files)) utimesSync(join(files, name), recorded, recorded);
    const ini = readFileSync(join(GOLDENS, group, 'uwsgi.ini'), 'utf8')
      .replace('[uwsgi]\n', '')
      .replaceAll('%d', folder);
    engine = await EngineProcess.launch({
      ini: `wsgi-file = ${join(GOLDENS, 'app.py')}\nmaster = true\n${ini}`,
    });
    await waitFor('the start', () => engine.log.includes('Reeve is ready'));
  });

  afterAll(async () => {
    await engine.dispose();
    rmSync(folder, { recursive: true, force: true });
  });

  it('get the same answers, and the same lines in the log', async () => {
    for (const { request, log, difference, here, ...recorded } of casesOf(group)) {
      const expected = difference === undefined ? recorded : { ...recorded, ...here };
      const before = engine.log.length;
      const answer = describeAnswer(await ask(engine.port, request));
      const title = `${request.method} ${request.path} ${JSON.stringify(request.headers)}`;
      const body = answer.body.replace('HTTP_CONNECTION=close\n', '');
      expect({ title, ...answer, headers: stable(answer.headers), body }).toEqual({
        title,
        ...expected,
        headers: stable(expected.headers),
      });
      for (const line of log) await waitFor(`'${line}' in the log`, () => engine.log.slice(before).includes(line));
    }
  });
});

/** Without what is the time of the request. */
function stable(headers: readonly string[]): string[] {
  return headers.filter(
    (line) => !(line.startsWith('Expires: ') && line.includes(String(new Date().getUTCFullYear()))),
  );
}
