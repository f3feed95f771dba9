# The package `uwsgi` of Perl applications: the functions that uWSGI's plugin has, with its return values. What the engine
# has no use for says why when it is called.
package Reeve::Uwsgi;

use strict;
use warnings;

use Reeve::App;
use Reeve::Commons;
use Reeve::Control;
use Reeve::Exchange;
use Reeve::Handlers;
use Reeve::Spool;

use constant VERSION => '2.0.21';

my ($boot, $control, $is_worker, $atexit, $postfork, %rpc_functions);

my $ASYNC = 'the engine has no asynchronous mode for Perl: one request runs at a time';
my $AREA  = 'the engine has no shared areas: use the cache';
my $SOCKET = "the client's connection belongs to the gateway: use psgi.streaming";
my %REFUSED = (
    async_connect => $ASYNC,
    stream        => 'it is an inner function of uWSGI: give a function as the response (psgi.streaming)',
    (map { ("sharedarea_$_" => $AREA) } qw(read readfast wait write)),
    (map { ("websocket_$_" => $SOCKET) }
        qw(handshake recv recv_nb send send_binary send_from_sharedarea send_binary_from_sharedarea)),
);

my %FUNCTIONS = (
    SPOOL_OK     => sub { -2 },
    SPOOL_RETRY  => sub { -1 },
    SPOOL_IGNORE => sub { 0 },
    VERSION      => sub { VERSION },
    worker_id    => sub { $is_worker ? $boot->{wid} : 0 },
    connection_fd => sub { -1 },
    ready_fd      => sub { -1 },
    i_am_the_lord => sub { '' },
    async_sleep   => sub { 1 },
    suspend       => sub { 1 },
    psgix_logger  => \&Reeve::Exchange::log_message,
    log           => sub { log_line(arguments('log', 1, @_)); return undef },
    reload        => sub { need_worker('reload'); tell_master({ type => 'reload-requested' }); return 1 },
    alarm         => \&raise_alarm,
    atexit        => sub { ($atexit) = arguments('atexit', 1, @_); return 1 },
    postfork      => sub { ($postfork) = arguments('postfork', 1, @_); return 1 },
    # Caches
    cache_get    => \&cache_get,
    cache_set    => \&cache_set,
    cache_del    => sub { cache_call(Reeve::Commons::CACHE_DELETE, arguments('cache_del', 1, @_)) },
    cache_exists => sub { cache_call(Reeve::Commons::CACHE_EXISTS, arguments('cache_exists', 1, @_)) },
    cache_clear  => sub {
        my ($cache) = arguments('cache_clear', 1, @_);
        return defined Reeve::Commons::call(Reeve::Commons::CACHE_CLEAR, Reeve::Commons::text($cache)) ? 1 : undef;
    },
    # Metrics; the numbers are those of METRIC_CHANGES in engine/commons/metrics.ts
    metric_get => sub {
        my $value = Reeve::Commons::call(Reeve::Commons::METRIC_GET, Reeve::Commons::text(arguments('metric_get', 1, @_)));
        return defined $value ? unpack 'q<', $value : 0;
    },
    metric_set => sub { change_metric(0, arguments('metric_set', 2, @_)) },
    metric_inc => sub { change_metric(1, arguments('metric_inc', 1, @_)) },
    metric_dec => sub { change_metric(2, arguments('metric_dec', 1, @_)) },
    metric_mul => sub { change_metric(3, arguments('metric_mul', 1, @_)) },
    metric_div => sub { change_metric(4, arguments('metric_div', 1, @_)) },
    # The request
    add_var => sub {
        my ($name, $value) = arguments('add_var', 2, @_);
        need_request('add_var');
        Reeve::Exchange::set_logvar("var.$name", $value);
        return 1;
    },
    set_user_harakiri => sub {
        my ($seconds) = arguments('set_user_harakiri', 1, @_);
        need_request('set_user_harakiri');
        Reeve::Exchange::set_deadline($seconds > 0 ? int $seconds : 0);
        return undef;
    },
    chunked_read    => \&read_chunk,
    chunked_read_nb => \&read_chunk,
    wait_fd_read    => sub { wait_for(0, arguments('wait_fd_read', 1, @_)) },
    wait_fd_write   => sub { wait_for(1, arguments('wait_fd_write', 1, @_)) },
    # Signals and timers
    register_signal => \&register_signal,
    signal          => sub { tell_master({ type => 'raise-signal', number => signal_number($_[0]) }); return undef },
    signal_wait     => \&wait_for_signal,
    add_timer       => sub { add_timer('timer',   @_) },
    add_rb_timer    => sub { add_timer('rbtimer', @_) },
    # Remote calls: functions of this process
    register_rpc => sub {
        my ($name, $function) = arguments('register_rpc', 2, @_);
        $rpc_functions{$name} = $function;
        return 1;
    },
    call => \&call_function,
    rpc  => sub {
        my ($server, @rest) = arguments('rpc', 2, @_);
        return call_function(@rest) if !defined $server || $server eq '';
        die "uwsgi::rpc is not possible here with a server: functions of this process only\n";
    },
    # The spooler: tasks are put into its folder; they are run by Python
    spool   => sub { Reeve::Spool::enqueue($boot, arguments('spool', 1, @_)) },
    spooler => sub {
        log_line('uwsgi::spooler: tasks are run by spoolers in Python, this function will not be called');
        return 1;
    },
);

