/**
 * The request that the code which runs now belongs to, also after it has waited for something. Only on Node 24 and newer:
 * before that this knowledge costs more than all else about a request.
 */
import { AsyncLocalStorage } from 'node:async_hooks';

const present = Number(process.versions.node.split('.')[0]) >= 24 ? new AsyncLocalStorage() : null;

/** Its Answer; undefined: there is none, or nobody knows. */
export function presentRequest() {
  return present?.getStore();
}

/** Calls the handler for this request. */
export function runFor(answer, handler, flags, body) {
  if (present === null) handler(answer.variables, body, answer, flags);
  else present.run(answer, handler, answer.variables, body, answer, flags);
}
