/**
 * Secrets of all kinds go in: into files, answers, refused sign-ins, requests of a server that is watched. None of them
 * comes out: not in a message to a page, an error, an export, the data folder or what the program prints.
 */

import { readdir, readFile, writeFile } from 'node:fs/promises';
import { type ClientRequest, get } from 'node:http';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { HostState, SshAnswer, SshQuestion } from '../../contract/hosts-model.ts';
import { APP, CoreBench } from '../testing/core-bench.ts';
import { waitUntil } from '../testing/wait-until.ts';
import { AskingServer, allowOnly } from './testing/asking-server.ts';
import { makeKey, Sshd, writeSshHome } from './testing/sshd.ts';

const PASSPHRASE = 'passphrase-Hq71';
const WRONG_PASSPHRASE = 'wrong-passphrase-Kz02';
const PASSWORD = 'password-Vd33';
const CODE = 'code-Ws48';
const COOKIE = 'cookie-Bn95';
const AUTHORISATION = 'authorisation-Tx66';
const TOKEN = 'token-Jm17';
const BROKEN_KEY = 'a2V5LW1hdGVyaWFsLVJwNTg';

describe('no secret comes out', () => {
  let bench: CoreBench;
  let sent: string[];
  let printed: string[];
  let closers: (() => Promise<void> | void)[];

  beforeEach(async () => {
    bench = await CoreBench.make();
    [sent, printed, closers] = [[], [], []];
    bench.onSent = (text) => sent.push(text);
    for (const stream of [process.stdout, process.stderr]) {
      const write = stream.write.bind(stream);
      vi.spyOn(stream, 'write').mockImplementation((chunk: string | Uint8Array) => {
        printed.push(Buffer.from(chunk).toString());
        return write(chunk);
      });
    }
  });
  afterEach(async () => {
    vi.restoreAllMocks();
    for (const close of closers.toReversed()) await close();
    await bench.dispose();
  });

  it('of keys, passphrases, passwords, codes, cookies and tokens', async () => {
    const keyPath = await makeKey(join(bench.folder, 'id_locked'), { passphrase: PASSPHRASE });
    const web = await Sshd.start({ keyPath });
    closers.push(async () => web.dispose());
    const box = await AskingServer.start((context) => {
      if (context.method === 'keyboard-interactive') context.prompt('Code: ', () => context.reject(['password']));
      else allowOnly(context, ['keyboard-interactive', 'password']);
    });
    closers.push(async () => box.dispose());
    const brokenKey = await bench.write(
      'id_broken',
      `-----BEGIN OPENSSH PRIVATE KEY-----\n${BROKEN_KEY}\n-----END OPENSSH PRIVATE KEY-----\n`,
    );
    await writeSshHome(bench.folder, [{ alias: 'web1', sshd: web, config: [`IdentityFile ${brokenKey}`] }]);
    const config = join(bench.folder, '.ssh/config');
    const other = `Host box\n HostName 127.0.0.1\n Port ${box.port}\n User ada\n IdentityFile ${brokenKey}\n`;
    await writeFile(config, `${await readFile(config, 'utf8')}\n${other}`);

    const client = await bench.startCore();
    const state = trackHosts(client, answerAll());
    // The wrong passphrase first, then the right one.
    await client.call('hosts.connect', { destination: 'web1' });
    await waitUntil('web1', () => state('web1')?.status === 'ready');
    await client.call('hosts.connect', { destination: 'box' });
    await waitUntil('box to refuse', () => state('box')?.status === 'failed');

    const port = await bench.freePort();
    const statsPort = await bench.freePort();
    await bench.write('app.py', APP);
    const lines = [
      '[uwsgi]',
      'plugins = python3',
      `http-socket = 127.0.0.1:${port}`,
      'wsgi-file = app.py',
      'master = true',
      'processes = 2',
      `stats = 127.0.0.1:${statsPort}`,
      'logto = uwsgi.log',
    ];
    await bench.startUwsgi(['--ini', await bench.write('shop.ini', `${lines.join('\n')}\n`)]);
    const statsAddress = `ssh://web1/127.0.0.1:${statsPort}`;
    const { id: instanceId } = await waitUntil('the server', async () =>
      client.call('instances.attach', { statsAddress }).catch(() => null),
    );
    await client.call('instances.watch', { instanceId });
    const request = ask(port);
    closers.push(() => void request.destroy());
    await waitUntil('the request to be seen', () => sent.some((text) => text.includes('/slow')));

    await client.call('hosts.list', {});
    await client.call('hosts.resolve', { destination: 'web1' });
    await client.call('instances.list', {});
    await client.call('settings.get', {});
    await client.call('app.info', {});
    await client.call('audit.list', { most: 100 });
    for (const format of ['json', 'csv'] as const) await client.call('fleet.export', { format }).catch(() => {});
    await client.call('ssh.answer', { questionId: 'none', answer: secrets(PASSWORD) }).catch(() => {});
    await bench.stopCore();

    const keyText = (await readFile(keyPath, 'utf8')).split('\n')[3] ?? '';
    expect(keyText.length).toBeGreaterThan(40);
    const all = [PASSPHRASE, WRONG_PASSPHRASE, PASSWORD, CODE, COOKIE, AUTHORISATION, TOKEN, BROKEN_KEY, keyText];
    const outputs = { 'messages to the page': sent, 'what was printed': printed, 'the data folder': await dataFiles() };
    // All of it was used: both hosts were signed in to, and the request was seen.
    const heard = sent.join('\n');
    for (const sign of ['Signed in with id_locked', 'box did not let ada in', 'id_broken was left out', '/slow']) {
      expect(heard).toContain(sign);
    }
    for (const [where, texts] of Object.entries(outputs)) {
      for (const secret of all) {
        const found = texts.find((text) => text.includes(secret));
        expect(found, `${secret} in ${where}`).toBeUndefined();
      }
    }
  });

  async function dataFiles(): Promise<string[]> {
    const folder = join(bench.folder, 'data');
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    const files = entries.filter((entry) => entry.isFile());
    expect(files.length).toBeGreaterThan(2);
    return Promise.all(files.map(async (file) => readFile(join(file.parentPath, file.name), 'latin1')));
  }
});

