# The zygote: holds the loaded application, forks workers (and their wardens) from it and tells the master how they ended.
package Reeve::Zygote;

use strict;
use warnings;

use POSIX ();

use Reeve::Process;
use Reeve::Warden;

# A child that ends between a look and the wait that follows is seen this much later.
use constant LOOK_AGAIN_SECONDS => 5;

# What the application wants done when its own children end.
my $before = 'DEFAULT';

# Forks and reaps until the master says `exit` and all workers have ended; does not return. `become` is called in each fork
# with the boot record of the worker and its pair (Reeve/Warden.pm); it does not return.
sub run {
    my ($boot, $control, $become) = @_;
    my %spawn_ids;    # by pid
    my %wardens;
    my $is_leaving = 0;
    # Only now: the application may have set its own handler while it was loaded. It ends the wait.
    $before = $SIG{CHLD} // 'DEFAULT';
    local $SIG{CHLD} = sub { };
    vec(my $watched = '', fileno $control->socket, 1) = 1;
    while (1) {
        # Last thing before the wait: forking takes its time, and a child that ended meanwhile wakes nobody.
        reap($control, \%spawn_ids, \%wardens);
        POSIX::_exit(0) if $is_leaving && !%spawn_ids;
        next if select(my $readable = $watched, undef, undef, LOOK_AGAIN_SECONDS) < 1;
        my $messages = $control->receive or POSIX::_exit(0);
        for my $message (@$messages) {
            if ($message->{type} eq 'fork') {
                fork_worker($boot, $control, $become, $message, \%spawn_ids, \%wardens);
            }
            elsif ($message->{type} eq 'exit') { $is_leaving = 1 }
            elsif ($message->{type} eq 'reopen-log') { Reeve::Process::reopen_log($message->{path}) }
        }
    }
}

sub fork_worker {
    my ($boot, $control, $become, $message, $spawn_ids, $wardens) = @_;
    my $spawn_id = $message->{spawnId} + 0;
    STDOUT->flush;
    my %own_boot = (%$boot, map { $_ => $message->{$_} } qw(role processes spawnId wid number isFirst));
    my $pair = eval { Reeve::Warden::pair() };
    my $pid = $pair ? CORE::fork() : undef;
    if (!defined $pid) {
        my $text = $pair ? "$!" : $@;
        return $control->send({ type => 'fork-failed', spawnId => $spawn_id, message => Reeve::Control::text($text) });
    }
    if ($pid == 0) {
        leave_family($control);
        $SIG{CHLD} = $before;
        eval { $become->(\%own_boot, $pair); 1 } or print STDERR $@;
        POSIX::_exit(1);
    }
    $spawn_ids->{$pid} = $spawn_id;
    $control->send({ type => 'forked', spawnId => $spawn_id, pid => $pid });
    my $warden = CORE::fork();
    if (defined $warden && $warden == 0) {
        leave_family($control);
        Reeve::Warden::run($pair, \%own_boot);
    }
    # Without one the worker is never complete: it ends, and is started again later.
    if   (defined $warden) { $wardens->{$warden} = 1 }
    else                   { kill 'KILL', $pid }
}

sub leave_family {
    my ($control) = @_;
    $SIG{CHLD} = 'DEFAULT';
    close $control->socket;
}

# By pid, so that processes the application started while it was loaded stay its own.
sub reap {
    my ($control, $spawn_ids, $wardens) = @_;
    for my $pid (keys %$wardens) {
        delete $wardens->{$pid} if waitpid($pid, POSIX::WNOHANG()) != 0;
    }
    for my $pid (keys %$spawn_ids) {
        my $reaped = waitpid $pid, POSIX::WNOHANG();
        next if $reaped == 0;
        my $status = $reaped == $pid ? $? : 0;
        my $signal = $status & 127;
        $control->send({
            type    => 'exited',
            spawnId => delete $spawn_ids->{$pid},
            pid     => $pid + 0,
            code    => $signal ? undef : $status >> 8,
            signal  => $signal ? $signal : undef,
        });
    }
}

1;
