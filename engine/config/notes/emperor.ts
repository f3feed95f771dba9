/** Notes about the emperor and vassals; see option-notes.ts for their form. */
export const emperorNotes = `
emperor
  Every file of the folder or the pattern that ends as a configuration becomes an instance; touching it reloads that
  instance, removing it stops it. Whoever can write there runs what they like as the emperor's user, so with root use
  'emperor-tyrant' or closed permissions. 'pg://CONNECTION;QUERY' and 'sqlite://PATH;QUERY' give name (such as
  shop.ini), configuration, and after them time, uid, gid and socket. 'amqp://HOST:PORT' follows the exchange
  'uwsgi.emperor': the routing key is the name, an empty message its end. A database that fails stops no vassal, and
  its password belongs into ~/.pgpass or PGPASSWORD.
emperor-freq
  The folder is looked at, not watched: a change is seen after this many seconds at most. SIGWINCH to the emperor
  makes it look at once.
emperor-wrapper
  The engine runs its vassals itself, each with a master and its gateway of its own (about 80 MB). With
  'emperor-wrapper = uwsgi' a real uWSGI runs them, and the other way round a uWSGI's emperor runs engines by a script
  that starts one with its arguments. Both sides speak the same protocol.
emperor-tyrant
  The vassal runs as owner and group of its configuration file, so chown decides who may do what. A file of root is
  refused with 'invalid permissions for vassal'. Mind backups and deployments that change the owner: the vassal is
  stopped.
emperor-stats
  Lists each vassal with its pid, its restarts and whether it has served a request yet, and the blacklist with the
  wait of those that die early. There is no password; use 127.0.0.1 or a unix socket.
emperor-nofollow
  With symbolic links, as in sites-enabled of Debian, a change of the file behind the link is noticed by default. With
  this only a change of the link itself is, which suits releases that switch a link.
emperor-throttle
  A vassal that dies before it has served a request is started again after a wait that grows by this step with each
  try, up to 'emperor-max-throttle'. SIGURG to the emperor forgets all waits. Look into the vassal's own log for the
  reason before you shorten the wait.
emperor-max-throttle
  Three minutes by default, so a vassal that was broken for long may need that time after it was repaired. SIGURG to
  the emperor forgets all waits.
emperor-no-blacklist
  A vassal that can not start is then tried without a pause, which fills logs and keeps a processor busy. It is for
  development.
emperor-required-heartbeat
  Counts only for vassals that have 'heartbeat': one that is silent for this long is killed and started again. Set it
  to at least three times the vassal's interval, and mind slow imports.
heartbeat
  Makes the emperor notice a vassal whose master hangs, which an ordinary end would not show. It says nothing about
  the application: workers may hang while the master is well, and for that there is 'harakiri'.
emperor-graceful-shutdown
  By default a removed file or the end of the emperor cuts running requests of its vassals. With this they finish
  first, for at most 'reload-mercy' seconds when the emperor ends.
emperor-on-demand-extension
  Many vassals that are rarely used need no memory until someone connects: NAME.ini gets a file NAME.ini.socket with
  the address in it, which the emperor opens. The vassal gets it as its standard input and needs no 'socket' of its
  own, only 'protocol' when it is not uwsgi. Give the vassals 'idle' and 'die-on-idle', so that they go away again.
emperor-on-demand-directory
  As 'emperor-on-demand-extension' with a rule in place of a file: the socket is NAME.socket in this folder. Front
  servers can then find each vassal by its name.
vassals-inherit
  For what all vassals of a machine have in common, such as 'master' and limits. It is read after the vassal's own
  file, and of an option with one value the last one wins: use 'vassals-inherit-before' for what a vassal may change.
  Variables such as %n are those of the file they stand in; %N and its kin are the vassal's.
vassals-include
  As 'vassals-inherit', by an include: read right after the vassal's own file. 'vassals-include-before' comes first,
  so that vassals may overrule it; %N has no value there yet.
vassals-set
  A placeholder or an option for every vassal, from the emperor's own file: 'vassals-set = data=/srv'. Vassals use it
  as %(data).
vassals-start-hook
  Runs before each start of a vassal, restarts included, and the emperor waits for it: keep it short. It gets the
  vassal's name, and the folder in UWSGI_VASSALS_DIR.
`;