# Before the application is loaded.
sub install {
    ($boot, $control) = @_;
    Reeve::Commons::install($boot->{commons}, $boot->{token});
    Reeve::Handlers::use_control($control, 'the zygote');
    my $options = options();
    no strict 'refs';
    # A constant, as in uWSGI: `uwsgi::opt->{name}`.
    *{'uwsgi::opt'} = sub () { $options };
    *{"uwsgi::$_"} = $FUNCTIONS{$_} for keys %FUNCTIONS;
    for my $name (keys %REFUSED) {
        *{"uwsgi::$name"} = sub { die "uwsgi::$name is not possible here: $REFUSED{$name}\n" };
    }
}

# This process is a worker from here on.
sub enter_worker {
    ($boot, $control) = @_;
    $is_worker = 1;
    Reeve::Handlers::use_control($control, "worker $boot->{wid}");
}

sub run_postfork { call_hook($postfork) }

sub run_atexit { call_hook($atexit) }

sub call_hook {
    my ($function) = @_;
    return if !$function;
    eval { $function->(); 1 } or Reeve::App::report($@);
}

# Options by name; repeated ones are arrays.
sub options {
    my %found;
    for my $pair (@{ $boot->{options} }) {
        my ($name, $value) = @$pair;
        if (!exists $found{$name}) { $found{$name} = $value }
        elsif (ref $found{$name}) { push @{ $found{$name} }, $value }
        else                      { $found{$name} = [ $found{$name}, $value ] }
    }
    return \%found;
}

# The arguments when there are enough of them; otherwise it dies in uWSGI's words.
sub arguments {
    my ($function, $least, @given) = @_;
    die_at_caller("Usage: uwsgi::$function takes $least arguments") if @given < $least;
    return @given;
}

# It is the application's mistake: its line is named.
sub die_at_caller {
    my ($text) = @_;
    my $level = 0;
    $level += 1 while (caller $level)[0] eq __PACKAGE__;
    my (undef, $file, $line) = caller $level;
    die "$text at $file line $line.\n";
}

sub need_worker {
    my ($function) = @_;
    die "uwsgi::$function can only be called in a worker\n" if !$is_worker;
}

sub need_request {
    my ($function) = @_;
    die "uwsgi::$function can only be called while a request runs\n" if !Reeve::Exchange::environ();
}

sub tell_master {
    my ($message) = @_;
    $control->send($message) or die "the master has gone\n";
}

sub log_line {
    my ($text) = @_;
    utf8::encode($text) if utf8::is_utf8($text);
    print STDERR $text =~ s/\n*\z/\n/r;
}

