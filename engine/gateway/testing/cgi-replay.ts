/** Replays bytes through the parsers of front servers' protocols and describes every event, for their vectors. */
import type { CgiVars } from '../cgi-vars.ts';
import { FastCgiParser } from '../fastcgi-parser.ts';
import { ProtocolError } from '../protocol-error.ts';
import { ScgiParser } from '../scgi-parser.ts';
import { type CgiLimits, type UwsgiLimits, UwsgiParser } from '../uwsgi-parser.ts';
import { EventLog } from './vectors.ts';

export const CGI_LIMITS: CgiLimits = { blockBytes: 300, bodyBytes: 100 };

interface Parser {
  readonly inBody: boolean;
  feed(chunk: Buffer, start?: number): number;
}

export function replayUwsgi(pieces: readonly Buffer[], limits: UwsgiLimits = CGI_LIMITS): string[] {
  const log = new EventLog();
  const parser = new UwsgiParser(limits, {
    ...common(log),
    onPing: () => log.add('ping'),
    onPacket: (packet) => log.add(`packet ${packet.toString('hex')}`),
    onOther: (modifier1, modifier2) => log.add(`other ${modifier1} ${modifier2}`),
  });
  return replay(parser, log, pieces);
}

export function replayScgi(pieces: readonly Buffer[], limits = CGI_LIMITS): string[] {
  const log = new EventLog();
  return replay(new ScgiParser(limits, common(log)), log, pieces);
}

/** Each request is answered as soon as it is complete, unless `isAnswering` keeps them running. */
export function replayFastCgi(pieces: readonly Buffer[], limits = CGI_LIMITS, isAnswering = true): string[] {
  const log = new EventLog();
  const events = common(log);
  const parser = new FastCgiParser(limits, {
    ...events,
    onComplete: () => {
      events.onComplete();
      if (isAnswering) parser.requestEnded();
    },
    onValues: (names) => log.add(`values [${names.join(', ')}]`),
    onUnknownType: (type) => log.add(`unknown type ${type}`),
    onRefused: (id, status, keeps) => log.add(`refused ${id} with ${status}${keeps ? ', connection kept' : ''}`),
    onAbort: () => {
      log.add(`abort ${parser.requestId}`);
      parser.requestEnded();
    },
  });
  return replay(parser, log, pieces);
}

function common(log: EventLog) {
  return {
    onVars: (vars: CgiVars) => log.add(describe(vars)),
    onBody: (chunk: Buffer, start: number, end: number) => log.body(chunk.toString('latin1', start, end)),
    onComplete: () => log.add('complete'),
  };
}

function describe(vars: CgiVars): string {
  const pairs = Array.from({ length: vars.count }, (_, i) => {
    const [a = 0, b = 0, c = 0, d = 0] = vars.offsets.subarray(i * 4, i * 4 + 4);
    return `${vars.bytes.toString('latin1', a, b)}=${JSON.stringify(vars.bytes.toString('latin1', c, d))}`;
  });
  const length = vars.contentLength < 0 ? 'no length' : `length ${vars.contentLength}`;
  return `vars [${pairs.join(', ')}] in ${vars.blockBytes} bytes, ${length}`;
}

function replay(parser: Parser, log: EventLog, pieces: readonly Buffer[]): string[] {
  try {
    for (const piece of pieces) {
      // A buffer of its own, overwritten afterwards: the parser must not hold on to what it was given.
      const chunk = Buffer.from(piece);
      parser.feed(chunk);
      chunk.fill(0x2a);
    }
    log.flush();
    if (parser.inBody) log.events.push('needs more body');
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    log.add(`error ${error.code} ${error.status} at ${error.offset}`);
  }
  return log.events;
}
