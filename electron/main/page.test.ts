import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createCore } from '../core/core.ts';
import { type Bridge, bridgeTransport } from '../rpc/bridge-transport.ts';
import { RpcClient } from '../rpc/client.ts';
import { transportCases } from '../rpc/transport-suite.ts';
import { APP_FRAME, type StandIn, type StandInContents } from './testing/electron-stand-in.ts';
import { quit, type Started, type StartOptions, startHost, windowOf } from './testing/start-host.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'reeve-host-'));
  mkdirSync(join(folder, 'renderer'));
  writeFileSync(join(folder, 'renderer', 'index.html'), '<meta name="csp-nonce" content="__CSP_NONCE__">');
  writeFileSync(join(folder, 'renderer', 'main.js'), 'let a = 1;');
});
afterEach(() => rmSync(folder, { recursive: true }));

const start = async (options: StartOptions = {}): Promise<Started> => startHost(folder, options);

const bridges = new Map<string, unknown>();
const pageIpc = { contents: null as StandInContents | null, host: null as StandIn | null };
vi.mock('electron', () => ({
  contextBridge: { exposeInMainWorld: (name: string, api: unknown) => bridges.set(name, api) },
  ipcRenderer: {
    send: (channel: string, text: unknown) => {
      const { contents, host } = pageIpc;
      setImmediate(() => contents && host?.sendFromPage(contents, text, APP_FRAME, channel));
    },
    on: (channel: string, listener: () => void) => pageIpc.contents?.page.on(channel, listener),
    off: (channel: string, listener: () => void) => pageIpc.contents?.page.off(channel, listener),
  },
}));

/** Runs the real preload script for this window's page. */
async function loadPreload(host: StandIn, contents: StandInContents): Promise<Bridge> {
  pageIpc.host = host;
  pageIpc.contents = contents;
  vi.resetModules();
  await import('../preload/preload.ts');
  const bridge = bridges.get('reeve');
  if (!isBridge(bridge)) throw new Error('the preload script made no bridge');
  return bridge;
}

function isBridge(value: unknown): value is Bridge {
  return typeof value === 'object' && value !== null && 'send' in value && 'onMessage' in value;
}

const ask = async (host: StandIn, url: string, method = 'GET'): Promise<Response> => {
  const handler = host.schemes.get('reeve');
  if (handler === undefined) throw new Error('the scheme is not served');
  return handler(new Request(url, { method }));
};

const setTimer = (callback: () => void, ms: number): (() => void) => {
  const timer = setTimeout(callback, ms);
  return () => clearTimeout(timer);
};

describe('what a page may not do', () => {
  it('can not leave the app, open windows or embed others', async () => {
    const host = await start();
    const contents = windowOf(host).webContents;
    for (const event of ['will-navigate', 'will-frame-navigate', 'will-redirect'] as const) {
      expect(contents.try(event, 'https://evil.example/')).toBe(false);
      expect(contents.try(event, 'reeve://evil/')).toBe(false);
      expect(contents.try(event, 'file:///etc/passwd')).toBe(false);
      expect(contents.try(event, 'reeve://app/?page=fleet')).toBe(true);
    }
    expect(contents.try('will-attach-webview')).toBe(false);
    expect(contents.windowOpenHandler?.({ url: 'https://evil.example' })).toEqual({ action: 'deny' });
    await quit(host);
  });

  it('gets no permission but to copy text', async () => {
    const host = await start();
    const { request, check, device } = host.permissions;
    const answers: [string, boolean][] = [];
    for (const permission of ['media', 'geolocation', 'notifications', 'openExternal', 'clipboard-sanitized-write']) {
      request?.(windowOf(host).webContents, permission, (isGranted) => answers.push([permission, isGranted]));
    }
    expect(answers.filter(([, isGranted]) => isGranted)).toEqual([['clipboard-sanitized-write', true]]);
    expect(check?.(null, 'clipboard-sanitized-write', 'reeve://app')).toBe(true);
    expect(check?.(null, 'clipboard-sanitized-write', 'https://evil.example')).toBe(false);
    expect(check?.(null, 'media', 'reeve://app/')).toBe(false);
    expect(device?.()).toBe(false);
    await quit(host);
  });

  it('opens nothing but web addresses outside', async () => {
    const host = await start();
    const open = async (url: string) => host.core.ports?.openExternal(url);
    await open('http://127.0.0.1:8080/');
    await expect(open('file:///etc/passwd')).rejects.toThrow('file:');
    await expect(open('smb://host/share')).rejects.toThrow('smb:');
    expect(host.opened).toEqual(['http://127.0.0.1:8080/']);
    await quit(host);
  });
});

