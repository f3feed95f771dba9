# One PSGI call: from the request's variables to frames on the core's connection (PSGI 1.1 with the extensions that uWSGI
# has: psgix.logger, psgix.cleanup, psgix.harakiri, and psgix.input.buffered).
#
# A worker serves one request at a time, so the present one is in variables of this file. It decides nothing about which
# requests run: Reeve/Worker.pm does.
package Reeve::Exchange;

use strict;
use warnings;

use IO::File ();
use IO::Handle ();
use Scalar::Util ();
use Time::HiRes ();

use Reeve::App;
use Reeve::Chunks;
use Reeve::Control;
use Reeve::Frames;

# Bodies up to this size are copied behind their head and leave in one write.
use constant JOIN_BYTES => 128 * 1024;
use constant READ_BYTES => 64 * 1024;
use constant MOST_MICROS => 0xffffffff;

# Thrown into the application when nobody reads its answer any more, and out of the worker's loop when its gateway has gone.
our $CLIENT_GONE  = bless {}, 'Reeve::ClientGone';
our $GATEWAY_GONE = bless {}, 'Reeve::GatewayGone';

# Headers that speak about one connection belong to the gateway, which owns the client's connection.
use constant { PLAIN => 0, DROP => 1, LENGTH => 2, CODING => 3 };
my %KNOWN = (
    (map { $_ => DROP } qw(connection keep-alive proxy-connection te trailer upgrade)),
    'content-length'    => LENGTH,
    'transfer-encoding' => CODING,
);
my %kinds;
use constant MOST_KINDS => 512;

my %REASONS = (
    200 => 'OK', 201 => 'Created', 202 => 'Accepted', 203 => 'Non-Authoritative Information', 204 => 'No Content',
    205 => 'Reset Content', 206 => 'Partial Content', 207 => 'Multi-Status', 208 => 'Already Reported',
    300 => 'Multiple Choices', 301 => 'Moved Permanently', 302 => 'Found', 303 => 'See Other', 304 => 'Not Modified',
    305 => 'Use Proxy', 307 => 'Temporary Redirect', 308 => 'Permanent Redirect',
    400 => 'Bad Request', 401 => 'Unauthorized', 402 => 'Payment Required', 403 => 'Forbidden', 404 => 'Not Found',
    405 => 'Method Not Allowed', 406 => 'Not Acceptable', 407 => 'Proxy Authentication Required',
    408 => 'Request Timeout', 409 => 'Conflict', 410 => 'Gone', 411 => 'Length Required',
    412 => 'Precondition Failed', 413 => 'Request Entity Too Large', 414 => 'Request-URI Too Long',
    415 => 'Unsupported Media Type', 416 => 'Requested Range Not Satisfiable', 417 => 'Expectation Failed',
    418 => "I'm a teapot", 421 => 'Misdirected Request', 422 => 'Unprocessable Entity', 423 => 'Locked',
    424 => 'Failed Dependency', 425 => 'Too Early', 426 => 'Upgrade Required', 428 => 'Precondition Required',
    429 => 'Too Many Requests', 431 => 'Request Header Fields Too Large', 451 => 'Unavailable For Legal Reasons',
    500 => 'Internal Server Error', 501 => 'Not Implemented', 502 => 'Bad Gateway', 503 => 'Service Unavailable',
    504 => 'Gateway Timeout', 505 => 'HTTP Version Not Supported', 507 => 'Insufficient Storage',
    511 => 'Network Authentication Required',
);

# Of this process.
my ($app, $recycling, $check_cancelled, @base_names, @base_values);
# Of the request that runs.
my ($socket, $id, $environ, $head_sent, $is_whole, $is_disconnected, $has_answered, $chunks, %logvars);

