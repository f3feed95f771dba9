# What a Perl process of the engine does to itself: standard streams, title, end with its master, and what its own forks
# must not keep. What is Linux only is best effort: without it the engine works, and notices the end of its master by its
# control connection alone.
package Reeve::Process;

use strict;
use warnings;

use Fcntl ();
use POSIX ();

use Reeve::Control;

use constant F_SETSIG => 10;    # fcntl(2), Linux
use constant SIGKILL  => 9;

# Connections of this process that a fork of the application's own closes: they must end with their owner.
my @own_connections;
# The descriptor whose end is the end of the master.
my $lifeline;
# The title of the process; `$0` itself is the application's (Reeve/App.pm).
our $title = \$0;

# Before any code of the application is compiled. The engine's own forks use CORE::fork.
*CORE::GLOBAL::fork = sub {
    my $pid = CORE::fork();
    close_own_connections() if defined $pid && $pid == 0;
    return $pid;
};

sub own { push @own_connections, @_ }

sub close_own_connections {
    close $_ for splice @own_connections;
}

# Standard input has carried the boot line; from here on it is empty, for the application too.
sub detach_stdin {
    close STDIN;    # and with it the number of the line, which Perl adds to what dies
    open STDIN, '<', '/dev/null' or die "/dev/null can not be opened: $!\n";
}

# Points standard output and error at the file anew (after it was rotated).
sub reopen_log {
    my ($path) = @_;
    # This user may not open it: what is open goes on.
    sysopen my $log, $path, Fcntl::O_WRONLY() | Fcntl::O_CREAT() | Fcntl::O_APPEND(), 0640 or return;
    STDOUT->flush;
    POSIX::dup2(fileno $log, $_) for 1, 2;
}

# The process ends with the master whatever it is busy with: when the other end of a connection on which nothing is ever
# said is gone, the kernel sends SIGKILL (F_SETSIG). A fork takes one of its own and lets go of the zygote's.
sub end_with_master {
    my ($endpoint, $token) = @_;
    return if $^O ne 'linux';
    my $control = Reeve::Control->new($endpoint);
    $control->send({ type => 'lifeline', token => $token });
    close $lifeline if $lifeline;
    $lifeline = $control->socket;
    fcntl $lifeline, Fcntl::F_SETOWN(), $$ + 0;
    fcntl $lifeline, F_SETSIG, SIGKILL;
    my $flags = fcntl $lifeline, Fcntl::F_GETFL(), 0;
    fcntl $lifeline, Fcntl::F_SETFL(), $flags | Fcntl::O_ASYNC();
    vec(my $wanted = '', fileno $lifeline, 1) = 1;
    POSIX::_exit(0) if select $wanted, undef, undef, 0;    # it had ended before
}

# `ps` shows the title.
sub set_title {
    my ($text) = @_;
    ${$title} = $text if defined $text;
}

1;