describe('the app’s own scheme', () => {
  it('serves the page with a nonce and a strict policy', async () => {
    const host = await start();
    const page = await ask(host, 'reeve://app/?page=fleet');
    const nonce = /content="([^"]+)"/.exec(await page.text())?.[1] ?? '';
    expect(nonce.length).toBeGreaterThan(16);
    expect(page.headers.get('content-security-policy')).toContain(`style-src 'self' 'nonce-${nonce}'`);
    expect(await (await ask(host, 'reeve://app/main.js')).text()).toBe('let a = 1;');
    await quit(host);
  });

  it('serves no other host, no other method and nothing outside its folder', async () => {
    const host = await start();
    expect((await ask(host, 'reeve://evil/main.js')).status).toBe(404);
    expect((await ask(host, 'reeve://app/..%2fdata%2fwindow.json')).status).toBe(404);
    expect((await ask(host, 'reeve://app/main.js', 'POST')).status).toBe(405);
    await quit(host);
  });
});

describe('messages of pages', () => {
  it('reach the core only from the main frame of the app’s own page', async () => {
    const host = await start();
    await vi.waitFor(() => expect(host.core.texts).toHaveLength(1));
    const { webContents } = windowOf(host);
    host.sendFromPage(webContents, 'from a frame in the page', { url: 'reeve://app/', parent: APP_FRAME });
    host.sendFromPage(webContents, 'from another site', { url: 'https://evil.example/', parent: null });
    host.sendFromPage(webContents, 'from a look-alike', { url: 'reeve://app.evil/', parent: null });
    host.sendFromPage(webContents, 'from a frame that is gone', null);
    host.sendFromPage(webContents, { not: 'text' });
    const stranger = Object.assign(Object.create(webContents), { id: 99 });
    host.sendFromPage(stranger, 'from another window');
    expect(host.core.texts).toHaveLength(1);
    host.sendFromPage(webContents, 'hello');
    expect(host.core.texts.at(-1)).toBe('hello');
    await quit(host);
  });

  it('begin a new conversation after each load, so that nothing of the old page reaches the new one', async () => {
    const host = await start();
    const { webContents } = windowOf(host);
    host.sendFromPage(webContents, 'one');
    const old = host.core.transports.at(-1);
    webContents.startNavigation('reeve://app/?page=fleet', true);
    expect(host.core.closed).toEqual([]);
    webContents.startNavigation('reeve://app/');
    expect(host.core.closed).toEqual([old]);
    old?.send('for the old page');
    expect(webContents.sent).toEqual([]);
    host.sendFromPage(webContents, 'two');
    expect(host.core.transports.at(-1)).not.toBe(old);
    await quit(host);
  });

  it('end when the page’s process dies', async () => {
    const host = await start();
    const { webContents } = windowOf(host);
    host.sendFromPage(webContents, 'one');
    webContents.emit('render-process-gone', {}, { reason: 'crashed' });
    expect(host.core.closed).toHaveLength(1);
    await quit(host);
  });
});

describe('the transport between page and host', () => {
  for (const { name, run } of transportCases) {
    it(name, async () => {
      const host = await start();
      await run(async () => {
        const { webContents } = windowOf(host);
        const bridge = await loadPreload(host, webContents);
        const joined = vi.waitFor(() => {
          const transport = host.core.transports[1];
          if (transport === undefined) throw new Error('the page is not connected yet');
          return transport;
        });
        bridge.send('opens the conversation');
        const left = await joined;
        return { left, right: bridgeTransport(bridge) };
      }, setTimer);
      await quit(host);
    });
  }
});

describe('a page and the real core', () => {
  it('talk through preload script and IPC', async () => {
    const host = await start({
      picked: ['/srv/shop'],
      createCore: async (ports) => createCore(ports, { autoStart: false }),
    });
    const client = new RpcClient({ setTimer });
    client.attach(bridgeTransport(await loadPreload(host, windowOf(host).webContents)));
    const { capabilities } = await client.call('app.info', {});
    expect(capabilities).toMatchObject({ pickFile: 'native', secrets: 'keychain', notifications: true });
    expect(await client.call('files.pick', { kind: 'folder' })).toEqual({ path: '/srv/shop' });
    const changed = Promise.withResolvers<string>();
    client.on('settings.changed', ({ theme }) => changed.resolve(theme));
    await client.call('settings.set', { theme: 'light' });
    expect(await changed.promise).toBe('light');
    await expect(client.call('shell.openUrl', { url: 'https://evil.example/' })).rejects.toMatchObject({
      code: 'url-not-known',
    });
    expect(host.opened).toEqual([]);
    const ran = Promise.withResolvers<string>();
    client.on('command.run', ({ id }) => ran.resolve(id));
    host.trays[0]?.menu.find(({ label }) => label === 'Fleet')?.click?.();
    expect(await ran.promise).toBe('go.fleet');
    await quit(host);
    await vi.waitFor(() => expect(client.attached).toBe(false));
  });
});