# `cancelled` is asked, with the request's id, whether its client has gone.
sub prepare {
    my ($boot, $loaded, $its_recycling, $cancelled) = @_;
    ($app, $recycling, $check_cancelled) = ($loaded->{call}, $its_recycling, $cancelled);
    my %base = (
        'psgi.version'         => [ 1, 1 ],
        'psgi.errors'          => \*STDERR,
        'psgi.multithread'     => 0,
        'psgi.multiprocess'    => $boot->{processes} > 1 ? 1 : 0,
        'psgi.run_once'        => 0,
        'psgi.nonblocking'     => 0,
        'psgi.streaming'       => 1,
        'psgix.input.buffered' => 1,
        'psgix.logger'         => \&log_message,
        'psgix.harakiri'       => 1,
        'psgix.cleanup'        => 1,
    );
    @base_names  = keys %base;
    @base_values = @base{@base_names};
}

sub log_message {
    my ($message) = @_;
    my $text = "[uwsgi-perl $message->{level}] $message->{message}\n";
    utf8::encode($text) if utf8::is_utf8($text);
    print STDERR $text;
}

# Serves one request; false: the worker takes no more. `body` is a string, or with `is_file` the path of a file.
sub run {
    my ($its_socket, $its_id, $variables, $body, $is_file) = @_;
    my $started = Time::HiRes::clock_gettime(Time::HiRes::CLOCK_MONOTONIC());
    ($socket, $id, $environ) = ($its_socket, $its_id, $variables);
    ($head_sent, $is_whole, $is_disconnected, $has_answered, $chunks) = (0, 0, 0, 0, undef);
    my ($flags, $answer) = (0, undef);
    if (!$app) { print STDERR "--- unable to find perl application ---\n" }
    elsif (!eval { $answer = call_within($body, $is_file); 1 }) {
        my $error = $@;
        die $error if ref $error eq 'Reeve::GatewayGone';
        $answer = undef;
        $flags = ref $error eq 'Reeve::ClientGone' ? Reeve::Frames::ABORTED : failed($error);
    }
    if (my $handlers = $environ->{'psgix.cleanup.handlers'}) {
        $answer = clean_up($answer, $handlers) if @$handlers;
    }
    if ($environ->{'psgix.harakiri.commit'}) {
        print STDERR "*** psgix.harakiri.commit requested ***\n";
        $recycling->give_up('psgix.harakiri.commit', 1);
    }
    send_logvars() if %logvars;
    $flags |= $recycling->end_flags if $recycling->{active};
    my $micros = int((Time::HiRes::clock_gettime(Time::HiRes::CLOCK_MONOTONIC()) - $started) * 1e6);
    $micros = MOST_MICROS if $micros > MOST_MICROS;
    my $number = $app ? 0 : Reeve::Frames::NO_APP;
    $environ = undef;
    transmit(
        $answer
        ? Reeve::Frames::response($id, $flags, $number, $micros, @$answer)
        : Reeve::Frames::end($id, $flags, $number, $micros)
    );
    return !($flags & Reeve::Frames::RETIRING);
}

# The application stays within its call, also when it says `last` outside of a loop.
sub call_within {
    my $answer;
    {
        $answer = call_app(@_);
        return $answer;
    }
    die "the application has left its function by last or next\n";
}

# A whole answer as Reeve::Frames::response takes it, or undef when it has been sent already.
sub call_app {
    my ($body, $is_file) = @_;
    my $input;
    if ($is_file) { open $input, '<:raw', $body or die "the body of the request can not be read: $!\n" }
    else          { open $input, '<', \$body }
    @{$environ}{@base_names} = @base_values;
    $environ->{'psgi.url_scheme'} = delete $environ->{'wsgi.url_scheme'};
    $environ->{'psgi.input'} = $input;
    $environ->{'psgix.cleanup.handlers'} = [];
    my $result = $app->($environ);
    if (ref $result eq 'ARRAY') { return answer($result) }
    die 'the application gave ' . shown($result) . ", not a response (an array of three, or a function)\n"
        if !Reeve::App::is_code($result);
    my $late;
    $result->(sub {
        die "the application answered twice\n" if $has_answered;
        $has_answered = 1;
        my ($response) = @_;
        return writer($response) if ref $response eq 'ARRAY' && @$response == 2;
        $late = answer($response);
        return;
    });
    die "the application ended without an answer\n" if !$has_answered;
    $is_whole = 1;
    return $late;
}

