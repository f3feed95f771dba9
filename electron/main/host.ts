/**
 * The Electron host: one instance, one data folder, one core, one window with its menu, tray and notifications.
 * It decides nothing about instances. Everything of Electron comes in through the port, so that tests can drive it.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Ports } from '../core/ports.ts';
import type { Transport } from '../rpc/transport.ts';
import { createMemoryPair } from '../rpc/transport.ts';
import { type LockOwner, takeDataLock } from '../web/data-lock.ts';
import { endWithin } from '../web/end-within.ts';
import { registerAppScheme, serveAppScheme } from './app-scheme.ts';
import type { ElectronPort, TrayLike } from './electron-port.ts';
import { createUtilityEngineSpawner } from './engine-child.ts';
import { hardenContents, hardenSession } from './hardening.ts';
import { startHostClient, statusLine } from './host-client.ts';
import { createIpcConnector } from './ipc-transport.ts';
import { MainWindow } from './main-window.ts';
import { menuTemplate } from './menu.ts';
import { createSecretStore } from './secret-store.ts';

export interface HostCore {
  connect(transport: Transport): unknown;
  broadcast(event: 'command.run', payload: { id: string }): void;
  dispose(): Promise<void>;
}

export interface ElectronHostOptions {
  electron: ElectronPort;
  /** The rest of the core's ports is made here. */
  ports: Omit<
    Ports,
    'secrets' | 'windowControls' | 'notifications' | 'spawnEngine' | 'pickFile' | 'openExternal' | 'platform'
  >;
  createCore: (ports: Ports) => Promise<HostCore>;
  platform: NodeJS.Platform;
  rendererFolder: string;
  preloadPath: string;
  /** Module that a utility process runs as the engine. */
  enginePath: string;
  onError: (error: unknown) => void;
}

/** What ending may take before the process leaves all the same. */
const END_DEADLINE_MS = 1600;

export async function startElectronHost(options: ElectronHostOptions): Promise<void> {
  const { electron, ports, platform, onError } = options;
  const { app } = electron;
  app.enableSandbox();
  app.setAppUserModelId('org.reeve.console');
  // Electron wants the folder to be there, and its own lock below lies in it.
  const windowFolder = join(ports.dataFolder, 'window');
  mkdirSync(windowFolder, { recursive: true, mode: 0o700 });
  app.setPath('userData', windowFolder);
  if (!app.requestSingleInstanceLock()) {
    // The first instance hears of it and shows its window.
    app.quit();
    return;
  }
  registerAppScheme(electron.protocol);
  app.on('web-contents-created', (_event, contents) => hardenContents(contents));
  const taken = takeDataLock(ports.dataFolder);
  await app.whenReady();
  if (taken.status === 'held') {
    electron.dialog.showErrorBox('Reeve runs already', heldText(taken.owner));
    app.exit(1);
    return;
  }
  taken.lock.announce({ pid: process.pid, kind: 'window', url: null, linkSecret: null });
  hardenSession(electron.session.defaultSession);
  serveAppScheme(electron.session.defaultSession, options.rendererFolder);
  const core = await options.createCore({ ...ports, ...(await desktopPorts(options)) });

  let isQuitting = false;
  let enginesRunning = 0;
  let tray: TrayLike | null = null;
  const connector = createIpcConnector(electron.ipcMain, (transport) => core.connect(transport));
  const notify = (body: string): void => {
    if (!electron.Notification.isSupported()) return;
    const notification = new electron.Notification({ title: 'Reeve', body });
    notification.on('click', () => window.show());
    notification.show();
  };
  const iconsFolder = join(ports.resourcesFolder, 'icons');
  const window = new MainWindow({
    electron,
    preloadPath: options.preloadPath,
    iconPath: join(iconsFolder, 'icon.png'),
    statePath: join(ports.dataFolder, 'window.json'),
    // Servers that run here are not ended by closing a window; the tray stays to quit or to come back.
    hidesOnClose: () => !isQuitting && tray !== null && enginesRunning > 0,
    onHidden: () => notify(`Reeve goes on in the tray: ${enginesRunning} running here. Quit it there.`),
    onCreated: ({ webContents }) => connector.admit(webContents),
    onError,
  });
  const runCommand = (id: string): void => {
    window.show();
    core.broadcast('command.run', { id });
  };
  setMenu(options, runCommand);
  tray = makeTray(options, iconsFolder, window, runCommand);

  const pair = createMemoryPair();
  core.connect(pair.left);
  startHostClient({
    transport: pair.right,
    setTimer: (callback, ms) => ports.clock.setTimer(callback, ms),
    onStatus(status) {
      enginesRunning = status.enginesRunning;
      tray?.setToolTip(statusLine(status));
    },
    onNotice({ text }) {
      if (!window.isFocused) notify(text);
    },
    onError,
  });

  app.on('second-instance', () => window.show());
  app.on('activate', () => window.show());
  app.on('window-all-closed', () => {
    if (platform !== 'darwin') app.quit();
  });
  app.on('before-quit', (event) => {
    event.preventDefault();
    if (isQuitting) return;
    isQuitting = true;
    void endWithin(END_DEADLINE_MS, core.dispose())
      .catch(onError)
      .finally(() => {
        tray?.destroy();
        taken.lock.release();
        app.exit(0);
      });
  });
  window.show();
}

