/**
 * A stand-in for Electron: keeps what the host registers and lets a test be the user, the page and the operating
 * system. Only as much behaviour as the host relies on: preventable events, IPC between a page and the host, windows
 * that can be closed, a scheme that can be asked.
 */
import { EventEmitter } from 'node:events';
import { existsSync } from 'node:fs';
import { PassThrough } from 'node:stream';
import type { ElectronPort, FrameLike, IpcEventLike, MenuItem, Rectangle, WindowOptions } from '../electron-port.ts';

class Preventable {
  isPrevented = false;
  preventDefault(): void {
    this.isPrevented = true;
  }
}

export class StandInContents extends EventEmitter {
  readonly id: number;
  readonly sent: unknown[][] = [];
  windowOpenHandler: ((details: { url: string }) => { action: 'deny' }) | null = null;
  /** What the page's `ipcRenderer.on` hears. */
  readonly page = new EventEmitter();
  #isDestroyed = false;

  constructor(id: number) {
    super();
    this.id = id;
  }

  isDestroyed(): boolean {
    return this.#isDestroyed;
  }

  send(channel: string, ...args: unknown[]): void {
    this.sent.push([channel, ...args]);
    // A page hears of it in a later turn, as over a real process boundary.
    setImmediate(() => this.page.emit(channel, {}, ...args));
  }

  setWindowOpenHandler(handler: (details: { url: string }) => { action: 'deny' }): void {
    this.windowOpenHandler = handler;
  }

  /** True when the host let it happen. */
  try(event: 'will-navigate' | 'will-frame-navigate' | 'will-redirect' | 'will-attach-webview', url = ''): boolean {
    const details = Object.assign(new Preventable(), { url, isMainFrame: true, isSameDocument: false });
    this.emit(event, details);
    return !details.isPrevented;
  }

  startNavigation(url: string, isSameDocument = false): void {
    this.emit('did-start-navigation', Object.assign(new Preventable(), { url, isMainFrame: true, isSameDocument }));
  }

  destroy(): void {
    this.#isDestroyed = true;
    this.emit('destroyed');
  }
}

export class StandInWindow extends EventEmitter {
  readonly webContents: StandInContents;
  readonly options: WindowOptions;
  readonly urls: string[] = [];
  bounds: Rectangle;
  isShown = false;
  isOnTop = false;
  #isMaximized = false;
  #isMinimized = false;
  #isDestroyed = false;

  constructor(options: WindowOptions, contents: StandInContents) {
    super();
    this.options = options;
    this.webContents = contents;
    this.bounds = { x: options.x, y: options.y, width: options.width, height: options.height };
  }

  async loadURL(url: string): Promise<void> {
    this.urls.push(url);
  }
  isDestroyed = (): boolean => this.#isDestroyed;
  isMinimized = (): boolean => this.#isMinimized;
  isMaximized = (): boolean => this.#isMaximized;
  isFocused = (): boolean => this.isOnTop;
  isVisible = (): boolean => this.isShown;
  getNormalBounds = (): Rectangle => this.bounds;
  maximize(): void {
    this.#isMaximized = true;
  }
  minimize(): void {
    this.#isMinimized = true;
  }
  restore(): void {
    this.#isMinimized = false;
  }
  show(): void {
    this.isShown = true;
  }
  hide(): void {
    this.isShown = false;
  }
  focus(): void {
    this.isOnTop = true;
  }

  /** The user closes the window; true when it is gone. */
  close(): boolean {
    const event = new Preventable();
    this.emit('close', event);
    if (event.isPrevented) return false;
    this.#isDestroyed = true;
    this.webContents.destroy();
    this.emit('closed');
    return true;
  }
}

export class StandInUtility extends EventEmitter {
  readonly stdout = new PassThrough();
  readonly stderr = new PassThrough();
  readonly pid: number | undefined = undefined;
  readonly messages: string[] = [];
  readonly modulePath: string;
  readonly args: string[];

  constructor(modulePath: string, args: string[]) {
    super();
    this.modulePath = modulePath;
    this.args = args;
  }

  postMessage(message: string): void {
    this.messages.push(message);
  }

  kill(): boolean {
    this.emit('exit', 9);
    return true;
  }
}

export interface StandIn {
  electron: ElectronPort;
  app: EventEmitter & { exitCode: number | null };
  windows: StandInWindow[];
  utilities: StandInUtility[];
  notifications: { body: string; click(): void }[];
  errorBoxes: string[];
  opened: string[];
  applicationMenu: MenuItem[];
  trays: { toolTip: string; menu: MenuItem[]; isDestroyed: boolean; click(): void }[];
  permissions: {
    request: ((contents: StandInContents, permission: string, callback: (isGranted: boolean) => void) => void) | null;
    check: ((contents: null, permission: string, origin: string) => boolean) | null;
    device: (() => boolean) | null;
  };
  schemes: Map<string, (request: Request) => Promise<Response>>;
  privileged: string[];
  /** A page (or something that pretends to be one) sends over IPC. */
  sendFromPage(contents: StandInContents, text: unknown, frame?: FrameLike | null, channel?: string): void;
}

export interface StandInOptions {
  isFirstInstance?: boolean;
  hasTray?: boolean;
  backend?: string;
  isEncryptionAvailable?: boolean;
  displays?: Rectangle[];
  picked?: string[];
}

