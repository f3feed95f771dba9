/**
 * Exceptions that no handler of a request has to do with: promises that are rejected and not waited for, and what is
 * thrown in callbacks. Each is the failure of the request whose code it was, as far as that is known. After a throw
 * nobody knows what state the process is in: it is to be replaced, as Node itself recommends. An application that has
 * listeners of its own decides itself.
 */
import { presentRequest } from './present.mjs';

/** To be called when the application is loaded. */
export function watchFailures(master, serving) {
  if (process.listenerCount('unhandledRejection') === 0) {
    process.on('unhandledRejection', (error) => failed(error, 'a promise was rejected and nobody waited for it'));
  }
  if (process.listenerCount('uncaughtException') === 0) {
    process.on('uncaughtException', (error) => {
      failed(error, 'nobody caught this exception; the worker will be replaced');
      master.send({ type: 'worn' });
    });
  }

  function failed(error, what) {
    const answer = presentRequest() ?? serving.onlyRequest;
    const request = answer === undefined ? '' : ` (${answer.variables.method} ${answer.variables.uri})`;
    console.error(`*** ${what}${request} ***`);
    if (answer !== undefined && !answer.isEnded) answer.fail(error);
    else console.error(error instanceof Error ? (error.stack ?? error.message) : error);
  }
}
