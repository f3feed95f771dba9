/**
 * The TLS side of a listener: handshakes, certificates by name, client certificates. What comes out are sockets that
 * the protocols read as any other. TLS 1.2 and newer (RFC 9325), HTTP/1.1 by ALPN (RFC 7301).
 */
import type { Server, Socket } from 'node:net';
import { createServer, type SecureContext, type TLSSocket, type TlsOptions } from 'node:tls';
import { CertificateChooser, type ClientCertificate } from './tls-certificates.ts';
import type { TlsMaterial } from './tls-material.ts';

export interface TlsServerHandlers {
  handshakeBegins: (socket: Socket) => void;
  handshakeEnds: (socket: Socket) => void;
  /** `certificate`: the client's, when it was asked for one and the one it shows is believed. */
  secured: (socket: TLSSocket, certificate: ClientCertificate | null) => void;
  trouble: (text: string) => void;
}

/** A server, and how it gets new certificates. */
export interface TlsServer {
  server: Server;
  renew: (material: TlsMaterial) => void;
  /** Ends the handshakes that are under way. */
  dispose: () => void;
}

const HANDSHAKE_MS = 10_000;
const HTTP_AT_TLS = 'This port speaks HTTPS; the request came in plain HTTP.\n';

/** `isHttp`: HTTP is spoken inside. */
export function createTlsServer(material: TlsMaterial, isHttp: boolean, handlers: TlsServerHandlers): TlsServer {
  let chooser = new CertificateChooser(material);
  let isVerbose = material.isVerbose;
  const answer = async (name: string, done: (error: Error | null, context?: SecureContext) => void): Promise<void> => {
    try {
      done(null, await chooser.choose(name));
    } catch (error) {
      handlers.trouble(`the certificate for ${name} can not be used: ${String(error)}`);
      done(error instanceof Error ? error : new Error(String(error)));
    }
  };
  const server = createServer({
    ...serverOptions(material, chooser),
    allowHalfOpen: true,
    noDelay: true,
    handshakeTimeout: HANDSHAKE_MS,
    ...(isHttp ? { ALPNProtocols: ['http/1.1'] } : {}),
    SNICallback: (name, done) => void answer(name, done),
  });
  const handshakes = new Map<string, Socket>();
  server.on('connection', (socket: Socket) => {
    const key = addressOf(socket);
    // Peers on a unix socket can not be told apart after their handshakes.
    if (key !== '') handlers.handshakeBegins(socket);
    handshakes.set(key, socket);
    socket.once('close', () => {
      handshakes.delete(key);
      handlers.handshakeEnds(socket);
    });
  });
  server.on('secureConnection', (socket) => {
    const key = addressOf(socket);
    const plain = handshakes.get(key);
    handshakes.delete(key);
    if (plain !== undefined) handlers.handshakeEnds(plain);
    const refusal = chooser.refusalOf(socket);
    if (refusal === null) {
      handlers.secured(socket, chooser.clientCertificateOf(socket));
      return;
    }
    if (isVerbose) handlers.trouble(`TLS client ${socket.remoteAddress ?? ''} refused: ${refusal}`);
    socket.on('error', () => {
      // It is being closed already.
    });
    socket.destroy();
  });
  server.on('tlsClientError', (error, socket) => {
    if (isVerbose)
      handlers.trouble(`TLS handshake with ${socket.remoteAddress ?? 'a client'} failed: ${error.message}`);
    if ('code' in error && error.code === 'ERR_SSL_HTTP_REQUEST' && isHttp)
      answerPlainHttp(handshakes.get(addressOf(socket)));
    socket.destroy();
  });
  return {
    server,
    renew: (next) => {
      chooser = new CertificateChooser(next);
      isVerbose = next.isVerbose;
      server.setSecureContext(serverOptions(next, chooser));
    },
    dispose: () => {
      for (const socket of handshakes.values()) socket.destroy();
    },
  };
}

function serverOptions(material: TlsMaterial, chooser: CertificateChooser): TlsOptions {
  const { certificate, ticketKeys, sessionSeconds, sessionContext, opensslOptions } = material;
  return {
    cert: certificate.cert,
    key: certificate.key,
    minVersion: 'TLSv1.2',
    ticketKeys: Buffer.from(ticketKeys),
    requestCert: chooser.asksClients,
    // Whether a client is refused depends on the name it asks for: `refusalOf` says so after the handshake.
    rejectUnauthorized: false,
    ...(certificate.ciphers === null ? {} : { ciphers: certificate.ciphers }),
    ...(certificate.clientCa === null ? {} : { ca: certificate.clientCa }),
    ...(sessionSeconds === 0 ? {} : { sessionTimeout: sessionSeconds }),
    ...(sessionContext === null ? {} : { sessionIdContext: sessionContext }),
    ...(opensslOptions === 0 ? {} : { secureOptions: opensslOptions }),
  };
}

/** What a connection is known by before and after its handshake; on a unix socket they are all the same. */
function addressOf({ remoteAddress, remotePort }: Socket): string {
  return remotePort === undefined ? '' : `${remoteAddress ?? ''} ${remotePort}`;
}

/** Tells a client that speaks HTTP where TLS is expected, as web servers do. */
function answerPlainHttp(socket: Socket | undefined): void {
  if (socket === undefined || socket.remotePort === undefined || !socket.writable) return;
  const lines = ['HTTP/1.1 400 Bad Request', 'Content-Type: text/plain', `Content-Length: ${HTTP_AT_TLS.length}`];
  socket.end(`${lines.join('\r\n')}\r\nConnection: close\r\n\r\n${HTTP_AT_TLS}`, () => socket.destroy());
}
