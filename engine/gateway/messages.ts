/**
 * Messages between the master (main thread) and a gateway (worker thread), by `postMessage`.
 * The master decides what exists, the gateway moves bytes; neither shares anything else but the scoreboard.
 */
import type { EnvironEncoding } from '../config/languages.ts';
import type { RequestLogFilter } from '../config/log-settings.ts';
import type { PhpApp } from '../config/php-app.ts';
import type { RoutingSettings } from '../config/routing-settings.ts';
import type { ListenerKind, ProtocolSettings, RecyclingSettings, SocketAddress } from '../config/settings.ts';
import type { StaticSettings } from '../config/static-settings.ts';
import type { WebSocketSettings } from '../config/websocket-settings.ts';
import type { Binding } from './listener.ts';
import type { TlsMaterial } from './tls-material.ts';

/** What a gateway gets as `workerData`. */
export interface GatewayBoot {
  /** From 0. */
  gatewayId: number;
  gatewayCount: number;
  scoreboard: SharedArrayBuffer;
  /** Where it listens for workers: a unix socket path, or `127.0.0.1:0` on Windows. */
  workerEndpoint: string;
  /** Folder for request bodies that do not fit in memory; the master removes it at the end. */
  bodyFolder: string;
  /** Where the instance's caches and metrics are (engine/commons); empty: there are none. */
  commonsEndpoint: string;
  /** Hex of the 32 bytes that workers send in HELLO. */
  token: string;
  options: GatewayOptions;
}

export interface GatewayOptions {
  environEncoding: EnvironEncoding;
  /** Values of modifier1 that are requests: 0 and that of the application's language. */
  requestModifiers: readonly number[];
  /** The application takes path and query from REQUEST_URI: what routes change about them has to stand there. */
  readsTarget: boolean;
  /** SERVER_NAME of `http` and `http-socket`: the machine's name, as uWSGI does. */
  hostname: string;
  /** Length of the request queue; when full: 503. */
  listen: number;
  bufferSizeBytes: number;
  /** 0: no limit. */
  limitPostBytes: number;
  /** 0: off. */
  harakiriSeconds: number;
  /** Longest silence while a request is read or a response written. */
  socketTimeoutSeconds: number;
  httpTimeoutSeconds: number;
  /** How long an idle keep-alive connection stays open. */
  httpKeepaliveSeconds: number;
  protocols: ProtocolSettings;
  websockets: WebSocketSettings;
  routing: RoutingSettings;
  staticFiles: StaticSettings;
  /** `so-keepalive` */
  tcpKeepAlive: boolean;
  /** Open connections of one gateway; more are refused. 0: no limit. */
  maxConnections: number;
  requestLog: RequestLogOptions;
}

/** Where request lines go: written by the gateway itself, or handed to the master. */
export type RequestLogTarget = { type: 'descriptor'; fd: number } | { type: 'master' };

export interface RequestLogOptions {
  target: RequestLogTarget;
  /** What is logged when requests are not (`disable-logging`); null: all requests are. */
  exceptions: RequestLogFilter | null;
  format: string | null;
  micros: boolean;
  memoryReport: boolean;
  /** strftime's form of `%(ftime)`; null: that of Apache. */
  timeFormat: string | null;
  /** The client's address is what a trusted proxy said. */
  forwardedFor: boolean;
}

/** A worker that speaks FastCGI: php-cgi, which says no hello. */
export interface PhpWorkerSetting {
  /** The unix socket it listens on, or will. */
  endpoint: string;
  app: PhpApp;
  recycling: RecyclingSettings;
}

export type MasterToGateway =
  | {
      type: 'listen';
      listenerId: number;
      kind: ListenerKind;
      address: SocketAddress;
      binding: Binding;
      tls: TlsMaterial | null;
      /** `http-to-https`: every request is redirected. */
      redirect: { httpsPort: number | null } | null;
    }
  /** New certificates for a listener with TLS. */
  | { type: 'renew'; listenerId: number; tls: TlsMaterial }
  /** Stops accepting; open connections end after their present request. */
  | { type: 'unlisten'; listenerId: number }
  | { type: 'options'; options: GatewayOptions }
  /** A worker is about to connect; HELLOs of unknown spawn ids are refused. `slots[core]` is its place on the scoreboard. */
  | {
      type: 'expect-worker';
      spawnId: number;
      wid: number;
      pid: number;
      generation: number;
      slots: number[];
      /** Null: it connects by itself. */
      php: PhpWorkerSetting | null;
    }
  /** The process of a worker has ended. */
  | { type: 'forget-worker'; spawnId: number }
  /** New requests go to workers of this generation only. */
  | { type: 'use-generation'; generation: number }
  /** Send no more requests, take back queued ones, answer `retired` when nothing runs on it. */
  | { type: 'retire'; spawnId: number }
  /** The worker is at something else than requests, a handler of a signal say: others are to serve meanwhile. */
  | { type: 'occupied'; spawnId: number; isOccupied: boolean }
  /**
   * Answer 504 to this request if it still runs there. The worker is about to be killed, or (`keepsWorker`) cancels it
   * when `given-up` has said that its client can get nothing else.
   */
  | { type: 'harakiri'; spawnId: number; core: number; requestId: number; keepsWorker: boolean }
  | { type: 'pause'; paused: boolean }
  /** No new connections or requests; answer `drained` when all that runs is answered. */
  | { type: 'drain' }
  | { type: 'stop' };

export type GatewayToMaster =
  | { type: 'ready'; gatewayId: number; workerEndpoint: string }
  | { type: 'listening'; listenerId: number; address: SocketAddress }
  | { type: 'listen-failed'; listenerId: number; code: string; message: string }
  /** All cores and the control connection of this worker are there. */
  | { type: 'worker-connected'; spawnId: number }
  /** A core's connection ended. `lostRequest`: it was serving, its client got 502 (or 504 if harakiri was called). */
  | { type: 'core-lost'; spawnId: number; core: number; lostRequest: boolean }
  | { type: 'retired'; spawnId: number }
  /** `harakiri` with `keepsWorker`: the request runs there, its client has its 504. */
  | { type: 'given-up'; spawnId: number; requestId: number }
  /** The worker announced that it retires after its last answer (max-requests). */
  | { type: 'worker-retiring'; spawnId: number }
  /** It announced that it should be replaced, and serves on until it is retired. Said once for each worker. */
  | { type: 'worker-worn'; spawnId: number }
  /** So many requests wait, and no worker serves or half the queue is taken. */
  | { type: 'demand'; count: number }
  /** A line for the log. */
  | { type: 'trouble'; text: string }
  /** Routes raise a signal of uWSGI's framework, or an alarm. */
  | { type: 'signal'; signal: number }
  | { type: 'alarm'; alarm: string; text: string }
  /** Request lines, as a latin-1 string of bytes, each with its end. */
  | { type: 'request-lines'; text: string }
  | { type: 'drained' };
