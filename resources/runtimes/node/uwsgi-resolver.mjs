/**
 * Makes `import 'uwsgi'` give uwsgi.mjs, for imports and, where Node has module.registerHooks, for require() as well. The
 * module has no other home: a package of that name is not looked for.
 */
import * as nodeModule from 'node:module';

const TARGET = new URL('uwsgi.mjs', import.meta.url).href;
/** For Node before 22.15: imports only, in a thread of its own. */
const LOADER = `export const resolve = (specifier, context, next) =>
  specifier === 'uwsgi' ? { url: ${JSON.stringify(TARGET)}, shortCircuit: true } : next(specifier, context);`;

/** To be called before the application is loaded. */
export function resolveUwsgi() {
  if (typeof nodeModule.registerHooks !== 'function') {
    nodeModule.register(`data:text/javascript,${encodeURIComponent(LOADER)}`);
    return;
  }
  nodeModule.registerHooks({
    resolve: (specifier, context, next) =>
      specifier === 'uwsgi' ? { url: TARGET, format: 'module', shortCircuit: true } : next(specifier, context),
  });
}
