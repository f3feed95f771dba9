/** Metrics over the wire: reading them, and changing those of the application. */
import { METRIC_CHANGES } from './metrics.ts';
import type { Operation } from './operations.ts';
import { doneIf, encodeInteger, NOTHING, Op } from './wire.ts';

/** text name; the value is an i64 */
const metricGet: Operation = (state, _session, request) => {
  const value = state.metrics.get(request.text());
  return value === null ? NOTHING : encodeInteger(value);
};

/** text name, u8 which change (METRIC_CHANGES), i64 value; `nothing` when it can not be changed so. */
const metricChange: Operation = (state, _session, request) => {
  const name = request.text();
  const change = METRIC_CHANGES[request.u8()];
  const value = request.i64();
  return doneIf(change !== undefined && state.metrics.change(name, change, value));
};

export const metricOperations: readonly [number, Operation][] = [
  [Op.metricGet, metricGet],
  [Op.metricChange, metricChange],
];
