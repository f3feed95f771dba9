/** Starts the Electron host on a stand-in for Electron, with a core that only keeps what reaches it. */
import { join } from 'node:path';
import { systemClock } from '../../core/node-ports.ts';
import type { Ports } from '../../core/ports.ts';
import type { Transport } from '../../rpc/transport.ts';
import { encodeEvent, encodeResult, parseCall } from '../../rpc/wire.ts';
import { type HostCore, startElectronHost } from '../host.ts';
import { createElectronStandIn, type StandIn, type StandInOptions, type StandInWindow } from './electron-stand-in.ts';

export const STATUS = { up: 2, down: 1, pollLagMs: null, bytesPerSec: 0, enginesRunning: 1, recordedMs: 0 };

/** Answers the one call of the host itself; whatever a page sends is kept. */
export class FakeCore implements HostCore {
  readonly transports: Transport[] = [];
  readonly texts: string[] = [];
  readonly closed: Transport[] = [];
  isDisposed = false;
  enginesRunning = 1;
  ports: Ports | null = null;

  connect(transport: Transport): void {
    this.transports.push(transport);
    transport.onClose = () => this.closed.push(transport);
    transport.onMessage = (text) => {
      this.texts.push(text);
      const call = parseCall(text);
      if (call?.method !== 'instances.list') return;
      const { enginesRunning } = this;
      transport.send(encodeResult(call.id, { seq: 0, instances: [], status: { ...STATUS, enginesRunning } }));
    };
  }

  broadcast(event: 'command.run', payload: { id: string }): void {
    for (const transport of this.transports) transport.send(encodeEvent(event, payload));
  }

  async dispose(): Promise<void> {
    this.isDisposed = true;
  }
}

export interface Started extends StandIn {
  core: FakeCore;
  errors: unknown[];
}

export interface StartOptions extends StandInOptions {
  platform?: NodeJS.Platform;
  enginesRunning?: number;
  /** Instead of the fake one. */
  createCore?: (ports: Ports) => Promise<HostCore>;
}

/** `folder` has the renderer and gets the data folder. */
export async function startHost(folder: string, options: StartOptions = {}): Promise<Started> {
  const standIn = createElectronStandIn(options);
  const core = new FakeCore();
  core.enginesRunning = options.enginesRunning ?? 1;
  const errors: unknown[] = [];
  await startElectronHost({
    electron: standIn.electron,
    ports: {
      dataFolder: join(folder, 'data'),
      resourcesFolder: join(folder, 'resources'),
      homeFolder: folder,
      version: '0.1.0',
      hostname: 'laptop',
      env: {},
      clock: systemClock,
    },
    createCore: async (ports) => {
      core.ports = ports;
      return options.createCore?.(ports) ?? core;
    },
    platform: options.platform ?? 'linux',
    rendererFolder: join(folder, 'renderer'),
    preloadPath: '/out/preload/preload.cjs',
    enginePath: '/out/main/engine-process.js',
    onError: (error) => errors.push(error),
  });
  return { ...standIn, core, errors };
}

export function windowOf({ windows }: StandIn): StandInWindow {
  const [window] = windows;
  if (window === undefined) throw new Error('there is no window');
  return window;
}

/** Ends the host as its user would, and waits until the process would be gone. */
export async function quit(host: Started): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  host.app.once('exited', resolve);
  host.electron.app.quit();
  await promise;
}
