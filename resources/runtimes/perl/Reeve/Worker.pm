# A worker's request loop: its connections to the gateways, its messages from the master, and its end.
#
# Requests run one at a time. A request begins at most once: the worker claims its number before (Reeve/Warden.pm, which
# gives requests back meanwhile). The master is heard between requests; nothing it says needs an answer sooner.
package Reeve::Worker;

use strict;
use warnings;

use Fcntl ();
use POSIX ();
use Time::HiRes ();

use Reeve::App;
use Reeve::Control;
use Reeve::Exchange;
use Reeve::Frames;
use Reeve::Handlers;
use Reeve::Process;
use Reeve::Recycling;
use Reeve::Uwsgi;
use Reeve::Warden;
use Reeve::Watch;

use constant READ_BYTES => 64 * 1024;
# So many requests that were taken back, and the claims around the older half of them become one again.
use constant MOST_HOLES => 4 * Reeve::Warden::KEPT_CLAIMS;

sub new {
    my ($class, $boot, $control, $app, $pair) = @_;
    close $pair->{warden};
    my $self = bless {
        boot => $boot, control => $control, claims => $pair->{claims}, link => $pair->{worker}, lines => [],
        cancelled => -1, link_buffer => '', pid => $$, watch => Reeve::Watch->new($boot),
    }, $class;
    fcntl $self->{link}, Fcntl::F_SETFL(), Fcntl::O_NONBLOCK();
    for my $endpoint (@{ $boot->{gatewayEndpoints} }) {
        my $socket = Reeve::Control::open_socket($endpoint);
        Reeve::Control::write_all($socket, Reeve::Frames::hello($boot->{spawnId}, 0, $boot->{token}));
        push @{ $self->{lines} },
            { gateway => scalar @{ $self->{lines} }, socket => $socket, buffer => '', begun => -1, holes => [] };
    }
    Reeve::Process::own($control->socket, $self->{link}, $self->{claims}, map { $_->{socket} } @{ $self->{lines} });
    Reeve::Exchange::prepare($boot, $app, Reeve::Recycling->new($boot), sub { $self->is_cancelled(@_) });
    return $self;
}

# Serves requests until the master says `exit` or goes away; never returns.
sub run {
    my ($self) = @_;
    $self->handle_signals;
    # The warden opens the last connections, with which the worker counts as ready.
    Reeve::Control::write_all($self->{link}, 'r');
    while (1) {
        for my $line ($self->wait_for_input) {
            # Frames that were received together with the first are in the buffer, where `select` does not see them.
            do { $self->serve_one($line) } while length $line->{buffer} && !$self->{is_parked};
            Reeve::Handlers::run_pending();
        }
        $self->{watch}->look($self->{control}) if $self->{watch}->is_due;
    }
}