async function desktopPorts({ electron, ports, platform, enginePath }: ElectronHostOptions) {
  const { dialog, shell } = electron;
  return {
    platform,
    secrets: await createSecretStore(electron.safeStorage, platform, join(ports.dataFolder, 'secrets.json')),
    windowControls: false,
    notifications: electron.Notification.isSupported(),
    spawnEngine: createUtilityEngineSpawner(electron.utilityProcess, enginePath),
    async pickFile(kind: 'folder' | 'file'): Promise<string | null> {
      const { canceled, filePaths } = await dialog.showOpenDialog({
        title: kind === 'folder' ? 'Open a folder' : 'Open a configuration file',
        properties: [kind === 'folder' ? 'openDirectory' : 'openFile'],
        ...(kind === 'file' ? { filters: [{ name: 'uWSGI configuration', extensions: ['ini'] }] } : {}),
      });
      return canceled ? null : (filePaths[0] ?? null);
    },
    async openExternal(url: string): Promise<void> {
      const { protocol } = new URL(url);
      // The core has checked what may be opened; a scheme that could start a program is refused here once more.
      if (protocol !== 'http:' && protocol !== 'https:') throw new Error(`${protocol} addresses are not opened`);
      await shell.openExternal(url);
    },
  };
}

function setMenu({ electron, platform }: ElectronHostOptions, runCommand: (id: string) => void): void {
  const template = menuTemplate({ platform, isPackaged: electron.app.isPackaged, runCommand });
  electron.Menu.setApplicationMenu(electron.Menu.buildFromTemplate(template));
}

function makeTray(
  { electron, platform, onError }: ElectronHostOptions,
  iconsFolder: string,
  window: MainWindow,
  runCommand: (id: string) => void,
): TrayLike | null {
  try {
    // macOS colours a template image itself, to suit its menu bar.
    const tray = new electron.Tray(join(iconsFolder, platform === 'darwin' ? 'trayTemplate.png' : 'tray.png'));
    tray.setToolTip('Reeve');
    tray.setContextMenu(
      electron.Menu.buildFromTemplate([
        { label: 'Show Reeve', click: () => window.show() },
        { label: 'Fleet', click: () => runCommand('go.fleet') },
        { type: 'separator' },
        { label: 'Quit Reeve', click: () => electron.app.quit() },
      ]),
    );
    tray.on('click', () => window.show());
    return tray;
  } catch (error) {
    // Some desktops have no tray: then closing the window quits.
    onError(error);
    return null;
  }
}

function heldText(owner: LockOwner | null): string {
  if (owner?.url) return `It is open in a browser at ${owner.url} (pid ${owner.pid}). End it there first.`;
  return owner === null
    ? 'Another Reeve is starting or ending on the same data folder. Try again in a moment.'
    : `Another Reeve (pid ${owner.pid}) uses the same data folder.`;
}
