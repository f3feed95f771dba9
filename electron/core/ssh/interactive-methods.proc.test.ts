import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import ssh2, { type AuthContext } from 'ssh2';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { SshAnswer } from '../../contract/hosts-model.ts';
import type { SecretStore } from '../ports.ts';
import { AskingServer, allowOnly } from './testing/asking-server.ts';
import { makeKey } from './testing/sshd.ts';
import { TrustBench } from './testing/trust-bench.ts';

const secrets = (values: string[], keep = false): SshAnswer => ({ kind: 'secrets', values, keep });

describe('a server that asks', () => {
  let bench: TrustBench;
  let server: AskingServer | null = null;

  beforeEach(async () => {
    bench = await TrustBench.make();
  });
  afterEach(async () => {
    await bench.dispose();
    await server?.dispose();
    server = null;
  });

  async function serve(judge: (context: AuthContext) => void, config: string[] = []): Promise<AskingServer> {
    server = await AskingServer.start(judge);
    const lines = ['HostName 127.0.0.1', `Port ${server.port}`, 'User ada', 'StrictHostKeyChecking no', ...config];
    await bench.write('config', ['Host box', ...lines].join('\n  '));
    return server;
  }

  it('in several rounds, with and without echo, is answered by its user', async () => {
    await serve((context) => {
      if (context.method !== 'keyboard-interactive') return allowOnly(context, ['keyboard-interactive']);
      context.prompt(
        [
          { prompt: 'Card number: ', echo: true },
          { prompt: 'PIN: ', echo: false },
        ],
        'Vault',
        'Step one',
        (first) => {
          context.prompt([{ prompt: 'Code: ', echo: false }], '', '', (second) => {
            if (`${first.join()},${second.join()}` === '12,34,56') context.accept();
            else context.reject();
          });
        },
      );
    });
    bench.answer = ({ about }) =>
      about.kind === 'secrets' && about.prompts.length === 2 ? secrets(['12', '34']) : secrets(['56']);
    const { transport, login } = await bench.connect('box');
    expect(transport).not.toBeNull();
    expect(login.text).toContain('Signed in with the server’s questions.');
    expect(bench.asked.map(({ about }) => about)).toMatchObject([
      {
        title: 'Vault',
        instructions: 'Step one',
        prompts: [
          { label: 'Card number', echo: true },
          { label: 'PIN', echo: false },
        ],
        keepIn: null,
      },
      { title: 'box asks ada', instructions: null, prompts: [{ label: 'Code', echo: false }] },
    ]);
  });

  it('for a password is the last resort, and is told the new one after a wrong one', async () => {
    const box = await serve((context) => {
      if (context.method === 'password' && context.password === 'right') context.accept();
      else allowOnly(context, ['publickey', 'password']);
    });
    bench.answer = ({ about }) =>
      secrets([about.kind === 'secrets' && about.instructions !== null ? 'right' : 'wrong']);
    const { transport } = await bench.connect('box');
    expect(transport).not.toBeNull();
    expect(box.tries).toEqual(['ada none', 'ada password', 'ada password']);
    expect(bench.asked).toHaveLength(2);
    // The session knows it now.
    expect((await bench.connect('box')).transport).not.toBeNull();
    expect(bench.asked).toHaveLength(2);
  });

  it('for a password gets the one of the keychain, and a new one when that is refused', async () => {
    const held = new Map([['ssh-password ada@127.0.0.1:0', 'x']]);
    const store: SecretStore = {
      kind: 'keychain',
      get: async (key) => held.get(key) ?? null,
      set: async (key, secret) => {
        held.set(key, secret);
      },
      remove: async (key) => {
        held.delete(key);
      },
    };
    bench.secrets = store;
    const box = await serve((context) => {
      if (context.method === 'password' && context.password === 'new') context.accept();
      else allowOnly(context, ['password']);
    });
    const key = `ssh-password ada@127.0.0.1:${box.port}`;
    held.set(key, 'old');
    bench.answer = () => secrets(['new'], true);
    const { transport } = await bench.connect('box');
    expect(transport).not.toBeNull();
    expect(bench.asked).toMatchObject([{ about: { keepIn: 'keychain' } }]);
    expect(held.get(key)).toBe('new');
  });

  it('is not asked for anything more after three refusals', async () => {
    const box = await serve((context) => allowOnly(context, ['password']));
    bench.answer = () => secrets(['wrong']);
    const { error } = await bench.connect('box');
    expect(error).toMatchObject({ code: 'ssh-auth-refused' });
    expect(error?.message).toBe(
      'box did not let ada in. Tried: a password, a password, a password; it allows password.',
    );
    expect(box.tries.filter((text) => text === 'ada password')).toHaveLength(3);
  });

  it('is told nothing when its user cancels', async () => {
    const box = await serve((context) => allowOnly(context, ['password']));
    bench.answer = () => ({ kind: 'cancel' });
    expect((await bench.connect('box')).error).toMatchObject({ code: 'ssh-auth-cancelled' });
    expect(box.tries).toEqual(['ada none']);
  });

  it('is not shown to anyone in BatchMode', async () => {
    await serve((context) => allowOnly(context, ['keyboard-interactive', 'password']), ['BatchMode yes']);
    expect((await bench.connect('box')).error).toMatchObject({ code: 'ssh-auth-refused' });
    expect(bench.asked).toEqual([]);
  });

  it('for a key and then a code gets both, also when the key has a passphrase', async () => {
    const path = await makeKey(join(bench.home, '.ssh/id_ed25519'), { passphrase: 'sesame open' });
    const allowed = ssh2.utils.parseKey(readFileSync(`${path}.pub`));
    if (allowed instanceof Error || Array.isArray(allowed)) throw new Error('no key');
    let hasKey = false;
    await serve((context) => {
      if (context.method === 'publickey' && context.key.data.equals(allowed.getPublicSSH())) {
        if (context.signature === undefined) return context.accept();
        hasKey = allowed.verify(context.blob ?? Buffer.alloc(0), context.signature);
        return allowOnly(context, ['keyboard-interactive'], true);
      }
      if (context.method !== 'keyboard-interactive' || !hasKey) return allowOnly(context, ['publickey']);
      context.prompt('Code: ', ([code]) => (code === '99' ? context.accept() : context.reject()));
    });
    bench.answer = ({ about }) =>
      secrets([about.kind === 'secrets' && about.title.startsWith('Passphrase') ? 'sesame open' : '99']);
    const { transport, login, error } = await bench.connect('box');
    expect(error).toBeNull();
    expect(transport).not.toBeNull();
    expect(login.text).toContain('The server takes id_ed25519 and wants more.');
  });
});
