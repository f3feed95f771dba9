/** Events of a trace that Chromium recorded, as far as the benchmark reads them. */

export interface TraceEvent {
  name: string;
  ph: string;
  ts: number;
  /** Microseconds that the thread ran, without what it waited for a busy machine. */
  cpu: number;
  pid: number;
  tid: number;
  /** Of a DOM event. */
  type: string;
}

/** Of a parsed trace; what is none in it is left out. */
export function eventsOf(trace: unknown): TraceEvent[] {
  if (typeof trace !== 'object' || trace === null || !('traceEvents' in trace)) return [];
  const { traceEvents } = trace;
  return Array.isArray(traceEvents) ? traceEvents.flatMap((event) => toEvent(event)) : [];
}

const NO_EVENT = { name: '', ph: '', ts: 0, dur: 0, tdur: undefined, pid: 0, tid: 0, args: { data: { type: '' } } };

function toEvent(event: unknown): TraceEvent[] {
  if (typeof event !== 'object' || event === null) return [];
  const { name, ph, ts, dur, tdur, pid, tid, args } = { ...NO_EVENT, ...event };
  return [{ name, ph, ts, cpu: tdur ?? dur, pid, tid, type: args.data?.type ?? '' }];
}
