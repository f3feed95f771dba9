/** What settings mean for the machine and for the gateways. Pure but for the machine's name. */
import { hostname } from 'node:os';
import type { EngineSettings } from '../config/settings.ts';
import type { GatewayOptions } from '../gateway/messages.ts';
import type { Plan } from './events.ts';

export function planOf(settings: EngineSettings): Plan {
  const canFork = settings.app.language !== 'javascript' && process.platform !== 'win32';
  return {
    processes: settings.processes,
    threads: settings.threads,
    spawn: canFork && !settings.lazyApps ? 'fork' : 'fresh',
    needApp: settings.needApp,
    mercyMs: settings.workerReloadMercySeconds * 1000,
  };
}

export function gatewayOptions(settings: EngineSettings, logFd: number): GatewayOptions {
  return {
    environEncoding: settings.app.language === 'javascript' ? 'json' : 'marshal',
    hostname: hostname(),
    listen: settings.listen,
    bufferSizeBytes: settings.bufferSizeBytes,
    limitPostBytes: settings.limitPostBytes,
    harakiriSeconds: settings.harakiriSeconds,
    socketTimeoutSeconds: settings.socketTimeoutSeconds,
    httpTimeoutSeconds: settings.httpTimeoutSeconds,
    httpKeepaliveSeconds: settings.httpKeepaliveSeconds,
    logFd: settings.disableLogging ? -1 : logFd,
    logFormat: settings.logFormat,
    logMicros: false,
    memoryReport: settings.memoryReport,
  };
}