export const APP_FRAME: FrameLike = { url: 'reeve://app/', parent: null };

export function createElectronStandIn(options: StandInOptions = {}): StandIn {
  const displays = options.displays ?? [{ x: 0, y: 0, width: 1920, height: 1080 }];
  const app = Object.assign(new EventEmitter(), { exitCode: null as number | null });
  const ipc = new EventEmitter();
  let lastContentsId = 0;

  const standIn: Omit<StandIn, 'electron'> = {
    app,
    windows: [],
    utilities: [],
    notifications: [],
    errorBoxes: [],
    opened: [],
    applicationMenu: [],
    trays: [],
    permissions: { request: null, check: null, device: null },
    schemes: new Map(),
    privileged: [],
    sendFromPage(sender, text, senderFrame = APP_FRAME, channel = 'reeve-rpc') {
      const event: IpcEventLike = { sender, senderFrame };
      ipc.emit(channel, event, text);
    },
  };

  const electron: ElectronPort = {
    app: {
      isPackaged: true,
      whenReady: async () => undefined,
      requestSingleInstanceLock: () => options.isFirstInstance ?? true,
      setPath(_name, path) {
        // As Electron does.
        if (!existsSync(path)) throw new Error(`the folder ${path} does not exist`);
      },
      setAppUserModelId: () => undefined,
      enableSandbox: () => undefined,
      quit() {
        const event = new Preventable();
        app.emit('before-quit', event);
        if (!event.isPrevented) app.exitCode = 0;
      },
      exit(code) {
        app.exitCode = code;
        app.emit('exited');
      },
      on(event: string, listener: Parameters<EventEmitter['on']>[1]) {
        app.on(event, listener);
      },
    },
    BrowserWindow: class extends StandInWindow {
      constructor(windowOptions: WindowOptions) {
        lastContentsId += 1;
        const contents = new StandInContents(lastContentsId);
        super(windowOptions, contents);
        standIn.windows.push(this);
        app.emit('web-contents-created', {}, contents);
      }
    },
    Menu: {
      buildFromTemplate: (template) => template,
      setApplicationMenu(menu) {
        standIn.applicationMenu.splice(0, Number.POSITIVE_INFINITY, ...asMenu(menu));
      },
    },
    Tray: class {
      readonly #state = { toolTip: '', menu: [] as MenuItem[], isDestroyed: false, click: () => undefined as void };
      constructor() {
        if (options.hasTray === false) throw new Error('there is no tray here');
        standIn.trays.push(this.#state);
      }
      setToolTip(text: string): void {
        this.#state.toolTip = text;
      }
      setContextMenu(menu: unknown): void {
        this.#state.menu = asMenu(menu);
      }
      on(_event: 'click', listener: () => void): void {
        this.#state.click = listener;
      }
      destroy(): void {
        this.#state.isDestroyed = true;
      }
    },
    Notification: class {
      static isSupported = (): boolean => true;
      readonly #state: { body: string; click(): void };
      constructor({ body }: { body: string }) {
        this.#state = { body, click: () => undefined };
      }
      on(_event: 'click', listener: () => void): void {
        this.#state.click = listener;
      }
      show(): void {
        standIn.notifications.push(this.#state);
      }
    },
    dialog: {
      showErrorBox(title, text) {
        standIn.errorBoxes.push(`${title}: ${text}`);
      },
      showOpenDialog: async () => ({ canceled: options.picked === undefined, filePaths: options.picked ?? [] }),
    },
    ipcMain: { on: (channel, listener) => ipc.on(channel, listener) },
    protocol: {
      registerSchemesAsPrivileged(schemes) {
        standIn.privileged.push(...schemes.map(({ scheme }) => scheme));
      },
    },
    safeStorage: {
      isAsyncEncryptionAvailable: async () => options.isEncryptionAvailable ?? true,
      getSelectedStorageBackend: () => options.backend ?? 'gnome_libsecret',
      encryptStringAsync: async (text) => Buffer.from(`locked ${text}`),
      decryptStringAsync: async (data) => ({
        result: data.toString('utf8').replace('locked ', ''),
        shouldReEncrypt: false,
      }),
    },
    screen: {
      getAllDisplays: () => displays.map((workArea) => ({ workArea })),
      getPrimaryDisplay: () => ({ workArea: displays[0] ?? { x: 0, y: 0, width: 1280, height: 720 } }),
    },
    session: {
      defaultSession: {
        setPermissionRequestHandler(handler) {
          standIn.permissions.request = handler;
        },
        setPermissionCheckHandler(handler) {
          standIn.permissions.check = handler;
        },
        setDevicePermissionHandler(handler) {
          standIn.permissions.device = handler;
        },
        protocol: {
          handle(scheme, handler) {
            standIn.schemes.set(scheme, handler);
          },
        },
      },
    },
    shell: {
      async openExternal(url) {
        standIn.opened.push(url);
      },
    },
    utilityProcess: {
      fork(modulePath, args) {
        const utility = new StandInUtility(modulePath, args);
        standIn.utilities.push(utility);
        return utility;
      },
    },
  };
  return { ...standIn, electron };
}

/** The stand-in's menus are their templates. */
function asMenu(menu: unknown): MenuItem[] {
  return Array.isArray(menu) ? menu : [];
}
