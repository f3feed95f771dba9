/**
 * What an application module may export, and how it is called. In this order:
 *
 *   export function fetch(request)            a fetch handler: (Request) => Response or a promise of one
 *   export default { fetch(request) { } }     the same as an object's method
 *   export default http.createServer(app)     a node:http server that does not listen: its listeners run
 *   export default (req, res) => { }          two or more parameters: a node:http handler (an Express application, too)
 *   export default (request) => response      none or one parameter: a fetch handler
 *   export default koa.callback()             what a framework gives as its node:http handler
 *   module.exports = any of the above         CommonJS
 *   export default a promise of one of them   an application that has to be made ready first
 */
import { Server } from 'node:http';
import { fetchHandler } from './fetch-handler.mjs';
import { nodeHandler } from './node-handler.mjs';
import { upgradeHandler } from './tunnel.mjs';

/** Chooses how to call the module: a function `(variables, body, answer, flags)`, or null. */
export async function chooseHandler(module) {
  if (typeof module.fetch === 'function') return fetchHandler((request) => module.fetch(request));
  return handlerOf(await (module.default ?? module));
}

function handlerOf(exported) {
  if (exported instanceof Server) {
    return upgradeHandler(
      exported,
      nodeHandler((req, res) => void exported.emit('request', req, res)),
    );
  }
  if (typeof exported === 'function') {
    return exported.length >= 2 ? nodeHandler(exported) : fetchHandler((request) => exported(request));
  }
  if (typeof exported?.fetch === 'function') return fetchHandler((request) => exported.fetch(request));
  // Compiled to CommonJS, a default export is a property.
  // oxlint-disable-next-line no-underscore-dangle -- the compilers' name
  if (exported?.__esModule === true && exported.default !== undefined) return handlerOf(exported.default);
  return null;
}
