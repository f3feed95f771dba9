/**
 * What PHP scripts see and say, beside uWSGI's PHP plugin with the same scripts: variables, statuses, headers, cookies,
 * bodies, which script is run; and what no path may reach.
 */
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findOnPath } from './master/interpreter.ts';
import { EngineProcess, freePort, waitFor } from './testing/engine-process.ts';
import { type Asked, askOnce, type Heard } from './testing/http-client.ts';
import { UwsgiProcess, whyNoUwsgi } from './testing/uwsgi-process.ts';

const SHOW = `<?php
header('Content-Type: text/plain');
foreach (['REQUEST_METHOD', 'REQUEST_URI', 'SCRIPT_NAME', 'SCRIPT_FILENAME', 'PATH_INFO', 'QUERY_STRING',
  'DOCUMENT_ROOT', 'CONTENT_TYPE', 'CONTENT_LENGTH', 'SERVER_PROTOCOL', 'SERVER_SOFTWARE', 'REMOTE_ADDR', 'HTTP_X_A',
  'HTTP_COOKIE', 'HTTPS', 'SHOP'] as $name) {
  echo $name, '=', $_SERVER[$name] ?? '', "\\n";
}
echo json_encode([$_GET, $_POST, $_COOKIE, getcwd(), defined('LIMIT') ? LIMIT : null, $before ?? null]), "\\n";
echo ini_get('memory_limit'), ' ', ini_get('user_agent'), ' ', md5(file_get_contents('php://input')), "\\n";
`;
const SCRIPTS: Record<string, string> = {
  'show.php': SHOW,
  'sub/index.php': SHOW,
  'sub/deep/page.php': SHOW,
  'name with blank & é.php': SHOW,
  'fallback.php': SHOW,
  'headers.php': `<?php
    setcookie('a', 'b c', ['path' => '/', 'httponly' => true]); setcookie('x', 'y');
    header('X-Twice: 1', false); header('X-Twice: 2', false); header('X-Umlaut: \\u{e4}'); http_response_code(418); echo 'tea';`,
  'location.php': `<?php header('Location: /elsewhere');`,
  'created.php': `<?php header('Location: /new', true, 201); echo 'made';`,
  'empty.php': `<?php http_response_code(204);`,
  'exit.php': `<?php echo 'before'; exit(3);`,
  'fatal.php': `<?php ob_end_clean(); echo 'begun'; nothing_like_that();`,
  'syntax.php': `<?php echo 1; this is no code`,
  'binary.php': `<?php header('Content-Type: application/octet-stream'); echo random_bytes(0), str_repeat("\\0\\xff\\r\\n", 50000);`,
  'upload.php': `<?php foreach ($_FILES as $key => $file) {
    echo $key, ' ', $file['name'], ' ', $file['size'], ' ', md5_file($file['tmp_name']), "\\n";
  } echo json_encode($_POST);`,
  'session.php': `<?php session_save_path(dirname(__DIR__) . '/sessions'); session_start();
    $_SESSION['seen'] = ($_SESSION['seen'] ?? 0) + 1; echo $_SESSION['seen'];`,
  'text.txt': 'no script',
  'data.inc': SHOW,
};
const OPTIONS = [
  'php-docroot = {TREE}/www',
  'php-index = nothing.php',
  'php-index = index.php',
  'php-allowed-ext = .php',
  'php-set = memory_limit=77M',
  'php-set = user_agent="a ; b" ; c',
  'php-var = SHOP=tea & é',
  'php-constant = LIMIT=12',
  "php-exec-before = $before = 'first';",
];

let tree = '';
let engine: EngineProcess;
let uwsgi: UwsgiProcess | null = null;
let uwsgiPort = 0;

/** uWSGI calls a teapot by its name in small letters. */
function comparable({ status, reason, headers, body }: Heard): unknown {
  return { status, reason: reason.toLowerCase(), headers, body: body.toString('latin1') };
}

async function upload(port: number, bytes: number): Promise<string> {
  const form = new FormData();
  form.set('name', 'tea');
  form.set('file', new Blob([Buffer.alloc(bytes, 'abc')]), 'a "b".bin');
  const answer = await fetch(`http://127.0.0.1:${port}/upload.php`, { method: 'POST', body: form });
  return answer.text();
}

const hasPhp = findOnPath(['php-cgi'], process.env) !== null;

