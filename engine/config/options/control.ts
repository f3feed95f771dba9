/**
 * Ways to tell a running engine what to do.
 */
import { resolvePath } from '../host.ts';
import { flag, type OptionSection, take } from './section.ts';

export const controlOptions: OptionSection = {
  data: `
touch-reload | list | works | | Reloads when this file is touched.
touch-chain-reload | list | no | | Reloads workers one by one when this file is touched; needs 'lazy-apps'.
touch-workers-reload | list | no | | Reloads workers only when this file is touched.
master-fifo | list | works | | Named pipe that takes commands: r reloads, q stops.
die-on-term | flag | works | false | Stops at SIGTERM instead of reloading.
exit-on-reload | flag | no | | Stops when asked to reload.
`,
  readers: {
    'touch-reload': (draft, value) =>
      take(value, (path) => draft.settings.touchReload.push(resolvePath(draft.folder, path))),
    'master-fifo': (draft, value) =>
      take(value, (path) => draft.settings.masterFifos.push(resolvePath(draft.folder, path))),
    'die-on-term': flag('dieOnTerm'),
  },
};
