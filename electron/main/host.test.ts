import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { encodeEvent } from '../rpc/wire.ts';
import { takeDataLock } from '../web/data-lock.ts';
import { CHANNEL } from './ipc-transport.ts';
import { quit, STATUS, type Started, type StartOptions, startHost, windowOf } from './testing/start-host.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'reeve-host-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const start = async (options: StartOptions = {}): Promise<Started> => startHost(folder, options);

describe('the window', () => {
  it('has a sandboxed page of the app’s own scheme and nothing of Node', async () => {
    const host = await start();
    const window = windowOf(host);
    expect(window.options.webPreferences).toEqual({
      preload: '/out/preload/preload.cjs',
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      webSecurity: true,
      spellcheck: false,
    });
    expect(window.urls).toEqual(['reeve://app/']);
    expect(host.privileged).toEqual(['reeve']);
    await quit(host);
  });

  it('shows only when its first frame is there', async () => {
    const host = await start();
    const window = windowOf(host);
    expect([window.options.show, window.isShown]).toEqual([false, false]);
    window.emit('ready-to-show');
    expect(window.isShown).toBe(true);
    await quit(host);
  });

  it('comes back where it was, and is maximized again', async () => {
    const first = await start({ enginesRunning: 0 });
    const window = windowOf(first);
    window.bounds = { x: 40, y: 50, width: 1000, height: 700 };
    window.maximize();
    window.close();
    await quit(first);
    const second = await start();
    expect(windowOf(second).options).toMatchObject({ x: 40, y: 50, width: 1000, height: 700 });
    expect(windowOf(second).isMaximized()).toBe(true);
    await quit(second);
  });

  it('goes to the tray when a server runs here, and says so once', async () => {
    const host = await start();
    await vi.waitFor(() => expect(host.trays[0]?.toolTip).toBe('Reeve: 2 up, 1 down, 1 running here'));
    const window = windowOf(host);
    expect(window.close()).toBe(false);
    expect(window.isShown).toBe(false);
    expect(host.notifications.map(({ body }) => body)).toEqual([expect.stringContaining('tray')]);
    host.trays[0]?.click();
    expect(window.isShown).toBe(true);
    await quit(host);
  });

  it('closes for good where there is no tray to come back from', async () => {
    const host = await start({ hasTray: false });
    await vi.waitFor(() => expect(host.core.texts).toHaveLength(1));
    expect(windowOf(host).close()).toBe(true);
    await quit(host);
  });

  it('is brought to the front by a second start', async () => {
    const host = await start();
    const window = windowOf(host);
    window.minimize();
    host.app.emit('second-instance');
    expect(window.isMinimized()).toBe(false);
    expect(window.isFocused()).toBe(true);
    expect(host.windows).toHaveLength(1);
    await quit(host);
  });
});

describe('one instance', () => {
  it('leaves at once when it is the second', async () => {
    const host = await start({ isFirstInstance: false });
    expect(host.windows).toHaveLength(0);
    expect(host.core.ports).toBe(null);
    expect(host.app.exitCode).toBe(0);
  });

  it('does not share a data folder with a headless host and says where that one is', async () => {
    mkdirSync(join(folder, 'data'), { recursive: true });
    const taken = takeDataLock(join(folder, 'data'));
    if (taken.status !== 'taken') throw new Error('the lock is held');
    taken.lock.announce({ pid: 4711, kind: 'web', url: 'http://127.0.0.1:4717/', linkSecret: 's' });
    const host = await start();
    expect(host.errorBoxes).toEqual([expect.stringContaining('http://127.0.0.1:4717/')]);
    expect(host.app.exitCode).toBe(1);
    expect(host.core.ports).toBe(null);
    taken.lock.release();
  });
});

describe('quitting', () => {
  it('ends the core, gives the data folder back and leaves', async () => {
    const host = await start();
    await quit(host);
    expect(host.core.isDisposed).toBe(true);
    expect(host.app.exitCode).toBe(0);
    expect(host.trays[0]?.isDestroyed).toBe(true);
    const again = takeDataLock(join(folder, 'data'));
    expect(again.status).toBe('taken');
    if (again.status === 'taken') again.lock.release();
  });

  it('leaves the window of a Mac closed without quitting', async () => {
    const host = await start({ platform: 'darwin' });
    host.app.emit('window-all-closed');
    expect(host.app.exitCode).toBe(null);
    await quit(host);
  });
});