# As call_app, for a response with its body.
sub answer {
    my ($response) = @_;
    die 'the application gave ' . shown($response) . ", not an array of status, headers and body\n"
        if ref $response ne 'ARRAY' || @$response != 3;
    my ($status, $headers, $body) = @$response;
    my @head = head($status, $headers);
    if (ref $body eq 'ARRAY') {
        my $data = @$body == 1 ? $body->[0] : join '', map { $_ // '' } @$body;
        $data = as_bytes($data) if !defined $data || utf8::is_utf8($data);
        if (length $data <= JOIN_BYTES) {
            $data = $chunks->decode($data) if $chunks;
            return [ $head[0], $head[1], scalar @$body, $head[2], $head[3], $data ];
        }
        send_data(\@head, $data);
        $is_whole = 1;
        return;
    }
    die 'the body of the response is ' . shown($body) . ", neither an array nor something with getline\n"
        if !ref $body && ref \$body ne 'GLOB' || ref $body eq 'HASH' || ref $body eq 'CODE';
    return stream(\@head, $body);
}

# A body that is read: a file handle, or an object with getline and close. As call_app.
sub stream {
    my ($head, $body) = @_;
    my $whole;
    my $is_done = eval {
        # In blocks rather than lines.
        local $/ = \(READ_BYTES);
        my $data = $body->getline;
        if (defined $data && is_all($head, $body, $data)) {
            $whole = [ $head->[0], $head->[1], 1, $head->[2], $head->[3], as_bytes($data) ];
            $data  = $body->getline;
        }
        for (; defined $data; $data = $body->getline) {
            ($whole, $data) = (undef, $whole->[5] . $data) if $whole;
            send_data($head, as_bytes($data)) if length $data;
        }
        send_data($head, '') if !$head_sent && !$whole;
        $is_whole = 1;
        $body->close;
        1;
    };
    return $whole if $is_done;
    my $error = $@;
    # Closed in any case, also when the client has gone; what failed first is reported.
    eval { $body->close } if !$is_whole;
    die $error;
}

# The first block is as long as the response says, or its file is at its end: it leaves in one piece.
sub is_all {
    my ($head, $body, $data) = @_;
    return 1 if length $data == $head->[2];
    return length $data < READ_BYTES && Scalar::Util::reftype($body) eq 'GLOB' && -f $body && eof $body;
}

# The object that writes a body, after [status, headers].
sub writer {
    my ($response) = @_;
    my @head = head(@$response);
    return bless { head => \@head, request => $id }, 'uwsgi::streaming';
}

sub uwsgi::streaming::write {
    my ($self, $data) = @_;
    die "the response has ended already\n" if $self->{is_closed} || $self->{request} != $id || !$environ;
    $data = as_bytes($data) if !defined $data || utf8::is_utf8($data);
    send_data($self->{head}, $data) if length $data;
    return 1;
}

sub uwsgi::streaming::close {
    my ($self) = @_;
    return 1 if $self->{is_closed};
    $self->{is_closed} = 1;
    send_data($self->{head}, '') if !$head_sent && $environ && $self->{request} == $id;
    return 1;
}

# Status, header count, content length and block of a response.
sub head {
    my ($status, $headers) = @_;
    my ($code, $reason) = ($status // '') =~ /^([2-9]\d\d)(?: (.*))?\z/s;
    die shown($status) . " is not the status of a response\n" if !defined $code;
    die 'the headers of the response are ' . shown($headers) . ", not an array of names and values\n"
        if ref $headers ne 'ARRAY' || @$headers % 2;
    my $block  = ($reason // $REASONS{$code} // 'Unknown') . "\r\n";
    my $lines  = 1;
    my $length = -1;
    for (my $at = 0; $at < @$headers; $at += 2) {
        my ($name, $value) = @$headers[ $at, $at + 1 ];
        my $kind = $kinds{ $name // '' } // kind_of($name);
        if ($kind) {
            $chunks = Reeve::Chunks->new if $kind == CODING && ($value // '') =~ /\bchunked\b/i;
            next if $kind == DROP || $kind == CODING;
            die shown($value) . " is not a Content-Length\n" if ($value // '') !~ /^\d{1,15}\z/;
            next if $length == $value;
            die "Content-Length is there twice, $length and $value\n" if $length >= 0;
            $length = $value;
        }
        $block .= $name . ': ' . ($value // '') . "\r\n";
        $lines += 1;
    }
    die "a wide character in a header: encode it first\n" if utf8::is_utf8($block) && !utf8::downgrade($block, 1);
    # Every line break must be one of ours: an embedded one would let data become headers.
    die "a status or header holds a line break or a NUL\n"
        if $block =~ tr/\n// != $lines || $block =~ tr/\r// != $lines || $block =~ tr/\0//;
    return ($code, $lines - 1, $length, $block);
}

# Learns how to treat a header name; its case is the application's.
sub kind_of {
    my ($name) = @_;
    die shown($name) . " is not a header name\n" if !defined $name || $name !~ /^[!#-9;-~]+\z/;
    my $kind = $KNOWN{ lc $name } // PLAIN;
    $kinds{$name} = $kind if keys %kinds < MOST_KINDS;
    return $kind;
}

sub as_bytes {
    my ($data) = @_;
    die "undef in the body of the response\n" if !defined $data;
    return $data if !utf8::is_utf8($data);
    die "a wide character in the body: encode it first (Encode::encode_utf8)\n" if !utf8::downgrade($data, 1);
    return $data;
}

sub shown {
    my ($value) = @_;
    return defined $value ? ref $value ? 'a reference to ' . ref $value : "'$value'" : 'undef';
}

# Sends a part of the body, with the head before the first one.
sub send_data {
    my ($head, $data) = @_;
    die $CLIENT_GONE if $check_cancelled->($id);
    return if $is_disconnected;
    $data = $chunks->decode($data) if $chunks;
    my $frames = '';
    if (!$head_sent) {
        $head_sent = 1;
        $frames = Reeve::Frames::head($id, 0, @$head);
    }
    my $size = length $data;
    if ($size <= JOIN_BYTES) {
        $frames .= Reeve::Frames::data($id, 0, $data) if $size;
        return transmit($frames);
    }
    for (my $at = 0; $at < $size; $at += Reeve::Frames::MAX_DATA_BYTES) {
        transmit($frames . Reeve::Frames::data($id, 0, substr $data, $at, Reeve::Frames::MAX_DATA_BYTES));
        $frames = '';
    }
}

sub transmit {
    my ($frames) = @_;
    Reeve::Control::write_all($socket, $frames) or die $GATEWAY_GONE;
}

# psgix.cleanup: the client has its whole answer before these run; the request lasts until they are done.
sub clean_up {
    my ($answer, $handlers) = @_;
    if ($answer) {
        my ($status, $count, undef, $length, $block, $data) = @$answer;
        send_data([ $status, $count, $length, $block ], $data);
    }
    if ($head_sent && !$is_disconnected) {
        transmit(Reeve::Frames::bare(Reeve::Frames::DISCONNECT, $id));
        $is_disconnected = 1;
    }
    for my $handler (@$handlers) {
        eval { $handler->($environ); 1 } or Reeve::App::report($@);
    }
    return $head_sent ? undef : $answer;
}

# Writes to the log why the application died; gives the flags for the end of the answer.
sub failed {
    my ($error) = @_;
    my $text = Reeve::App::report($error);
    $recycling->exception_raised(ref $error, $text) if $recycling->{monitors_exceptions};
    return Reeve::Frames::EXCEPTION | ($head_sent && !$is_whole ? Reeve::Frames::ABORTED : 0);
}

# What applications say through the package `uwsgi` (Reeve/Uwsgi.pm)

# The variables of the request that runs; undef between requests.
sub environ { return $environ }

sub set_logvar {
    my ($name, $value) = @_;
    $logvars{$name} = $value;
}

sub set_deadline {
    my ($seconds) = @_;
    transmit(Reeve::Frames::deadline($id, $seconds));
}

sub send_logvars {
    transmit(join '', map { Reeve::Frames::logvar($id, $_, $logvars{$_}) } keys %logvars);
    %logvars = ();
}

1;
