/**
 * Work beside requests: timers, signals and remote calls. Explained here, not supported yet.
 */
import type { OptionSection } from './section.ts';

export const backgroundOptions: OptionSection = {
  data: `
signal-timer | list | no | | Raises a signal of uWSGI's framework at an interval: SIGNAL SECONDS.
signal-rbtimer | list | no | | Raises a signal at an interval that the master counts without a kernel timer: SIGNAL SECONDS.
signal | list | no | | On the command line: raises a signal of uWSGI's framework in another instance, ADDRESS,SIGNAL.
signal-bufsize | bytes | no | | Size of the system's buffer for signals that wait for the master or a worker.
rpc-max | int | no | 64 | Largest number of functions registered for remote calls. | unit=functions
`,
  readers: {},
};
