/** Notes about the log; see option-notes.ts for their form. */
export const logNotes = `
logto
  The file is opened before privileges are dropped, as root, and may then belong to root; 'logto2' opens it
  afterwards, 'logfile-chown' gives it away. The folder must exist, it is not made. An address such as 192.0.2.1:5140
  sends each line by UDP instead. Without rotation it grows without limit: see 'log-maxsize' or 'touch-logreopen' for
  logrotate.
logto2
  As 'logto', but opened by the user of 'uid', who must be allowed to write into the folder. That makes reopening
  after a rotation work without root.
log-format
  Words in %( ) are filled in: %(addr), %(method), %(uri), %(status), %(msecs), %(size), %(pid), %(wid), %(var.NAME)
  for a variable of the request. %(ltime) is the date as Apache writes it, so that tools for access logs read the
  lines. A word that is not known is taken from uwsgi.set_logvar and otherwise stays '-'. In a configuration file
  write it as it is: only %(name) of an existing placeholder is replaced before.
logformat-strftime
  Only %(ftime) of 'log-format' is meant; its form is that of 'log-date'. The others, %(ltime), %(ctime) and %(time),
  stay as they are.
disable-logging
  Switches off one line for each request, not the server's own messages. Set it when the front server logs requests
  anyway, and keep 'log-5xx', 'log-4xx' and 'log-slow', which go on logging what matters.
log-4xx
  Has an effect beside 'disable-logging' only: without that every request is logged. Bots make many of these lines;
  'log-5xx' alone is calmer.
log-5xx
  Has an effect beside 'disable-logging' only. It is the least a quiet server should log: every request that failed,
  with its time and path.
log-slow
  The value is in milliseconds, not in seconds. Together with 'disable-logging' it leaves a log of slow requests only,
  the first place to look before 'harakiri' is set.
log-big
  The value is in bytes and means the answer. Use it beside 'disable-logging' to find downloads that belong to a file
  server.
log-x-forwarded-for
  Behind a proxy every line has the proxy's address; with this the header stands there, on uWSGI all of it with every
  address that proxies have added. Plain uWSGI believes the header from anyone, so a client that connects directly can
  write what it likes into the log.
log-maxsize
  The size is looked at about once a second, then the file is renamed to its name with the time behind it, or to
  'log-backupname', and a new one begun. Nothing removes old files and nothing compresses them. Use either this or
  logrotate with 'touch-logreopen', not both.
log-backupname
  One fixed name means that each rotation overwrites the file of the one before. Leave it away to keep all of them
  with the time in their names.
log-master
  Workers then write into a pipe and the master writes the log. It is what 'log-encoder', 'log-filter', 'log-route'
  and rotation of what the application prints rely on; 'logger' switches it on. On uWSGI a message longer than
  'log-master-bufsize' is cut.
log-master-bufsize
  Tracebacks and JSON lines may be longer than the 8192 bytes that uWSGI takes by default; the rest is lost without a
  word. Raise it when lines end in the middle.
logger
  Sends the server's log somewhere else and may be given several times: file:PATH, socket:ADDRESS, syslog:IDENT,
  rsyslog:ADDRESS,IDENT, stdio: and more. A logger with a name in front gets only what a 'log-route' sends it. Once
  there is one without a name, nothing is written to 'logto' or standard error any more.
req-logger
  As 'logger', for the lines of requests: with it they leave the server's log, which then shows starts, errors and
  what the application prints. In a container, 'req-logger = file:/dev/stdout' keeps both visible.
log-route
  First a logger with a name, then the route: 'logger = errors file:/var/log/errors.log' and 'log-route = errors
  Traceback'. A line that matches goes there and nowhere else. Lines are looked at one by one, so a traceback of
  several lines is torn apart.
log-encoder
  Encoders change each line on its way out, in the order in which they stand: 'prefix', 'suffix', 'nl', 'format' and
  'json', with their text after a blank and the name of a logger after a colon. A line still has its newline, so a
  suffix lands in front of the next line; in 'format' and 'json' \${msg} is the line without it, and an encoder 'nl'
  must follow. Needs 'log-master'.
log-req-encoder
  As 'log-encoder', for lines of requests; on uWSGI it acts on a 'req-logger' only. For JSON access logs write
  'log-format' as JSON: the encoder puts the whole line into one string.
log-filter
  Keeps only lines that match one of the filters and drops all others, errors as well. 'log-drain' is mostly what was
  meant: it drops what matches.
log-drain
  Drops lines that match, such as those of health checks in a common log. Filters and drains look at single lines and
  need 'log-master'.
log-syslog
  Sends the log to the local syslog, by default with the name uwsgi; 'IDENT,FACILITY' changes both. Under systemd
  plain standard error is simpler, as the journal takes it anyway.
log-date
  Without a value each line of the server begins with the date; a value is the form, as for strftime. The lines of
  requests have their own time and do not get it.
log-reopen
  Opens the log file anew at every reload, so that a rotation that reloads the server is enough. 'touch-logreopen'
  does it without a reload.
logfile-chmod
  The value is octal, 640 for example. It is applied when the file is opened, by 'logto' and after each rotation.
log-micros
  Gives the time in microseconds in the standard line. In 'log-format' choose %(micros) or %(msecs) instead.
threaded-logger
  A slow disk or a logger over the network holds the master up, and with it reloads and restarts of workers. With this
  uWSGI writes the log in a thread of the master.
log-socket
  Sends each line as a datagram to an address or a unix socket, for collectors such as Graylog or Logstash. Lines can
  be lost, which is the price of never being held up.
`;
