/** Notes about ways to tell a running server what to do; see option-notes.ts for their form. */
export const controlNotes = `
touch-reload
  A deploy ends with touching this file. Do not name the configuration file itself when it is edited on the server: each
  save then reloads, broken or not. It looks once a second at the time of change, and a missing file counts as touched
  when it appears. On uWSGI requests through 'http' are cut by such a reload.
touch-workers-reload
  Quicker than 'touch-reload' and cuts nothing, but the configuration is not read again, and new code comes only with
  'lazy-apps'. All workers end at once.
touch-chain-reload
  Replaces one worker after the other, the next when the one before is ready: nobody waits and nothing is cut. New code
  needs 'lazy-apps', and the configuration is not read again. Old and new code serve side by side meanwhile.
touch-logrotate
  Touch the file, from cron for example, and the log is renamed with its time and a new one begun. Old ones are kept for
  ever, so something has to delete them; where logrotate does both, use 'touch-logreopen'.
touch-logreopen
  For logrotate, which renames the log itself: touch this file afterwards, or the server goes on writing into the
  renamed one. The user of 'uid' must be able to make the new file.
touch-exec
  Runs a command with the rights of the server when the file is touched. Whoever may touch the file decides when; put it
  into a folder of the server's own.
fs-reload
  Reloads at each change of a file or in a folder, as the kernel reports it. A deploy that copies many files reloads in
  the middle of it; use 'touch-reload' and touch when all is there.
fs-brutal-reload
  As 'fs-reload', and cuts running requests. For development only.
master-fifo
  The best way to control a server from scripts: 'echo r > FILE' reloads, c replaces workers one after the other, q
  stops when requests are done, Q at once. The pipe has mode 0600; put it in a folder of the server's own and not in
  /tmp. A write blocks while no master reads.
die-on-term
  SIGTERM reloads uWSGI 2.0 unless this is set: systemd, Docker and Kubernetes stop a service with it, wait, and kill.
  With it SIGTERM stops at once and cuts running requests. For a gentle end set
  'hook-master-start = unix_signal:15 gracefully_kill_them_all' instead, or have the service manager send q to
  'master-fifo'.
exit-on-reload
  Leaves starting again to the service manager: a reload ends the server. Sockets are closed meanwhile, so clients see
  refused connections unless systemd holds the sockets.
reload-timeout
  Gives up a reload whose new workers do not come up; the old ones serve on. Set it longer than the application's
  slowest start.
reload-on-fd
  For supervisors that hold a pipe to the server. The number has to be the same every time it starts.
check-mountpoint
  For servers whose files are on a network disk: when that disk does not answer the server is stopped, before workers
  hang in it one after the other. The service manager has to start it again.
force-gateway
  Runs 'http' or another router without a master. Nothing then starts it again when it dies.
`;
