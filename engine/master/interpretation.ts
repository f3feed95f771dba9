/**
 * What settings mean for the machine and for the gateways, and whether this machine can do as they say.
 */
import { hostname } from 'node:os';
import { formatAddress } from '../config/address.ts';
import { LANGUAGES } from '../config/languages.ts';
import { listenerLabel } from '../config/listener-names.ts';
import type { EngineSettings } from '../config/settings.ts';
import { EngineError, formatEngineError } from '../errors.ts';
import type { GatewayOptions, RequestLogOptions, RequestLogTarget } from '../gateway/messages.ts';
import { SLOT_COUNT } from '../scoreboard.ts';
import type { Plan } from './events.ts';
import { connectionLimit } from './file-limit.ts';
import { checkPhp } from './php-process.ts';
import { type RuntimePlace, runtimeProgram } from './runtimes.ts';

/** A loop that turns cancels a request at once; one that does not in this time is taken for blocked. */
const CANCEL_MS = 1000;

export function planOf(settings: EngineSettings): Plan {
  const canFork = LANGUAGES[settings.app.language].forks && process.platform !== 'win32';
  return {
    processes: settings.processes,
    threads: settings.threads,
    spawn: canFork && !settings.lazyApps ? 'fork' : 'fresh',
    needApp: settings.needApp,
    mercyMs: settings.workerReloadMercySeconds * 1000,
    cheaper: settings.cheaper.least > 0 ? settings.cheaper : null,
    startsAsleep: settings.sleep.startsAsleep,
    idleMs: settings.sleep.idleSeconds * 1000,
    stopsWhenIdle: settings.sleep.stopsWhenIdle,
    forkbombDelayMs: settings.forkbombDelaySeconds * 1000,
    isLazy: settings.lazy,
    exitOnReload: settings.exitOnReload,
    reloadTimeoutMs: settings.reloadTimeoutSeconds * 1000,
    lifetimeMs: settings.recycling.maxLifetimeSeconds * 1000,
    lifetimeDeltaMs: settings.recycling.maxLifetimeDeltaSeconds * 1000,
    harakiri: {
      graceMs: settings.harakiri.gracefulTimeoutSeconds * 1000,
      signal: settings.harakiri.gracefulSignal,
      cancelMs: settings.loop.type === 'threads' ? 0 : CANCEL_MS,
    },
  };
}

export function gatewayOptions(settings: EngineSettings, logTarget: RequestLogTarget): GatewayOptions {
  return {
    environEncoding: LANGUAGES[settings.app.language].environ,
    requestModifiers: [...new Set([0, LANGUAGES[settings.app.language].modifier1])],
    readsTarget: settings.app.language === 'javascript',
    hostname: hostname(),
    listen: settings.queueLength,
    bufferSizeBytes: settings.bufferSizeBytes,
    limitPostBytes: settings.limitPostBytes,
    harakiriSeconds: settings.harakiri.seconds,
    socketTimeoutSeconds: settings.socketTimeoutSeconds,
    httpTimeoutSeconds: settings.httpTimeoutSeconds,
    httpKeepaliveSeconds: settings.protocols.closesConnections ? 0 : settings.httpKeepaliveSeconds,
    protocols: settings.protocols,
    websockets: settings.websockets,
    routing: settings.routing,
    staticFiles: settings.staticFiles,
    tcpKeepAlive: settings.sockets.keepAlive,
    maxConnections: connectionLimit(settings),
    requestLog: requestLogOptions(settings, logTarget),
  };
}

function requestLogOptions(settings: EngineSettings, target: RequestLogTarget): RequestLogOptions {
  const { log } = settings;
  return {
    target,
    exceptions: settings.disableLogging ? log.requestFilter : null,
    format: settings.logFormat,
    micros: log.micros,
    memoryReport: settings.memoryReport,
    timeFormat: log.formatTimes ? log.dateFormat : null,
    forwardedFor: log.forwardedFor,
  };
}

/** Throws EngineError when these settings can not be run here. */
export function checkSettings(settings: EngineSettings, place: RuntimePlace): void {
  const cores = settings.processes * settings.threads;
  // Twice: a reload has both generations for a while.
  if (cores * 2 > SLOT_COUNT) {
    const message = `${cores} cores (processes times threads) are more than ${SLOT_COUNT / 2}.`;
    throw new EngineError('too-many-cores', message);
  }
  if (settings.sockets.workerAccept && process.platform === 'win32') {
    throw new EngineError('worker-accept-unavailable', "'worker-accept' is not there on Windows.");
  }
  if (settings.app.language === 'php') checkPhp(settings.app);
  runtimeProgram(settings, place);
}

/** Why a reload can not go over to settings that are valid as such; null: it can. */
export function objectionTo(next: EngineSettings, present: EngineSettings, place: RuntimePlace): string | null {
  try {
    checkSettings(next, place);
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    return formatEngineError(error);
  }
  return reloadObstacle(present, next);
}

function reloadObstacle(present: EngineSettings, next: EngineSettings): string | null {
  if (LANGUAGES[present.app.language].environ !== LANGUAGES[next.app.language].environ) {
    return 'The language of the application has changed. Stop the engine and start it again.';
  }
  if (present.sockets.workerAccept !== next.sockets.workerAccept) {
    return "'worker-accept' has changed, which only a start can follow. Stop the engine and start it again.";
  }
  if ((present.sockets.gateways === 0) !== (next.sockets.gateways === 0)) {
    const text =
      present.sockets.gateways === 0 ? 'has an address to answer on now' : 'has no address to answer on any more';
    return `The server ${text}, which only a start can follow. Stop the engine and start it again.`;
  }
  if (JSON.stringify(present.system.identity) !== JSON.stringify(next.system.identity)) {
    return "'uid', 'gid' or 'add-gid' has changed, which only a start can follow. Stop the engine and start it again.";
  }
  const kinds = new Map(present.listeners.map((one) => [formatAddress(one.address), listenerLabel(one)]));
  const changed = next.listeners.find((one) => {
    const kind = kinds.get(formatAddress(one.address));
    return kind !== undefined && kind !== listenerLabel(one);
  });
  if (changed === undefined) return null;
  return `${changed.text} was another kind of socket before. Stop the engine and start it again, or use another address.`;
}
