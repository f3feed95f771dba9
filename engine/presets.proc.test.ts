/**
 * The presets held against real servers: each file, filled in for a scratch folder, is started by uWSGI with `strict`, so
 * that an option it does not know ends it, and by the engine where that has what it takes.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { chownSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { get } from 'node:http';
import { tmpdir, userInfo } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Preset } from './config/preset-parts.ts';
import { type PresetLanguage, presetLanguage, presets, presetText } from './config/presets.ts';
import { freePort, waitFor } from './testing/engine-process.ts';
import { whyNoOtherUser } from './testing/other-user.ts';

const APP = `def app(environ, start_response):
    start_response('200 OK', [('Content-Type', 'text/plain')])
    return [b'hello']
application = app
`;

/** The other languages' applications, where their presets suggest them. */
const FILES: Readonly<Record<string, string>> = {
  'config.ru': "run lambda { |env| [200, { 'Content-Type' => 'text/plain' }, ['hello']] }\n",
  'app.psgi': "sub { [200, ['Content-Type' => 'text/plain'], ['hello']] }\n",
  'app.mjs': "export default { fetch: () => new Response('hello') };\n",
  'main.py': `async def app(scope, receive, send):
    assert scope['type'] == 'http'
    await send({'type': 'http.response.start', 'status': 200, 'headers': []})
    await send({'type': 'http.response.body', 'body': b'hello'})
`,
  'index.php': '<?php echo "hello";\n',
  'public/index.php': '<?php echo "hello";\n',
  'public/index.html': 'hello\n',
  'assets/site.css': 'p { color: red }\n',
  'cgi-bin/hello.sh': '#!/bin/sh\nprintf "Content-Type: text/plain\\r\\n\\r\\nhello"\n',
};

/** Started by root, the servers change to a user without rights where one can reach the engine. */
const USER = whyNoOtherUser() === null ? 'www-data' : userInfo().username;

const MAIN = join(import.meta.dirname, 'main.ts');

let folder: string;
let server: { child: ChildProcess; exited: Promise<unknown>; log: string } | null = null;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'reeve-presets-'));
  mkdirSync(join(folder, 'shop'));
  mkdirSync(join(folder, 'spool'));
  writeFileSync(join(folder, 'app.py'), APP);
  writeFileSync(join(folder, 'shop', 'wsgi.py'), APP);
  for (const [name, text] of Object.entries(FILES)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text, { mode: 0o755 });
  }
  if (process.getuid?.() === 0) {
    const [uid, gid] = ['-u', '-g'].map((flag) => Number(execFileSync('id', [flag, USER], { encoding: 'utf8' })));
    for (const name of ['', 'spool']) chownSync(join(folder, name), uid ?? 0, gid ?? 0);
  }
});

afterEach(async () => {
  if (server?.child.pid !== undefined && server.child.exitCode === null && server.child.signalCode === null) {
    process.kill(-server.child.pid, 'SIGKILL');
  }
  await server?.exited;
  server = null;
  rmSync(folder, { recursive: true, force: true });
});

/** The preset for the scratch folder; fixed ports are made free ones. */
async function write(preset: Preset, plugins: string): Promise<string> {
  const [http, stats] = [String(await freePort()), String(await freePort())];
  const folders = { folder, run: folder, docroot: join(folder, 'public'), scripts: join(folder, 'cgi-bin') };
  const text = presetText(preset, { ...folders, user: USER, plugins, port: http, command: 'true' })
    .replace('127.0.0.1:8000', `127.0.0.1:${http}`)
    .replace('127.0.0.1:9191', `127.0.0.1:${stats}`)
    // A group of the user's name is there only for users such as www-data.
    .replace(/^gid = .*$/m, process.getuid?.() === 0 ? '$&' : '; no gid');
  const path = join(folder, `${preset.id}.ini`);
  writeFileSync(path, text);
  return path;
}

