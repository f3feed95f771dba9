# When a worker has had enough: `max-requests`, `reload-on-rss/-as`, `reload-on-exception*` (RecyclingSettings in
# engine/config/settings.ts), and what the application asks for (psgix.harakiri.commit). The worker says so with a flag on
# an answer; the master replaces it.
package Reeve::Recycling;

use strict;
use warnings;

use POSIX ();
use Time::HiRes ();

use Reeve::Frames;

sub new {
    my ($class, $boot) = @_;
    my $settings = $boot->{recycling};
    my $most     = $settings->{maxRequests};
    my $self     = bless {
        at_once      => $boot->{retirement} eq 'at-once',
        max_requests => $most ? $most + $settings->{maxRequestsDelta} * ($boot->{wid} - 1) : 0,
        old_enough   => now() + $settings->{minLifetimeSeconds},
        rss_bytes    => $settings->{onRssBytes},
        as_bytes     => $settings->{onAsBytes},
        on_exception => $settings->{onException},
        (map { $_->[0] => { map { $_ => 1 } @{ $settings->{ $_->[1] } } } }
            [ types => 'onExceptionTypes' ], [ values => 'onExceptionValues' ], [ reprs => 'onExceptionReprs' ]),
        served => 0,
        flags  => 0,
    }, $class;
    if ($self->{rss_bytes} || $self->{as_bytes}) {
        open $self->{statm}, '<:unix', '/proc/self/statm';
        $self->{page_bytes} = POSIX::sysconf(POSIX::_SC_PAGESIZE());
    }
    # False as long as there is nothing to ask at the end of a request.
    $self->{active} = $self->{max_requests} || $self->{statm};
    $self->{monitors_exceptions} = $self->{on_exception} || grep { %{ $self->{$_} } } qw(types values reprs);
    return $self;
}

# Flags for the answer that is about to be sent.
sub end_flags {
    my ($self) = @_;
    $self->{served} += 1;
    return $self->{flags} if $self->{flags};
    my $reason = $self->reason;
    $self->give_up($reason, $self->{at_once}) if $reason;
    return $self->{flags};
}

# The application died: is it an exception that the configuration watches? `class` is that of the object, or empty.
sub exception_raised {
    my ($self, $class, $text) = @_;
    $text =~ s/\n\z//;
    my $is_watched =
           $self->{on_exception}
        || $self->{types}{$class}
        || $self->{values}{$text}
        || $self->{reprs}{"$class: $text"};
    $self->give_up('exception ' . ($class || $text), 1) if $is_watched;
}

# The worker takes no more requests after this one (`at_once`), or should be replaced when that suits.
sub give_up {
    my ($self, $reason, $at_once) = @_;
    my $flag = $at_once ? Reeve::Frames::RETIRING : Reeve::Frames::WORN;
    return if $self->{flags} == $flag || $self->{flags} == Reeve::Frames::RETIRING;
    $self->{flags}  = $flag;
    $self->{active} = 1;
    print STDERR "...The work of process $$ is done ($reason). Seeya!\n";
}

sub reason {
    my ($self) = @_;
    return if now() < $self->{old_enough};
    my $most = $self->{max_requests};
    return "max requests reached ($self->{served} >= $most)" if $most && $self->{served} >= $most;
    return if !$self->{statm};
    sysseek $self->{statm}, 0, 0;
    sysread $self->{statm}, my $line, 64 or return;
    my ($space, $resident) = map { $_ * $self->{page_bytes} } (split ' ', $line)[ 0, 1 ];
    for ([ 'rss', $resident, $self->{rss_bytes} ], [ 'address space', $space, $self->{as_bytes} ]) {
        my ($name, $bytes, $limit) = @$_;
        return "memory limit reached ($name $bytes >= $limit)" if $limit && $bytes >= $limit;
    }
    return;
}

sub now { return Time::HiRes::clock_gettime(Time::HiRes::CLOCK_MONOTONIC()) }

1;
