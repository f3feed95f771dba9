/**
 * RPC transports over Electron's IPC: one channel, text messages. Each load of the page is a conversation of its own:
 * the first message opens it, a navigation or the end of the page's process closes it, so that nothing of an earlier
 * page reaches a later one; `null` is the end, from either side. Messages of anything but the main frame of the app's own page are dropped.
 */
import type { Transport } from '../rpc/transport.ts';
import { MAX_MESSAGE_CHARS } from '../rpc/wire.ts';
import { isAppUrl } from './app-scheme.ts';
import type { ElectronPort, IpcEventLike, WebContentsLike } from './electron-port.ts';

/** The one channel; preload.ts uses the same name. */
export const CHANNEL = 'reeve-rpc';

export interface IpcConnector {
  /** Lets the page of this window talk. */
  admit(contents: WebContentsLike): void;
}

/** `connect` is called with a transport for each load of an admitted page, at its first message. */
export function createIpcConnector(
  ipcMain: ElectronPort['ipcMain'],
  connect: (transport: Transport) => void,
): IpcConnector {
  const admitted = new Set<number>();
  const open = new Map<number, IpcTransport>();

  const end = (id: number): void => open.get(id)?.end();
  ipcMain.on(CHANNEL, (event, text) => {
    if (!isFromApp(event, admitted)) return;
    if (text === null) return end(event.sender.id);
    if (typeof text !== 'string' || text.length > MAX_MESSAGE_CHARS) return;
    let transport = open.get(event.sender.id);
    if (transport === undefined) {
      const { sender } = event;
      transport = new IpcTransport(sender, () => open.delete(sender.id));
      open.set(sender.id, transport);
      connect(transport);
    }
    transport.onMessage?.(text);
  });

  return {
    admit(contents) {
      admitted.add(contents.id);
      contents.on('did-start-navigation', ({ isMainFrame, isSameDocument }) => {
        if (isMainFrame && !isSameDocument) end(contents.id);
      });
      contents.on('render-process-gone', () => end(contents.id));
      contents.on('destroyed', () => {
        admitted.delete(contents.id);
        end(contents.id);
      });
    },
  };
}

function isFromApp({ sender, senderFrame }: IpcEventLike, admitted: ReadonlySet<number>): boolean {
  return admitted.has(sender.id) && senderFrame !== null && senderFrame.parent === null && isAppUrl(senderFrame.url);
}

class IpcTransport implements Transport {
  onMessage: ((text: string) => void) | null = null;
  onClose: (() => void) | null = null;
  readonly #contents: WebContentsLike;
  readonly #onEnd: () => void;
  #isOpen = true;

  constructor(contents: WebContentsLike, onEnd: () => void) {
    this.#contents = contents;
    this.#onEnd = onEnd;
  }

  send(text: string): void {
    if (this.#isOpen && !this.#contents.isDestroyed()) this.#contents.send(CHANNEL, text);
  }

  close(): void {
    if (!this.#isOpen) return;
    if (!this.#contents.isDestroyed()) this.#contents.send(CHANNEL, null);
    this.end();
  }

  /** The page ended the conversation, or is gone. */
  end(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#onEnd();
    this.onClose?.();
  }
}