describe('PHP scripts', () => {
  if (!hasPhp) {
    it('are tried', ({ skip }) => skip('php-cgi is not installed'));
    return;
  }
  beforeAll(async () => {
    tree = mkdtempSync(join(tmpdir(), 'reeve-php-'));
    for (const name of ['www/sub/deep', 'outside', 'sessions', 'www2'])
      mkdirSync(join(tree, name), { recursive: true });
    for (const [name, text] of Object.entries(SCRIPTS)) writeFileSync(join(tree, 'www', name), text);
    writeFileSync(join(tree, 'outside/secret.php'), `<?php echo 'secret';`);
    cpSync(join(tree, 'outside/secret.php'), join(tree, 'www2/secret.php'));
    symlinkSync('../outside/secret.php', join(tree, 'www/link.php'));
    symlinkSync('../outside', join(tree, 'www/folder'));
    symlinkSync('show.php', join(tree, 'www/inside.php'));
    const lines = OPTIONS.map((line) => line.replaceAll('{TREE}', tree));
    engine = await EngineProcess.start({ ini: `${lines.join('\n')}\nmaster = true\nprocesses = 2\n` });
    if (whyNoUwsgi('php,http') !== null) return;
    uwsgiPort = await freePort();
    const args = ['--plugins', 'php,http', '--http-socket', `127.0.0.1:${uwsgiPort}`, '--http-socket-modifier1', '14'];
    for (const line of lines) {
      const equals = line.indexOf(' = ');
      args.push(`--${line.slice(0, equals)}`, line.slice(equals + 3));
    }
    uwsgi = await UwsgiProcess.start(args, {});
  });

  afterAll(async () => {
    await uwsgi?.dispose();
    await engine.dispose();
    rmSync(tree, { recursive: true, force: true });
  });

  const FORM = { 'Content-Type': 'application/x-www-form-urlencoded' };
  it.each<[string, Asked?]>([
    ['/show.php'],
    ['/show.php?a=b&c[]=1&c[]=%C3%A9'],
    ['/show.php/more/info?x'],
    ['/show.php', { headers: { 'X-A': 'one, two', Cookie: 'k=v; l=%20m' } }],
    ['/show.php', { method: 'POST', headers: FORM, body: 'name=a+b&list[]=1&list[]=2' }],
    ['/show.php', { method: 'PUT', headers: { 'Content-Type': 'application/json' }, body: '{"a": "é"}' }],
    ['/show.php', { method: 'DELETE' }],
    ['/show.php', { method: 'HEAD' }],
    ['/sub/'],
    ['/sub'],
    ['/sub?a=b'],
    ['/sub/deep/page.php'],
    ['/name%20with%20blank%20%26%20%C3%A9.php'],
    ['/inside.php'],
    ['/headers.php'],
    ['/location.php'],
    ['/created.php'],
    ['/empty.php'],
    ['/exit.php'],
    ['/fatal.php'],
    ['/syntax.php'],
    ['/binary.php'],
    ['/'],
    ['/sub/deep/'],
    ['/nothing.php'],
    ['/text.txt'],
    ['/data.inc'],
    ['/text.txt/x.php'],
    ['/link.php'],
    ['/folder/secret.php'],
    ['/..%2foutside/secret.php'],
    ['/%2e%2e/outside/secret.php'],
  ])('answer %s %o as on uWSGI', async (path, asked) => {
    const ours = await askOnce(engine.port, path, asked);
    expect(ours.body.toString()).not.toContain('secret');
    if (uwsgi === null) return;
    expect(comparable(ours)).toEqual(comparable(await askOnce(uwsgiPort, path, asked)));
  });

  it.each([
    '/show.php%00',
    '/show.php%00.txt',
    '/sub/..%2fshow.php',
    '/..%2fwww2/secret.php',
    '/..%2f..%2f..%2fetc/passwd',
  ])('are not found by %s', async (path) => {
    expect([403, 404]).toContain((await askOnce(engine.port, path)).status);
  });

  it('get settings, constants, variables and code of the configuration', async () => {
    const { body } = await askOnce(engine.port, '/show.php');
    const text = body.toString();
    expect(text).toContain('SHOP=tea & é\n');
    expect(text).toContain('SERVER_SOFTWARE=uWSGI\n');
    expect(text).toContain(',"12","first"]');
    expect(text).toContain('77M a ; b ');
  });

  it('have a session by a cookie', async () => {
    const first = await askOnce(engine.port, '/session.php');
    expect(first.body.toString()).toBe('1');
    const cookie = String(first.headers['set-cookie']).split(';')[0] ?? '';
    for (const seen of ['2', '3', '4']) {
      expect((await askOnce(engine.port, '/session.php', { headers: { Cookie: cookie } })).body.toString()).toBe(seen);
    }
  });

  it('take uploads, small and large, and serve on after one that is too large', async () => {
    expect(await upload(engine.port, 1000)).toMatch(/^file a %22b%22\.bin 1000 [0-9a-f]{32}\n\{"name":"tea"\}$/);
    expect(await upload(engine.port, 1_500_000)).toMatch(/ 1500000 /);
    // More than post_max_size.
    expect(await upload(engine.port, 9_000_000)).toContain('[]');
    expect(await upload(engine.port, 10)).toMatch(/ 10 /);
  });

  it('have what PHP says about them in the log', async () => {
    await askOnce(engine.port, '/fatal.php');
    await engine.seen('PHP Fatal error:  Uncaught Error: Call to undefined function nothing_like_that()');
    await askOnce(engine.port, '/link.php');
    await engine.seen(`PHP security error: ${tree}/outside/secret.php is not under the default docroot`);
  });

  it('are found anew when they appear', async () => {
    expect((await askOnce(engine.port, '/later.php')).status).toBe(404);
    writeFileSync(join(tree, 'www/later.php'), `<?php echo 'here';`);
    expect((await askOnce(engine.port, '/later.php')).body.toString()).toBe('here');
    rmSync(join(tree, 'www/later.php'));
    await waitFor('it to be forgotten', async () => (await askOnce(engine.port, '/later.php')).status === 404);
  });
});
