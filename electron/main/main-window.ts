/**
 * The one window: made hidden, shown when its first frame is there, its place remembered. What closing it means
 * (hide or quit) is decided by whoever owns it.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { isErrorCode } from '../core/errors.ts';
import { APP_URL } from './app-scheme.ts';
import type { ElectronPort, WindowLike } from './electron-port.ts';
import { fitWindow, parseWindowState, SMALLEST, type WindowState } from './window-state.ts';

export interface MainWindowOptions {
  electron: Pick<ElectronPort, 'BrowserWindow' | 'screen'>;
  preloadPath: string;
  iconPath: string;
  /** File that remembers the place. */
  statePath: string;
  /** True: the window hides instead of closing. */
  hidesOnClose: () => boolean;
  onHidden: () => void;
  onCreated: (window: WindowLike) => void;
  onError: (error: unknown) => void;
}

/** `--bg-0` of the dark theme: what shows until the page has painted. */
const BACKGROUND = '#0d0f11';
const SAVE_DELAY_MS = 500;

export class MainWindow {
  readonly #options: MainWindowOptions;
  #window: WindowLike | null = null;
  #saveTimer: NodeJS.Timeout | undefined;

  constructor(options: MainWindowOptions) {
    this.#options = options;
  }

  get isFocused(): boolean {
    return this.#window?.isFocused() ?? false;
  }

  /** Brings the window to the front, making it first when there is none. */
  show(): void {
    const window = this.#window;
    if (window === null) return this.#create();
    if (window.isMinimized()) window.restore();
    window.show();
    window.focus();
  }

  #create(): void {
    const { electron, preloadPath, iconPath, onCreated, onError } = this.#options;
    const state = this.#readState();
    const displays = electron.screen.getAllDisplays().map(({ workArea }) => workArea);
    const window = new electron.BrowserWindow({
      ...fitWindow(state, displays, electron.screen.getPrimaryDisplay().workArea),
      minWidth: SMALLEST.width,
      minHeight: SMALLEST.height,
      show: false,
      title: 'Reeve',
      backgroundColor: BACKGROUND,
      autoHideMenuBar: true,
      icon: iconPath,
      webPreferences: {
        preload: preloadPath,
        sandbox: true,
        contextIsolation: true,
        nodeIntegration: false,
        webSecurity: true,
        spellcheck: false,
      },
    });
    this.#window = window;
    if (state?.isMaximized === true) window.maximize();
    window.once('ready-to-show', () => window.show());
    for (const event of ['resize', 'move', 'maximize', 'unmaximize'] as const) {
      window.on(event, () => this.#saveSoon());
    }
    window.on('close', (event) => {
      this.#save();
      if (!this.#options.hidesOnClose()) return;
      event.preventDefault();
      window.hide();
      this.#options.onHidden();
    });
    window.on('closed', () => {
      clearTimeout(this.#saveTimer);
      this.#window = null;
    });
    onCreated(window);
    window.loadURL(APP_URL).catch(onError);
  }

  #readState(): WindowState | null {
    try {
      return parseWindowState(readFileSync(this.#options.statePath, 'utf8'));
    } catch (error) {
      if (!isErrorCode(error, 'ENOENT')) this.#options.onError(error);
      return null;
    }
  }

  #saveSoon(): void {
    clearTimeout(this.#saveTimer);
    this.#saveTimer = setTimeout(() => this.#save(), SAVE_DELAY_MS);
  }

  #save(): void {
    const window = this.#window;
    if (window === null || window.isDestroyed()) return;
    const state: WindowState = { bounds: window.getNormalBounds(), isMaximized: window.isMaximized() };
    try {
      writeFileSync(this.#options.statePath, `${JSON.stringify(state)}\n`, { mode: 0o600 });
    } catch (error) {
      // A full disk costs the remembered place, not the window.
      this.#options.onError(error);
    }
  }
}
