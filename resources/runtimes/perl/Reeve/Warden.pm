# A worker's warden: a process beside it that answers its gateways while it runs a request.
#
# Perl has no thread that could do that, and signals would cut the application's sleeps and reads short. So each worker has
# this small fork of the zygote, which holds the worker's control connections: TAKE_BACK is answered here, CANCEL is told
# to the worker. Which of the two has a request is decided by the kernel: it belongs to whoever locks the byte of its
# number (fcntl(2)) in a file that has no name and is never written; the worker locks before it begins.
#
#   byte     gateway's index * 2^32 + request id; the worker locks whole ranges up to the id that it begins, so that its
#            locks are one record of the kernel's as long as nothing is taken back
#   link     worker -> warden: one byte, "all my cores are connected"; warden -> worker: u32le id of a request whose
#            client has gone. Either ends with the other.
package Reeve::Warden;

use strict;
use warnings;

use Fcntl ();
use POSIX ();
use Socket ();

use Reeve::Control;
use Reeve::Frames;
use Reeve::Process;

use constant REGION => 2**32;
# Locks of requests that were taken back are kept until the worker must have passed them: more than it can hold.
use constant KEPT_CLAIMS => 64;

# struct flock, as fcntl(2) has it: Linux has the type first.
my $FLOCK = $^O eq 'linux' ? 's s x![q] q q l x![q]' : 'q q l s s x![q]';

# What worker and warden share, made before they are forked: both ends of the link, and the file.
sub pair {
    socketpair my $worker_end, my $warden_end, Socket::AF_UNIX(), Socket::SOCK_STREAM(), 0 or die "no socket pair: $!\n";
    open my $claims, '+>', undef or die "no temporary file: $!\n";
    return { worker => $worker_end, warden => $warden_end, claims => $claims };
}

# Takes numbers from `first` to `last` of a gateway's. False: one of them is the other process's.
sub claim {
    my ($claims, $gateway, $first, $last) = @_;
    my ($start, $length) = ($gateway * REGION + $first, $last - $first + 1);
    my $lock =
        $^O eq 'linux'
        ? pack($FLOCK, Fcntl::F_WRLCK(), 0, $start, $length, 0)
        : pack($FLOCK, $start, $length, 0, Fcntl::F_WRLCK(), 0);
    return 1 if fcntl $claims, Fcntl::F_SETLK(), $lock;
    return 0 if $!{EAGAIN} || $!{EACCES};
    die "requests can not be claimed: $!\n";
}

sub release {
    my ($claims, $gateway, $first, $last) = @_;
    my ($start, $length) = ($gateway * REGION + $first, $last - $first + 1);
    my $lock =
        $^O eq 'linux'
        ? pack($FLOCK, Fcntl::F_UNLCK(), 0, $start, $length, 0)
        : pack($FLOCK, $start, $length, 0, Fcntl::F_UNLCK(), 0);
    fcntl $claims, Fcntl::F_SETLK(), $lock;
}

# For a worker that no zygote forked. Not its child: the application may wait for all children it has.
sub start_apart {
    my ($pair, $boot) = @_;
    my $middle = CORE::fork() // die "no process for the worker's warden: $!\n";
    if ($middle == 0) {
        my $warden = CORE::fork();
        run($pair, $boot) if defined $warden && $warden == 0;
        POSIX::_exit(defined $warden ? 0 : 1);
    }
    waitpid $middle, 0;
    die "no process for the worker's warden\n" if $?;
}

# Runs until the worker or the gateways have gone; does not return.
sub run {
    my ($pair, $boot) = @_;
    eval {
        close $pair->{worker};
        Reeve::Process::end_with_master($boot->{controlEndpoint}, $boot->{token});
        if (defined(my $title = $boot->{system}{titles}{worker})) {
            $title =~ s/\{number\}/$boot->{wid}/;
            Reeve::Process::set_title("$title (warden)");
        }
        $SIG{$_} = 'IGNORE' for qw(INT HUP USR1 USR2 TSTP TERM PIPE QUIT);
        serve($pair, $boot) if sysread $pair->{warden}, my $ready, 1;
        1;
    } or print STDERR "the warden of worker $boot->{wid}: $@";
    POSIX::_exit(0);
}

sub serve {
    my ($pair, $boot) = @_;
    my $link = $pair->{warden};
    my @lines;
    for my $endpoint (@{ $boot->{gatewayEndpoints} }) {
        my $socket = Reeve::Control::open_socket($endpoint);
        Reeve::Control::write_all($socket,
            Reeve::Frames::hello($boot->{spawnId}, Reeve::Frames::CONTROL_CORE, $boot->{token}))
            or return;
        push @lines, { gateway => scalar @lines, socket => $socket, received => '', claimed => [] };
    }
    # It writes what the worker reads when it likes: what does not fit may be lost, it only spares work.
    fcntl $link, Fcntl::F_SETFL(), Fcntl::O_NONBLOCK();
    while (@lines) {
        my $readable = '';
        vec($readable, fileno $_, 1) = 1 for $link, map { $_->{socket} } @lines;
        next if (select $readable, undef, undef, undef) < 1;
        return if vec $readable, fileno $link, 1;    # it says no more: the worker has gone
        @lines = grep { !vec($readable, fileno $_->{socket}, 1) || answer($pair->{claims}, $link, $_) } @lines;
    }
}

# False: the gateway has gone.
sub answer {
    my ($claims, $link, $line) = @_;
    my $count = sysread $line->{socket}, $line->{received}, 65536, length $line->{received};
    return !defined $count && $!{EINTR} if !$count;
    my $replies = '';
    while (length $line->{received} >= Reeve::Frames::HEADER_BYTES + 2) {
        my (undef, $type, undef, undef, $id) = unpack 'VCCvV', $line->{received};
        substr $line->{received}, 0, Reeve::Frames::HEADER_BYTES + 2, '';
        if ($type == Reeve::Frames::CANCEL) {
            syswrite $link, pack 'V', $id;
        }
        elsif ($type == Reeve::Frames::TAKE_BACK) {
            my $is_taken = take($claims, $line, $id);
            $replies .= Reeve::Frames::bare($is_taken ? Reeve::Frames::TAKEN : Reeve::Frames::BEGUN, $id);
        }
    }
    return $replies eq '' || Reeve::Control::write_all($line->{socket}, $replies);
}

sub take {
    my ($claims, $line, $id) = @_;
    return 0 if !claim($claims, $line->{gateway}, $id, $id);
    push @{ $line->{claimed} }, $id;
    return 1 if @{ $line->{claimed} } <= KEPT_CLAIMS;
    my $oldest = shift @{ $line->{claimed} };
    release($claims, $line->{gateway}, $oldest, $oldest);
    return 1;
}

1;