# Signals as far as the application has not set handlers of its own.
sub handle_signals {
    my ($self) = @_;
    # Not IGNORE, which would be inherited by the programs that the application starts.
    for my $name (qw(INT USR1 TSTP PIPE)) { $SIG{$name} //= sub { } }
    $SIG{INT} = sub { };
    # It is replaced when its requests are answered, as in uWSGI.
    $SIG{HUP} //= sub { $self->{control}->send({ type => 'worn' }) };
    my $show = sub {
        my ($title) = @_;
        print STDERR "*** $title of worker $self->{boot}{wid} (pid: $$) ***\n" . Reeve::App::stack(2);
    };
    # uWSGI's signal for "where do you stand".
    $SIG{USR2} //= sub { $show->('stack') };
    # Harakiri.
    $SIG{ABRT} = sub {
        $show->('Perl stack');
        STDOUT->flush;
        $SIG{ABRT} = 'DEFAULT';
        kill 'ABRT', $$;
    };
}

# Gives the connections on which something has come; handles what the master says.
sub wait_for_input {
    my ($self) = @_;
    my @lines = $self->{is_parked} ? () : @{ $self->{lines} };
    my $readable = '';
    vec($readable, fileno $_, 1) = 1 for $self->{control}->socket, map { $_->{socket} } @lines;
    return if (select $readable, undef, undef, $self->{watch}->seconds_left) < 1;
    if (vec $readable, fileno $self->{control}->socket, 1) {
        $self->obey($self->{control}->receive);
        Reeve::Handlers::run_pending();
    }
    return grep { vec $readable, fileno $_->{socket}, 1 } @lines;
}

sub obey {
    my ($self, $messages) = @_;
    POSIX::_exit(0) if !$messages;    # the master has gone
    for my $message (@$messages) {
        my $type = $message->{type};
        if ($type eq 'exit') { $self->leave }
        elsif ($type eq 'reopen-log') { Reeve::Process::reopen_log($message->{path}) }
        elsif ($type eq 'signal') { Reeve::Handlers::add($message->{number}) }
    }
}

# Serves the next request of a connection.
sub serve_one {
    my ($self, $line) = @_;
    $self->fill($line, Reeve::Frames::HEADER_BYTES) or return $self->park;
    my ($size, $type, $flags, undef, $id) = unpack 'VCCvV', $line->{buffer};
    $self->fill($line, Reeve::Frames::HEADER_BYTES + $size) or return $self->park;
    my $frame = substr $line->{buffer}, 0, Reeve::Frames::HEADER_BYTES + $size, '';
    # What a client still sent to a request that has ended.
    return if $type == Reeve::Frames::INPUT;
    die "frame of type $type from the gateway\n" if $type != Reeve::Frames::REQUEST;
    $self->claim($line, $id) or return;
    my $environ_bytes = unpack 'V', substr $frame, 12, 4;
    my %environ = unpack '(V/a*)*', substr $frame, 16, $environ_bytes;
    my $body    = substr $frame, 16 + $environ_bytes;
    my $goes_on = eval {
        Reeve::Exchange::run($line->{socket}, $id, \%environ, $body, $flags & Reeve::Frames::BODY_FILE) ? 1 : 0;
    };
    # A child of the application's own has come back from the request that forked it.
    POSIX::_exit(0) if $$ != $self->{pid};
    if (!defined $goes_on) {
        my $error = $@;
        print STDERR $error if ref $error ne 'Reeve::GatewayGone';
        $goes_on = 0;
    }
    $self->park if !$goes_on;
}

# False: it was taken back.
sub claim {
    my ($self, $line, $id) = @_;
    # Ids are 32 bits wide and may wrap.
    if ($id <= $line->{begun}) {
        Reeve::Warden::release($self->{claims}, $line->{gateway}, 0, Reeve::Warden::REGION - 1);
        $line->{begun} = -1;
    }
    my $first = $line->{begun} + 1;
    $line->{begun} = $id;
    return 1 if Reeve::Warden::claim($self->{claims}, $line->{gateway}, $first, $id);
    my $holes = $line->{holes};
    push @$holes, $id;
    if (@$holes > MOST_HOLES) {
        splice @$holes, 0, MOST_HOLES / 2;
        Reeve::Warden::claim($self->{claims}, $line->{gateway}, 0, $holes->[0] - 1);
    }
    return 0;
}

# Receives until there are so many bytes; false when the gateway has gone.
sub fill {
    my ($self, $line, $needed) = @_;
    while ((my $have = length $line->{buffer}) < $needed) {
        my $missing = $needed - $have;
        my $count = sysread $line->{socket}, $line->{buffer}, $missing > READ_BYTES ? $missing : READ_BYTES, $have;
        return 0 if defined $count ? $count == 0 : !$!{EINTR};
    }
    return 1;
}

# This process serves no more; the master ends it.
sub park { $_[0]{is_parked} = 1 }

# Has the client of the request that runs gone?
sub is_cancelled {
    my ($self, $id) = @_;
    while (sysread $self->{link}, $self->{link_buffer}, 4096, length $self->{link_buffer}) { }
    while (length $self->{link_buffer} >= 4) {
        $self->{cancelled} = unpack 'V', substr $self->{link_buffer}, 0, 4, '';
    }
    return $self->{cancelled} == $id;
}

# Ends the process as Perl would: with its END blocks.
sub leave {
    my ($self) = @_;
    Reeve::Uwsgi::run_atexit();
    STDOUT->flush;
    exit 0;
}

1;
