/** Options of a gateway under test: plain defaults, and how a listener without TLS is bound. */
import { defaultProtocols } from '../../config/options/requests.ts';
import { defaultRouting } from '../../config/routing-settings.ts';
import { defaultStatic } from '../../config/static-settings.ts';
import { defaultWebSockets } from '../../config/websocket-settings.ts';
import type { GatewayOptions, MasterToGateway, RequestLogOptions } from '../messages.ts';

/** Request lines that go to the master, in uWSGI's default form. */
export const PLAIN_REQUEST_LOG: RequestLogOptions = {
  target: { type: 'master' },
  exceptions: null,
  format: null,
  micros: false,
  memoryReport: false,
  timeFormat: null,
  forwardedFor: false,
};

export const PLAIN_BINDING = {
  binding: { backlog: 10, mode: null, owner: null, reusePort: false, isAlone: true },
  tls: null,
  redirect: null,
} satisfies Partial<Extract<MasterToGateway, { type: 'listen' }>>;

/** @param differences what is not as by default */
export function plainGatewayOptions(differences: Partial<GatewayOptions> = {}): GatewayOptions {
  return {
    environEncoding: 'marshal',
    requestModifiers: [0],
    readsTarget: false,
    hostname: 'test-host',
    listen: 100,
    bufferSizeBytes: 65536,
    limitPostBytes: 0,
    harakiriSeconds: 0,
    socketTimeoutSeconds: 4,
    httpTimeoutSeconds: 60,
    httpKeepaliveSeconds: 30,
    tcpKeepAlive: false,
    maxConnections: 0,
    protocols: defaultProtocols(),
    routing: defaultRouting(),
    websockets: defaultWebSockets(),
    staticFiles: defaultStatic(),
    requestLog: PLAIN_REQUEST_LOG,
    ...differences,
  };
}
