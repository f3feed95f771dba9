/**
 * Other languages and plugins.
 */
import { resolvePath } from '../host.ts';
import { type OptionSection, take } from './section.ts';

export const languagesOptions: OptionSection = {
  data: `
js-app | path | works | | File of a JavaScript application that exports a fetch handler or a node:http handler.
plugins | list | works | | Plugins to load: languages, routers, loggers and more.
need-plugins | list | works | | Plugins to load, without which the server does not start.
plugins-dir | path | none: the engine has its plugins built in | | Folder of plugins.
`,
  readers: {
    'js-app': (draft, value, origin) =>
      take(value, (path) => (draft.jsApp = { file: resolvePath(draft.folder, path), origin })),
  },
};