sub raise_alarm {
    my ($name, $text) = arguments('alarm', 2, @_);
    tell_master({ type => 'alarm', name => Reeve::Control::text($name), text => Reeve::Control::text($text) });
    return undef;
}

sub bytes_of {
    my ($value) = @_;
    utf8::encode($value) if utf8::is_utf8($value);
    return $value;
}

sub cache_key {
    my ($key, $cache) = @_;
    return Reeve::Commons::text($cache // '') . Reeve::Commons::text($key);
}

sub cache_get {
    return Reeve::Commons::call(Reeve::Commons::CACHE_GET, cache_key(arguments('cache_get', 1, @_)));
}

# 1, or undef when it is there already or there is no room.
sub cache_set {
    my ($key, $value, $expires, $cache) = arguments('cache_set', 2, @_);
    my $fixed = pack 'VC', $expires && $expires > 0 ? $expires : 0, 0;
    my $done = Reeve::Commons::call(Reeve::Commons::CACHE_SET, cache_key($key, $cache) . $fixed . bytes_of($value));
    return defined $done ? 1 : undef;
}

sub cache_call {
    my ($operation, $key, $cache) = @_;
    return defined Reeve::Commons::call($operation, cache_key($key, $cache)) ? 1 : undef;
}

sub change_metric {
    my ($change, $name, $amount) = @_;
    my $fields = Reeve::Commons::text($name) . pack 'Cq<', $change, $amount // 1;
    return 1 if defined Reeve::Commons::call(Reeve::Commons::METRIC_CHANGE, $fields);
    die_at_caller('unable to update metric');
}

# Bodies come whole: a chunk is what is left of this one.
sub read_chunk {
    need_request('chunked_read');
    local $/;
    return readline(Reeve::Exchange::environ()->{'psgi.input'}) // '';
}

# Waits until a descriptor is ready, 0 seconds: for ever. True when it is.
sub wait_for {
    my ($is_write, $descriptor, $seconds) = @_;
    vec(my $wanted = '', $descriptor, 1) = 1;
    my @sets = $is_write ? (undef, $wanted) : ($wanted, undef);
    return select($sets[0], $sets[1], undef, $seconds || undef) > 0 ? 1 : 0;
}

# uWSGI keeps a signal in one byte.
sub signal_number { return $_[0] & 0xff }

sub register_signal {
    my ($number, $target, $handler) = arguments('register_signal', 3, @_);
    $number = signal_number($number);
    die "unable to register signal $number: it is registered already\n"
        if !$is_worker && $Reeve::Handlers::registered{$number};
    $Reeve::Handlers::registered{$number} = $handler;
    tell_master({ type => 'register-signal', number => $number, target => Reeve::Control::text($target) });
    return 1;
}

sub add_timer {
    my ($kind, $number, $seconds, $iterations) = arguments($_[0] eq 'timer' ? 'add_timer' : 'add_rb_timer', 3, @_);
    $number = signal_number($number);
    my %message = (type => 'add-timer', kind => $kind, number => $number);
    $seconds = $seconds >= 1 ? int $seconds : 1;
    tell_master({ %message, seconds => $seconds, iterations => int($iterations // 0) });
    return $number;
}

# Waits for this signal, or for any, and runs its handler.
sub wait_for_signal {
    my ($wanted) = @_;
    need_worker('signal_wait');
    while (1) {
        while (defined(my $number = Reeve::Handlers::run_next())) {
            return $number if !defined $wanted || $number == signal_number($wanted);
        }
        # Whoever is to end while it waits ends.
        my $messages = $control->receive // exit 0;
        for my $message (@$messages) {
            exit 0 if $message->{type} eq 'exit';
            Reeve::Handlers::add($message->{number}) if $message->{type} eq 'signal';
        }
    }
}

sub call_function {
    my ($name, @values) = arguments('call', 1, @_);
    my $function = $rpc_functions{$name} // return undef;
    my $answer;
    eval { $answer = $function->(@values); 1 } or Reeve::App::report($@);
    return defined $answer && $answer ne '' ? "$answer" : undef;
}

1;
