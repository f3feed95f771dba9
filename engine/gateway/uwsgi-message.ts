/** A whole uwsgi message of a front server that was not read here (`worker-accept`): its environ and what logs say. */
import type { EnvironEncoder } from './environ.ts';
import { ProtocolError } from './protocol-error.ts';
import type { RequestFacts } from './request.ts';
import { UwsgiParser } from './uwsgi-parser.ts';

const FRONT_SERVER = {
  kind: 'uwsgi',
  serverName: '',
  serverPort: '',
  serverAddress: null,
  remoteAddress: '',
  remotePort: '',
  tlsVars: null,
} as const;
const LIMITS = { blockBytes: 0xffff, bodyBytes: 0 };

/** Encodes the environ, to be finished; null: the bytes are no complete request. */
export function encodeUwsgiMessage(encoder: EnvironEncoder, message: Buffer, isTrusted: boolean): RequestFacts | null {
  const read: { facts: RequestFacts | null } = { facts: null };
  const parser = new UwsgiParser(LIMITS, {
    onVars: (vars) => {
      read.facts = encoder.encodeVars(vars, encoder.encodePeer({ ...FRONT_SERVER, isTrusted }));
    },
    onBody: ignore,
    onComplete: ignore,
    onPing: ignore,
    onPacket: ignore,
    onOther: ignore,
  });
  try {
    parser.feed(message);
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    return null;
  }
  return read.facts;
}

function ignore(): void {
  // The head is all there is.
}
