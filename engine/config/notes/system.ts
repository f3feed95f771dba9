/** Notes about the system: users, folders, processes, limits; see option-notes.ts for their form. */
export const systemNotes = `
master
  Without it nothing restarts a worker that died, there is no reload, no 'stats' and no 'touch-reload', and harakiri is
  only an alarm in the worker. Set it always; the only reason not to is a debugger. Many options set it by themselves.
uid
  User of everything that follows; start as root only together with it. uWSGI binds its sockets as this user: their
  folders must be writable for it, and a port below 1024 needs 'shared-socket'. A reload runs as this user from the
  beginning, and uWSGI ends when it may not read the configuration file or a key. A changed user needs a restart.
gid
  Without it the group of root stays: uWSGI does not take the user's own group by itself, and files of group root remain
  readable. Always set it with 'uid'.
add-gid
  Puts the server into a further group, to read a shared folder for example. It takes effect at a start, as root, and
  not at a reload.
immediate-uid
  Gives up root before anything is opened, so that low ports and logs in /var/log fail. Right where the service manager
  does all that needs root.
no-initgroups
  Leaves out the groups that /etc/group lists for the user of 'uid'. Files that only such a group may read are not
  readable any more.
master-as-root
  The master stays root and only the workers change, so that a reload can bind low ports and read private keys again.
  Whoever breaks the master then has the machine; prefer 'shared-socket' for low ports.
drop-after-apps
  Loads the application as root and gives up rights afterwards. All import-time code runs as root; there are few reasons
  for it.
cap
  Capabilities to keep beside 'uid', such as net_bind_service. At the first reload they are lost, even when the line did
  not change; AmbientCapabilities of systemd stays.
chroot
  Only files below this folder exist then, the interpreter's libraries and /etc/resolv.conf included. A container does
  it better.
chdir
  Relative paths start here, and Python looks for modules here. uWSGI changes to it before it opens sockets; 'logto' and
  'pidfile' come earlier and start from the folder the server was started in. Use absolute paths where it matters.
chdir2
  Changes after the application was loaded, for applications that write to where they are. Few need it.
env
  Sets a variable for the application. A line that was removed leaves its variable set until a restart, as a reload
  inherits the environment; 'unenv' removes it. Secrets here show up in 'show-config' and at SIGUSR1: prefer 'envdir' or
  the service manager.
unenv
  Removes a variable, before the application is loaded. Takes effect at a reload, unlike just leaving out 'env'.
envdir
  A file for each variable: the name is the file's, the value its whole text without the line end at the end. Readable by the
  server's user only, it keeps secrets out of configuration and process lists.
umask
  Three octal digits, such as 022 or 007, for all files and sockets that the server makes. 'chmod-socket' is the clearer
  way for sockets.
daemonize
  Goes into the background. Not under systemd, Docker, supervisord or an emperor: they think the server has ended and
  start it again. What goes wrong from then on is only in the log.
daemonize2
  As 'daemonize', when the application was loaded: errors of its imports still reach the terminal and the exit code. The
  better one for init scripts.
pidfile
  Written before rights are given up, so that it can be in /run; whoever may write to that folder decides which process
  your scripts kill, so not in /tmp. It is not written again at a reload: the pid stays.
pidfile2
  Written as the user of 'uid', who needs the right to write there. With 'vacuum' this one can be removed at the end,
  one in /run of root's can not.
safe-pidfile
  Written once the server is ready, for scripts that wait for it. With systemd Type=notify says the same without a file.
vacuum
  Removes unix sockets and pidfiles at the end; without it a web server gets 'connection refused' from a socket file
  that nobody serves. It can only remove what the server's user may remove. On uWSGI 2.0.21 sockets stay once the server
  was reloaded ('changed inode'), and so does the pipe of 'master-fifo'; after a kill -9 all files stay.
auto-procname
  'uWSGI worker 1' in ps and top instead of the same command line for all: useful on every server. It hides the
  arguments, which monitoring may look for.
procname-prefix
  Tells instances apart in ps, with 'auto-procname'. A blank at its end is lost; 'procname-prefix-spaced' adds one.
limit-as
  Address space of each process in megabytes. What is beyond it fails in the application as MemoryError, often far from
  the cause. It counts reserved memory: take two or three times what 'memory-report' shows. A reload can lower it, not
  raise it.
limit-nproc
  Counts all processes and threads of the user, other servers' as well. One that is too low keeps workers from being
  started, with 'Resource temporarily unavailable'.
prio
  Nice value from -20 to 19; below 0 needs root. A batch server on a shared machine gets 10, so that others go first.
cpu-affinity
  Binds workers to CPUs in turn. It pays with one worker per CPU and nothing else on the machine; in a container that
  has a share of the CPUs it makes things slower.
reaper
  Collects children that the application started and forgot, after each request, so that they do not stay as zombies. An
  application that waits for its own children loses their exit codes.
no-orphans
  Ends workers whose master was killed. Without it they go on serving and hold the port, and the next start fails with
  'Address already in use'.
honour-stdin
  Leaves standard input open, for a debugger in a worker (pdb) together with one process and no harakiri. A server in the
  background needs none.
close-on-exec
  Keeps connections from being inherited by programs that the application starts. Without it such a program keeps a
  client's connection open after the worker has closed it.
ksm
  Lets the kernel merge equal pages of workers, for a CPU that is idle anyway. Forking without 'lazy-apps' shares the
  same pages at no cost.
never-swap
  Keeps all memory of the server in RAM. On a machine that is short of it the others, or the kernel, pay for that.
cgroup
  Puts the server into a control group, as root, before rights are given up. On machines with systemd the tree is
  systemd's: set MemoryMax and CPUQuota in the unit instead.
unshare
  Own namespaces for processes, mounts, network and more; a user's mistake then stays inside. Needs root and a kernel
  that allows it. They stay through reloads; a service manager or container is easier to look into.
stop
  Sends SIGINT to the process in the pidfile, which stops it and cuts requests. Take it from 'pidfile' and not from ps:
  a pid of a dead server may be another program's.
reload
  Sends SIGHUP to the process in the pidfile, as 'kill -HUP' does. It does not wait, and tells nothing of what came of
  the reload: look at the log or the stats document.
`;
