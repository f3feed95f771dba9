# Handlers of uWSGI's signals (uwsgi::register_signal): what this process has registered, and their runs here. The master
# picks the process that handles a signal; handlers run between requests, never beside one.
package Reeve::Handlers;

use strict;
use warnings;

use Reeve::App;

# Number -> handler; forks have what the zygote had.
our %registered;
my @pending;
my ($control, $who);

sub use_control { ($control, $who) = @_ }

# The master wants this signal handled here.
sub add { push @pending, $_[0] }

sub run_pending {
    while (@pending) { run(shift @pending) }
}

# Takes the next one that waits, if any: its number.
sub run_next {
    return if !@pending;
    my $number = shift @pending;
    run($number);
    return $number;
}

sub run {
    my ($number) = @_;
    $control->send({ type => 'signal-begun', number => $number + 0 });
    my $handler = $registered{$number};
    my $is_done = $handler && (eval { $handler->($number); 1 } || do { Reeve::App::report($@); 0 });
    print STDERR "error managing signal $number on $who\n" if !$is_done;
    $control->send({ type => 'signal-done', number => $number + 0 });
}

1;
