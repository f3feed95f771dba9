/**
 * The bridge between the page and the Electron host: two functions on one channel, and nothing else of Electron.
 * The host checks every message; the page gets text only, never an Electron event object. `null` ends a conversation.
 */
import { contextBridge, ipcRenderer } from 'electron';

const CHANNEL = 'reeve-rpc';

contextBridge.exposeInMainWorld('reeve', {
  send(text: unknown): void {
    if (typeof text === 'string' || text === null) ipcRenderer.send(CHANNEL, text);
  },
  onMessage(listener: (text: string | null) => void): () => void {
    const forward = (_event: unknown, text: unknown): void => {
      if (typeof text === 'string' || text === null) listener(text);
    };
    ipcRenderer.on(CHANNEL, forward);
    return () => {
      ipcRenderer.off(CHANNEL, forward);
    };
  },
});
