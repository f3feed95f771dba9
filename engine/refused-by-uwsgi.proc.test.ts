/**
 * What the diagnostics call an error of uWSGI is one: the example of each such rule is given to the real server, which
 * has to refuse it in its own words, or to say why it will fail.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { catalogue, findRule } from './config/rules/catalogue.ts';
import { freePort, waitFor } from './testing/engine-process.ts';
import { UwsgiProcess, whyNoUwsgi } from './testing/uwsgi-process.ts';

/** In uWSGI's words; the port of an example is made a free one. */
const REFUSALS: Readonly<Record<string, RegExp>> = {
  'cheaper-not-below-processes': /invalid cheaper value: must be lower than processes/,
  'cheaper-memory-unseen': /requires enabling also memory-report/,
  'cheaper-memory-order': /requires setting also cheaper-rss-limit-soft/,
  'farm-without-mule': /invalid mule id: 3/,
  'lifetime-order': /invalid min-worker-lifetime value/,
  'listen-above-limit': /greater than the system max net\.core\.somaxconn/,
  'cron-asterisk': /invalid cron syntax/,
  'static-map-odd': /invalid document root in static map/,
  'unix-path-too-long': /invalid socket name/,
  'address-twice': /Address already in use/,
  'low-port-with-uid': /bind\(\): Permission denied/,
  'late-plugin': /\[strict-mode\] unknown config directive: wsgi-file/,
};
/** Errors that end no start. */
const LATER: Readonly<Record<string, { plugin: string; args: string[]; words: RegExp }>> = {
  'ruby-threads-native': {
    plugin: 'rack',
    args: ['--http-socket-modifier1', '7', '--rack', 'config.ru', '--threads', '4'],
    words: /native threads do not work under ruby/,
  },
  'language-number-missing': {
    plugin: 'php',
    args: ['--php-docroot', '.'],
    words: /unavailable modifier requested: 0/,
  },
};
const LONGEST_START_MS = 20_000;

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'reeve-refused-'));
  writeFileSync(join(folder, 'shop.py'), 'def application(environ, start_response):\n    return []\n');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function hasUwsgi(): boolean {
  try {
    execFileSync('uwsgi', ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** The first port that needs no privilege, as Linux has it. */
function firstFreePort(): number {
  try {
    return Number(readFileSync('/proc/sys/net/ipv4/ip_unprivileged_port_start', 'utf8'));
  } catch {
    return 0;
  }
}

describe('uWSGI refuses', () => {
  it.for(Object.entries(REFUSALS))('%s', async ([code, words], context) => {
    context.skip(!hasUwsgi(), 'uWSGI is not installed');
    context.skip(code === 'low-port-with-uid' && firstFreePort() <= 80, 'everybody may bind low ports here');
    const port = String(await freePort());
    const path = join(folder, 'uwsgi.ini');
    writeFileSync(path, (findRule(code)?.example ?? '').replaceAll(/\b(8080|3031)\b/g, port));
    const options = { cwd: folder, encoding: 'utf8', timeout: LONGEST_START_MS, killSignal: 'SIGKILL' } as const;
    const { status, stderr } = spawnSync('uwsgi', ['--no-orphans', '--ini', path], options);
    expect(stderr).toMatch(words);
    expect(status).toBe(1);
  });

  it('all that rules about it call an error, at its start or later', () => {
    const errors = catalogue.filter((info) => info.severity === 'error' && 'check' in info).map(({ code }) => code);
    expect([...Object.keys(REFUSALS), ...Object.keys(LATER)]).toEqual(expect.arrayContaining(errors));
  });
});

describe('uWSGI starts, and says at the latest with a request', () => {
  it.for(Object.entries(LATER))('%s', async ([, { plugin, args, words }], context) => {
    const missing = whyNoUwsgi(plugin);
    context.skip(missing !== null, missing ?? '');
    const port = await freePort();
    const listen = ['--plugins', plugin, '--http-socket', `127.0.0.1:${port}`];
    const uwsgi = await UwsgiProcess.start([...listen, ...args], { 'config.ru': 'run ->(env) { [200, {}, []] }\n' });
    try {
      await fetch(`http://127.0.0.1:${port}/`).catch(() => null);
      await waitFor(String(words), () => words.test(uwsgi.log));
    } finally {
      await uwsgi.dispose();
    }
  });
});
