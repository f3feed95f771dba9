/** The settings of a configuration that says nothing. */
import { defaultAlarmSettings } from './alarm-settings.ts';
import { defaultCheaper, defaultSleep } from './cheaper-settings.ts';
import { defaultCommons } from './commons-settings.ts';
import { defaultCronSettings } from './cron-settings.ts';
import { defaultEmperor } from './emperor-settings.ts';
import { defaultLogSettings } from './log-settings.ts';
import { defaultMetricSettings } from './metric-settings.ts';
import { defaultMules } from './mule-settings.ts';
import { defaultRecycling } from './options/recycling.ts';
import { defaultProtocols } from './options/requests.ts';
import type { Resolved } from './resolve.ts';
import { defaultRouting } from './routing-settings.ts';
import type { EngineSettings } from './settings.ts';
import { defaultSignals } from './signal-settings.ts';
import { defaultSpooler } from './spooler-settings.ts';
import { defaultStatic } from './static-settings.ts';
import { defaultStatsSettings } from './stats-settings.ts';
import { defaultSystemSettings } from './system-settings.ts';
import { defaultWebSockets } from './websocket-settings.ts';

/** What holds where the configuration says nothing. */
export function defaultSettings(resolved: Resolved): EngineSettings {
  return {
    configFiles: resolved.files,
    options: resolved.options,
    listeners: [],
    protocols: defaultProtocols(),
    tls: {
      names: [],
      folder: null,
      folderCiphers: null,
      sessionSeconds: 0,
      sessionContext: null,
      opensslOptions: 0,
      isVerbose: false,
    },
    sockets: { gateways: 1, owner: null, workerAccept: false, keepAlive: false, reusePort: false, maxFiles: 0 },
    app: { language: 'none' },
    master: false,
    processes: 1,
    threads: 1,
    loop: { type: 'threads' },
    enableThreads: false,
    websockets: defaultWebSockets(),
    staticFiles: defaultStatic(),
    cheaper: defaultCheaper(),
    commons: defaultCommons(),
    routing: defaultRouting(),
    sleep: defaultSleep(),
    checkIntervalSeconds: 1,
    forkbombDelaySeconds: 2,
    listCheaperAlgorithms: false,
    lazyApps: false,
    lazy: false,
    needApp: false,
    chdir: null,
    env: [],
    companions: [],
    mules: defaultMules(),
    signals: defaultSignals(),
    spooler: defaultSpooler(),
    alarms: defaultAlarmSettings(),
    cron: defaultCronSettings(),
    metrics: defaultMetricSettings(),
    emperor: defaultEmperor(),
    harakiri: { seconds: 0, verbose: false, gracefulTimeoutSeconds: 0, gracefulSignal: 15, queueThreshold: 0 },
    recycling: defaultRecycling(),
    workerReloadMercySeconds: 60,
    reloadTimeoutSeconds: 0,
    exitOnReload: false,
    listen: 100,
    queueLength: 1024,
    bufferSizeBytes: 65_536,
    limitPostBytes: 0,
    socketTimeoutSeconds: 4,
    httpTimeoutSeconds: 60,
    httpKeepaliveSeconds: 30,
    stats: [],
    statistics: defaultStatsSettings(),
    statsHttp: false,
    statsMinified: false,
    statsNoCores: false,
    masterFifos: [],
    touches: [],
    pidfile: null,
    system: defaultSystemSettings(),
    dieOnTerm: false,
    vacuum: false,
    chmodSocket: null,
    logto: null,
    logFormat: null,
    disableLogging: false,
    log: defaultLogSettings(),
    memoryReport: false,
    autoProcname: false,
    procnamePrefix: '',
    strict: false,
    showConfig: false,
  };
}