function secrets(value: string): SshAnswer {
  return { kind: 'secrets', values: [value], keep: true };
}

/** A request that runs for some seconds. */
function ask(port: number): ClientRequest {
  const headers = { Cookie: `session=${COOKIE}`, Authorization: `Bearer ${AUTHORISATION}`, 'X-Api-Token': TOKEN };
  const request = get({ port, path: '/slow?8', headers });
  request.on('error', () => {});
  return request;
}

function answerAll(): (question: SshQuestion) => SshAnswer {
  let passphrases = 0;
  return ({ about }) => {
    if (about.kind === 'host-key') return { kind: 'trust', until: 'keep' };
    if (about.title.startsWith('Passphrase')) {
      passphrases += 1;
      return secrets(passphrases === 1 ? WRONG_PASSPHRASE : PASSPHRASE);
    }
    return secrets(about.prompts[0]?.label === 'Code' ? CODE : PASSWORD);
  };
}

function trackHosts(
  client: CoreBench['client'],
  answer: (question: SshQuestion) => SshAnswer,
): (id: string) => HostState | undefined {
  const states = new Map<string, HostState>();
  const answered = new Set<string>();
  client.on('hosts.changed', ({ hosts }) => {
    for (const host of hosts) states.set(host.id, host);
  });
  client.on('ssh.questions', ({ questions }) => {
    for (const question of questions) {
      if (answered.has(question.id)) continue;
      answered.add(question.id);
      void client.call('ssh.answer', { questionId: question.id, answer: answer(question) });
    }
  });
  return (id) => states.get(id);
}
