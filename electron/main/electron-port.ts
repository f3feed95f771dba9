/**
 * The part of Electron's API that this host uses, as interfaces. main.ts passes the real module, tests a stand-in;
 * the compiler checks that the real one fits. Nothing else of this folder imports `electron` at run time.
 * https://www.electronjs.org/docs/latest/api/app
 */

export interface Rectangle {
  x: number;
  y: number;
  width: number;
  height: number;
}

export interface FrameLike {
  readonly url: string;
  readonly parent: FrameLike | null;
}

interface Preventable {
  preventDefault(): void;
}

export interface NavigationLike extends Preventable {
  url: string;
  isMainFrame: boolean;
  isSameDocument: boolean;
}

export interface WebContentsLike {
  readonly id: number;
  isDestroyed(): boolean;
  send(channel: string, ...args: unknown[]): void;
  setWindowOpenHandler(handler: (details: { url: string }) => { action: 'deny' }): void;
  on(
    event: 'will-navigate' | 'will-frame-navigate' | 'will-redirect',
    listener: (event: NavigationLike) => void,
  ): unknown;
  on(event: 'did-start-navigation', listener: (event: NavigationLike) => void): unknown;
  on(event: 'will-attach-webview', listener: (event: Preventable) => void): unknown;
  on(event: 'render-process-gone', listener: (event: unknown, details: { reason: string }) => void): unknown;
  on(event: 'destroyed', listener: () => void): unknown;
}

export interface SessionLike {
  setPermissionRequestHandler(
    handler: (contents: WebContentsLike, permission: string, callback: (isGranted: boolean) => void) => void,
  ): void;
  setPermissionCheckHandler(
    handler: (contents: WebContentsLike | null, permission: string, requestingOrigin: string) => boolean,
  ): void;
  setDevicePermissionHandler(handler: () => boolean): void;
  protocol: { handle(scheme: string, handler: (request: Request) => Promise<Response>): void };
}

export interface WindowLike {
  readonly webContents: WebContentsLike;
  loadURL(url: string): Promise<void>;
  isDestroyed(): boolean;
  isMinimized(): boolean;
  isMaximized(): boolean;
  isFocused(): boolean;
  isVisible(): boolean;
  getNormalBounds(): Rectangle;
  maximize(): void;
  restore(): void;
  show(): void;
  hide(): void;
  focus(): void;
  on(event: 'close', listener: (event: Preventable) => void): unknown;
  on(event: 'closed' | 'resize' | 'move' | 'maximize' | 'unmaximize', listener: () => void): unknown;
  once(event: 'ready-to-show', listener: () => void): unknown;
}

export interface WindowOptions extends Rectangle {
  minWidth: number;
  minHeight: number;
  show: boolean;
  title: string;
  backgroundColor: string;
  autoHideMenuBar: boolean;
  icon?: string;
  webPreferences: {
    preload: string;
    sandbox: boolean;
    contextIsolation: boolean;
    nodeIntegration: boolean;
    webSecurity: boolean;
    spellcheck: boolean;
  };
}

export interface MenuItem {
  label?: string;
  role?:
    | 'appMenu'
    | 'editMenu'
    | 'windowMenu'
    | 'quit'
    | 'close'
    | 'togglefullscreen'
    | 'toggleDevTools'
    | 'zoomIn'
    | 'zoomOut'
    | 'resetZoom';
  type?: 'separator';
  accelerator?: string;
  click?: () => void;
  submenu?: MenuItem[];
}

export interface TrayLike {
  setToolTip(text: string): void;
  setContextMenu(menu: unknown): void;
  on(event: 'click', listener: () => void): unknown;
  destroy(): void;
}

export interface NotificationLike {
  on(event: 'click', listener: () => void): unknown;
  show(): void;
}

export interface UtilityLike {
  readonly pid?: number | undefined;
  readonly stdout: NodeJS.ReadableStream | null;
  readonly stderr: NodeJS.ReadableStream | null;
  postMessage(message: string): void;
  kill(): boolean;
  on(event: 'exit', listener: (code: number) => void): unknown;
}

export interface IpcEventLike {
  readonly sender: WebContentsLike;
  readonly senderFrame: FrameLike | null;
}

export interface SafeStorageLike {
  isAsyncEncryptionAvailable(): Promise<boolean>;
  getSelectedStorageBackend?: () => string;
  encryptStringAsync(text: string): Promise<Buffer>;
  decryptStringAsync(data: Buffer): Promise<{ result: string; shouldReEncrypt: boolean }>;
}

export interface ElectronPort {
  app: {
    readonly isPackaged: boolean;
    whenReady(): Promise<void>;
    requestSingleInstanceLock(): boolean;
    setPath(name: 'userData', path: string): void;
    setAppUserModelId(id: string): void;
    enableSandbox(): void;
    quit(): void;
    exit(code: number): void;
    on(event: 'second-instance' | 'window-all-closed' | 'activate', listener: () => void): unknown;
    on(event: 'before-quit', listener: (event: Preventable) => void): unknown;
    on(event: 'web-contents-created', listener: (event: unknown, contents: WebContentsLike) => void): unknown;
  };
  BrowserWindow: new (options: WindowOptions) => WindowLike;
  Menu: {
    buildFromTemplate(template: MenuItem[]): unknown;
    setApplicationMenu(menu: unknown): void;
  };
  Tray: new (icon: string) => TrayLike;
  Notification: (new (options: { title: string; body: string }) => NotificationLike) & { isSupported(): boolean };
  dialog: {
    showErrorBox(title: string, text: string): void;
    showOpenDialog(options: {
      title: string;
      properties: ('openFile' | 'openDirectory')[];
      filters?: { name: string; extensions: string[] }[];
    }): Promise<{ canceled: boolean; filePaths: string[] }>;
  };
  ipcMain: { on(channel: string, listener: (event: IpcEventLike, ...args: unknown[]) => void): unknown };
  protocol: {
    registerSchemesAsPrivileged(
      schemes: { scheme: string; privileges: { standard: boolean; secure: boolean; supportFetchAPI: boolean } }[],
    ): void;
  };
  safeStorage: SafeStorageLike;
  screen: { getAllDisplays(): { workArea: Rectangle }[]; getPrimaryDisplay(): { workArea: Rectangle } };
  session: { readonly defaultSession: SessionLike };
  shell: { openExternal(url: string): Promise<void> };
  utilityProcess: {
    fork(
      modulePath: string,
      args: string[],
      options: { cwd: string; env: Record<string, string>; stdio: 'pipe'; serviceName: string },
    ): UtilityLike;
  };
}
