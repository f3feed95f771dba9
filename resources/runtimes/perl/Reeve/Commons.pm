# What the processes of an instance share: a blocking client of the engine's commons (engine/commons/wire.ts). A process has
# one connection, made when it is first needed; a fork makes its own.
package Reeve::Commons;

use strict;
use warnings;

use Time::HiRes ();

use Reeve::Control;

# As in engine/commons/wire.ts; a test compares them.
use constant {
    HELLO           => 0,
    CACHE_GET       => 16,
    CACHE_SET       => 17,
    CACHE_DELETE    => 18,
    CACHE_EXISTS    => 19,
    CACHE_CLEAR     => 20,
    METRIC_GET      => 48,
    METRIC_CHANGE   => 49,
    DONE            => 0,
    NOTHING         => 1,
    CONNECT_SECONDS => 20,
};

my ($endpoint, $token, $socket, $owner, $longest);

# Where the commons are; `token` in hex.
sub install { ($endpoint, $token) = @_ }

# A field of bytes in the midst of others.
sub text {
    my ($text) = @_;
    utf8::encode($text) if utf8::is_utf8($text);
    die 'a key or name has ' . length($text) . " bytes; 65535 is the most\n" if length $text > 0xffff;
    return pack 'v/a*', $text;
}

# The answer's value, or undef when there is nothing. Dies with the commons' own words.
sub call {
    my ($operation, $fields) = @_;
    connect_to_commons() if !$socket || $owner != $$;
    return undef if length($fields) >= $longest;
    my ($status, $value) = exchange($operation, $fields);
    if (!defined $status) {
        # The commons were started again, and the connection was from before.
        connect_to_commons();
        ($status, $value) = exchange($operation, $fields);
        die "the engine's commons have gone\n" if !defined $status;
    }
    return $value if $status == DONE;
    return undef  if $status == NOTHING;
    die "$value\n";
}

# The answer's status and value; nothing when the connection has ended.
sub exchange {
    my ($operation, $fields) = @_;
    Reeve::Control::write_all($socket, pack('VC', 1 + length $fields, $operation) . $fields) or return;
    my $head = receive(5) // return;
    my ($length, $status) = unpack 'VC', $head;
    my $value = receive($length - 1) // return;
    return ($status, $value);
}

sub receive {
    my ($size) = @_;
    my $data = '';
    while (length $data < $size) {
        my $count = sysread $socket, $data, $size - length $data, length $data;
        return if defined $count ? $count == 0 : !$!{EINTR};
    }
    return $data;
}

sub connect_to_commons {
    my $deadline = Time::HiRes::time() + CONNECT_SECONDS;
    while (1) {
        $socket = eval { Reeve::Control::open_socket($endpoint) };
        my ($status, $value) = $socket ? exchange(HELLO, pack 'H64 V q<', $token, $$, 0) : ();
        if (defined $status) {
            ($owner, $longest) = ($$, unpack 'V', $value);
            return;
        }
        # Their thread is being started, for the first time or again.
        die "the engine's commons can not be reached at $endpoint\n" if Time::HiRes::time() > $deadline;
        Time::HiRes::sleep(0.02);
    }
}

1;