describe('menu, tray and notices', () => {
  it('run commands of the page', async () => {
    const host = await start();
    const window = windowOf(host);
    host.sendFromPage(window.webContents, 'hello');
    const items = host.applicationMenu.flatMap(({ submenu }) => submenu ?? []);
    items.find(({ label }) => label === 'Fleet')?.click?.();
    expect(window.webContents.sent).toEqual([[CHANNEL, encodeEvent('command.run', { id: 'go.fleet' })]]);
    await quit(host);
  });

  it('show a notice of the core while nobody looks at the window', async () => {
    const host = await start();
    await vi.waitFor(() => expect(host.core.texts).toHaveLength(1));
    const notice = { level: 'info', text: 'Reload of cart is done in 22 s.', instanceId: 'cart', reloadId: null };
    host.core.transports[0]?.send(encodeEvent('notice', notice));
    await vi.waitFor(() => expect(host.notifications.map(({ body }) => body)).toEqual([notice.text]));
    host.notifications[0]?.click();
    expect(windowOf(host).isFocused()).toBe(true);
    host.core.transports[0]?.send(encodeEvent('notice', { ...notice, text: 'seen in the window' }));
    host.core.transports[0]?.send(
      encodeEvent('instances.changed', { seq: 1, changed: [], figures: [], removed: [], status: { ...STATUS, up: 9 } }),
    );
    await vi.waitFor(() => expect(host.trays[0]?.toolTip).toContain('9 up'));
    expect(host.notifications).toHaveLength(1);
    await quit(host);
  });
});

describe('secrets', () => {
  it('are encrypted by the keychain in a file of this user only', async () => {
    const host = await start();
    await host.core.ports?.secrets.set('passphrase', 'correct horse');
    const path = join(folder, 'data', 'secrets.json');
    expect(host.core.ports?.secrets.kind).toBe('keychain');
    expect(readFileSync(path, 'utf8')).not.toContain('correct horse');
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(await host.core.ports?.secrets.get('passphrase')).toBe('correct horse');
    await host.core.ports?.secrets.remove('passphrase');
    expect(await host.core.ports?.secrets.get('passphrase')).toBe(null);
    await quit(host);
  });

  it.each([{ backend: 'basic_text' }, { backend: 'unknown' }, { isEncryptionAvailable: false }])(
    'are never written where there is no real keychain: %j',
    async (options) => {
      const host = await start(options);
      await host.core.ports?.secrets.set('passphrase', 'correct horse');
      expect(host.core.ports?.secrets.kind).toBe('none');
      expect(await host.core.ports?.secrets.get('passphrase')).toBe('correct horse');
      expect(existsSync(join(folder, 'data', 'secrets.json'))).toBe(false);
      await quit(host);
    },
  );
});

describe('engines in utility processes', () => {
  it('give their output, take signals as messages and say how they ended', async () => {
    const host = await start();
    const child = host.core.ports?.spawnEngine({ args: ['uwsgi.ini'], cwd: '/', env: {} });
    const [utility] = host.utilities;
    if (child === undefined || utility === undefined) throw new Error('nothing was spawned');
    expect(utility).toMatchObject({ modulePath: '/out/main/engine-process.js', args: ['uwsgi.ini'] });
    const output: string[] = [];
    const exits: unknown[] = [];
    child.onOutput = (chunk) => output.push(Buffer.from(chunk).toString('utf8'));
    child.onExit = (exit) => exits.push(exit);
    utility.stdout.write('one\n');
    utility.stderr.write('two\n');
    await vi.waitFor(() => expect(output).toEqual(['one\n', 'two\n']));
    child.kill('SIGINT');
    expect(utility.messages).toEqual(['SIGINT']);
    utility.emit('exit', 0);
    expect(exits).toEqual([{ code: 0, signal: null, error: null }]);
    child.kill('SIGINT');
    expect(utility.messages).toHaveLength(1);
    await quit(host);
  });

  it('can be killed', async () => {
    const host = await start();
    const child = host.core.ports?.spawnEngine({ args: [], cwd: '/', env: {} });
    const exits: unknown[] = [];
    if (child !== undefined) child.onExit = (exit) => exits.push(exit);
    child?.kill('SIGKILL');
    expect(exits).toEqual([{ code: null, signal: 'SIGKILL', error: null }]);
    await quit(host);
  });
});
