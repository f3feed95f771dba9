/** Notes about statistics, metrics and alarms; see option-notes.ts for their form. */
export const statisticsNotes = `
stats
  Any connection gets one JSON document with the workers, what they do, and the variables of running requests, cookies
  among them. There is no password: use 127.0.0.1 or a unix socket, never a public address. uWSGI's master writes it
  itself, so a client that reads slowly holds up the supervision for up to 'socket-timeout'.
stats-http
  Needed when a browser, curl or a monitoring service reads the statistics over HTTP; the console and uwsgitop do not
  need it. On uWSGI the answer allows every web page to read it (Access-Control-Allow-Origin), one more reason to stay
  on 127.0.0.1.
stats-minified
  Leaves out blanks and line ends, and nothing else. It matters with many workers and threads and a reader who comes
  every second.
stats-no-cores
  Leaves out one entry for each thread or greenlet, which with 'gevent = 1000' is most of the document. Which request
  a worker is busy with is then not shown.
stats-push
  Sends statistics without being asked, every 'stats-pusher-default-freq' seconds. The kinds statsd and socket send
  metrics and on uWSGI need 'enable-metrics'; file writes the whole document. With statsd uWSGI sends counters with
  their whole value each time, which most servers add up wrongly: read 'stats' with an exporter instead where you can.
memory-report
  Without it the memory of workers is 0 in the statistics, unless 'reload-on-rss' or its kin is set. The figures are
  taken at the end of a request, so an idle worker shows old ones. It costs one small read of /proc for each request.
prometheus
  The engine's own option; uWSGI needs an exporter beside it that reads 'stats'. The page is /metrics and there is no
  password, so keep it on an inner address.
enable-metrics
  A thread of the master collects figures once a second and makes them available to 'stats-push', 'metric-threshold',
  'metrics-dir', SNMP and %(metric.NAME) in 'log-format'. The application can count its own with uwsgi.metric_inc once
  'metric' has named them.
metric
  A bare name makes a counter for the application, name=,type=,collector= a computed one, the sum or average of others
  for example. It must be declared before the application uses it, and needs 'enable-metrics'.
metric-threshold
  Raises an alarm when a metric reaches the value, at most every rate= seconds. It needs 'alarm' with the name in
  alarm= and 'enable-metrics'; core.busy_workers and socket.0.listen_queue are worth watching.
metrics-dir
  One small file for each metric, readable by shell scripts and agents. With 'metrics-dir-restore' counters go on
  after a restart where they were.
carbon
  Sends figures of each worker to Graphite under uwsgi.HOST.ID, every 'carbon-freq' seconds, 60 by default. Dots in
  the host name would split the tree; 'carbon-hostname-dots' replaces them.
snmp
  Answers SNMP for a fixed list of figures over UDP. It needs 'snmp-community', and 'metric' with oid= for figures of
  your own.
alarm
  Only names an alarm and says what it does, such as 'down cmd:mail -s down admin' or 'log:'; something else must
  raise it: 'log-alarm', 'alarm-backlog', 'metric-threshold' or uwsgi.alarm of the application. A text that repeats
  within 'alarm-freq' seconds is not sent again.
log-alarm
  Raises an alarm for lines of the log: 'log-alarm = down Traceback'. A busy server makes many; 'not-log-alarm' takes
  known lines out. What alarms write themselves raises none here;
  on uWSGI it does, and one that matches its own output fills the log. Rules count in their order, so a
  'not-log-alarm' has to stand before the 'log-alarm' that it spares.
alarm-backlog
  Tells that clients wait in front of all workers, the plainest sign of overload. uWSGI sees the kernel's queue,
  which it knows for TCP; for unix sockets it stays 0 on common kernels. The engine looks at its own queue of
  'listen' requests.
`;
