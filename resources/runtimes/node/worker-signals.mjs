/**
 * What signals do to a worker, as far as the application has no listeners of its own: SIGHUP has it replaced when its
 * requests are answered, as in uWSGI; the others would end or stop the process, or open a debugger, and do nothing.
 */
const NOTHING = ['SIGUSR1', 'SIGUSR2', 'SIGTSTP'];

/** To be called when the application is loaded. */
export function listenToSignals(master) {
  if (process.platform === 'win32') return;
  if (process.listenerCount('SIGHUP') === 0) process.on('SIGHUP', () => master.send({ type: 'worn' }));
  for (const signal of NOTHING) {
    if (process.listenerCount(signal) > 0) continue;
    process.on(signal, () => {
      // The master listens to it; here it means nothing.
    });
  }
}
