/** What gateways tell the master: each message goes to the part whose business it is, or becomes an event of the machine. */
import type { GatewayToMaster } from '../gateway/messages.ts';
import type { Accounts } from './accounts.ts';
import type { Direct } from './direct.ts';
import type { EngineLog } from './engine-log.ts';
import type { MasterEvent } from './events.ts';
import type { GatewayPool } from './gateway-pool.ts';
import type { Listeners } from './listeners.ts';
import type { MasterState } from './machine-state.ts';
import type { RuntimePlace } from './runtimes.ts';

export interface GatewayHearers {
  accounts: Accounts;
  /** `worker-accept`; null: the gateways accept. */
  direct: Direct | null;
  listeners: Listeners;
  log: EngineLog;
  place: RuntimePlace;
  enqueue: (event: MasterEvent) => void;
  /** Harakiri: the worker lets go of this request. */
  cancelRequest: (spawnId: number, requestId: number) => void;
  /** A signal of uWSGI's framework. */
  raiseSignal: (signal: number) => void;
  /** False: there is no such alarm. */
  raiseAlarm: (alarm: string, text: string) => boolean;
}

export function hearGateway(hearers: GatewayHearers, gatewayId: number, message: GatewayToMaster): void {
  const { accounts, direct, enqueue, listeners, log, place } = hearers;
  switch (message.type) {
    case 'ready':
      return;
    case 'listening':
    case 'listen-failed':
      return listeners.said(gatewayId, message);
    case 'worker-connected':
      accounts.connected(message.spawnId);
      direct?.connected(message.spawnId, place);
      return enqueue({ type: 'worker-connected', spawnId: message.spawnId });
    case 'core-lost':
      return accounts.coreLost(message.spawnId);
    case 'retired':
      return enqueue({ type: 'worker-drained', spawnId: message.spawnId });
    case 'given-up':
      return hearers.cancelRequest(message.spawnId, message.requestId);
    case 'worker-retiring':
      return enqueue({ type: 'worker-recycling', spawnId: message.spawnId });
    case 'worker-worn':
      return enqueue({ type: 'worker-worn', spawnId: message.spawnId });
    case 'demand':
      return enqueue({ type: 'demand', count: message.count });
    case 'trouble':
      return log.write(message.text);
    case 'signal':
      return hearers.raiseSignal(message.signal);
    case 'alarm':
      if (!hearers.raiseAlarm(message.alarm, message.text))
        log.write(`routes name the alarm '${message.alarm}', which does not exist`);
      return;
    case 'request-lines':
      return log.requestLines(message.text);
    case 'drained':
      return enqueue({ type: 'gateways-drained' });
  }
}

/** A gateway was started again in the place of one that crashed: it learns what that one knew. */
export function greetGateway(gateways: GatewayPool, { active, paused }: MasterState): void {
  gateways.tell({ type: 'use-generation', generation: active });
  gateways.tell({ type: 'pause', paused });
}
