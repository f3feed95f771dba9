/**
 * Work beside requests: timers, signals and remote calls. Explained here, not supported yet.
 */
import type { OptionSection } from './section.ts';

export const backgroundOptions: OptionSection = {
  data: `
signal | list | no | | On the command line: raises a signal of uWSGI's framework in another instance, ADDRESS,SIGNAL.
rpc-max | int | no | 64 | Largest number of functions registered for remote calls. | unit=functions
`,
  readers: {},
};
