/**
 * Regular expressions of a configuration, for text that comes from outside: some, like `^(a+)+$`, take V8 longer than
 * anybody waits on the wrong text. After many steps back V8 goes over to its engine of linear time, which knows all but
 * back references and looking around.
 */
import { setFlagsFromString } from 'node:v8';

let isBounded = false;

/** To be called before the expressions are compiled. Only where there are any: it costs modules loaded later their cache. */
export function boundExpressions(): void {
  if (isBounded) return;
  isBounded = true;
  setFlagsFromString('--enable-experimental-regexp-engine-on-excessive-backtracks');
}
