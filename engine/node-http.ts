/**
 * Node's HTTP module, when it is needed. An `import` of it reads all that it exports, the classes of undici too: that
 * costs each thread 50 ms of CPU and 14 MB of memory.
 */
import type * as Http from 'node:http';

export function nodeHttp(): typeof Http {
  return process.getBuiltinModule('node:http');
}
