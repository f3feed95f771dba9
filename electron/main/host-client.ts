/**
 * The Electron host as a client of its own core: it hears what the page hears, over the same contract, and turns it
 * into what only a desktop has: a line at the tray and a notification while nobody looks at the window.
 */

import type { EventPayload } from '../contract/api.ts';
import type { Status } from '../contract/model.ts';
import { RpcClient } from '../rpc/client.ts';
import type { SetTimer, Transport } from '../rpc/transport.ts';

export interface HostClientOptions {
  transport: Transport;
  setTimer: SetTimer;
  onStatus: (status: Status) => void;
  onNotice: (notice: EventPayload<'notice'>) => void;
  onError: (error: unknown) => void;
}

/** Starts listening; ends with its transport. */
export function startHostClient({ transport, setTimer, onStatus, onNotice, onError }: HostClientOptions): void {
  const client = new RpcClient({ setTimer, onProtocolError: onError });
  client.on('instances.changed', ({ status }) => onStatus(status));
  client.on('notice', onNotice);
  client.attach(transport);
  client.call('instances.list', {}).then(({ status }) => onStatus(status), onError);
}

/** The line at the tray: what is up, what is not, what runs here. */
export function statusLine({ up, down, enginesRunning }: Pick<Status, 'up' | 'down' | 'enginesRunning'>): string {
  return `Reeve: ${up} up, ${down} down, ${enginesRunning} running here`;
}