function start(program: string, args: string[]): void {
  // gevent is there for the system's Python.
  const env = { ...process.env, PATH: `/usr/bin:${process.env['PATH'] ?? ''}` };
  const child = spawn(program, args, { cwd: folder, env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  const started = { child, exited: new Promise((resolve) => child.once('close', resolve)), log: '' };
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      started.log += text;
    });
  }
  server = started;
}

/** Waits for a line of the log; the whole log is the message when the server ends before. */
async function logHas(pattern: RegExp): Promise<void> {
  await waitFor(String(pattern), () => {
    const { child, log } = server ?? { child: null, log: '' };
    if (pattern.test(log)) return true;
    if (child === null || child.exitCode !== null) throw new Error(`The server has ended:\n${log}`);
    return false;
  });
}

/** The body of an answer with 200. @param address host:port, or the path of a unix socket */
async function answerOf(address: string, path: string): Promise<string> {
  const [, host, port] = /^(.*):(\d+)$/.exec(address) ?? [];
  return new Promise((resolve, reject) => {
    const sent = get({ path, ...(port === undefined ? { socketPath: address } : { host, port }) }, (answer) => {
      let text = '';
      answer.setEncoding('utf8').on('data', (part: string) => {
        text += part;
      });
      answer.on('end', () => resolve(answer.statusCode === 200 ? text.trim() : `${answer.statusCode} ${text}`));
    });
    sent.on('error', reject);
  });
}

function uwsgiHas(plugins: string): boolean {
  try {
    const said = execFileSync('uwsgi', ['--need-plugins', plugins, '--version'], { stdio: 'pipe', encoding: 'utf8' });
    return /^\d/m.test(said);
  } catch {
    return false;
  }
}

/** What uWSGI needs, and its line that the application is loaded. */
const ON_UWSGI: Readonly<Record<PresetLanguage, { plugins: string; loaded: RegExp }>> = {
  Python: { plugins: 'python3', loaded: /WSGI app 0 .* ready/ },
  Ruby: { plugins: 'rack', loaded: /^RACK app 0 loaded/m },
  Perl: { plugins: 'psgi', loaded: /^PSGI app 0 .* loaded/m },
  PHP: { plugins: 'php', loaded: /^PHP \S+ initialized/m },
  CGI: { plugins: 'cgi', loaded: /^initialized CGI path: \/cgi-bin|CGI mountpoint/im },
  // It has none.
  JavaScript: { plugins: '', loaded: /(?!)/ },
  Files: { plugins: 'python3', loaded: /^\[uwsgi-static\] added mapping for \/ =>/m },
};
const MORE_PLUGINS: Readonly<Record<string, string>> = {
  gevent: 'python3,gevent',
  'gevent-websockets': 'python3,gevent',
  cheaper: 'python3,cheaper_busyness',
};

describe.each(presets)('the preset $id', (preset) => {
  const language = presetLanguage(preset);
  const { loaded } = ON_UWSGI[language];
  const plugins = MORE_PLUGINS[preset.id] ?? ON_UWSGI[language].plugins;

  it('is started by uWSGI, which knows all of its options', async (context) => {
    context.skip(preset.server === 'engine', 'it is for the engine alone');
    context.skip(!uwsgiHas(plugins), `uWSGI with ${plugins} is not installed`);
    start('uwsgi', ['--strict', '--show-config', '--ini', await write(preset, plugins)]);
    await logHas(/spawned uWSGI worker 1 /);
    expect(server?.log).toContain(';uWSGI instance configuration');
    expect(server?.log).toMatch(loaded);
    expect(server?.log).not.toMatch(/unable to find|UNABLE|falling back/i);
  });

  it('is started by the engine', async (context) => {
    context.skip(preset.server === 'uwsgi', 'it is for uWSGI alone');
    start(process.execPath, [MAIN, '--ini', await write(preset, '')]);
    await logHas(/Reeve is ready/);
    const address = /^http-socket socket bound to (.+)$/m.exec(server?.log ?? '')?.[1];
    if (address !== undefined)
      expect(await answerOf(address, language === 'CGI' ? '/cgi-bin/hello.sh' : '/')).toBe('hello');
  });
});
