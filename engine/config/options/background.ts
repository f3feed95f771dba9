/**
 * Work beside requests: timers, signals and remote calls. Explained here, not supported yet.
 */
import { wholeNumber } from '../values.ts';
import type { OptionSection } from './section.ts';

export const backgroundOptions: OptionSection = {
  data: `
rpc-max | int | works | 64 | Largest number of functions registered for remote calls. | unit=functions
`,
  readers: {
    // Processes that register functions find it among the options (resources/runtimes/python/reeve_uwsgi_rpc.py).
    'rpc-max': (_draft, value) => ((wholeNumber(value) ?? 0) >= 1 ? null : 'needs a whole number from 1 up.'),
  },
};
