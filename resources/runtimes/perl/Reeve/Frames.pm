# The worker's half of the wire between a gateway and its workers; engine/gateway/frames.ts draws it. A frame is a header
# of 12 bytes (payload length, type, flags, number of the application, request id; little endian) and its payload.
package Reeve::Frames;

use strict;
use warnings;

use constant {
    REQUEST    => 1,
    INPUT      => 4,
    TAKE_BACK  => 2,
    CANCEL     => 3,
    HELLO      => 16,
    HEAD       => 17,
    DATA       => 18,
    END_ANSWER => 19,
    RESPONSE   => 20,
    TAKEN      => 21,
    BEGUN      => 22,
    DEADLINE   => 23,
    LOGVAR     => 24,
    DISCONNECT => 25,

    BODY_FILE => 1,
    EXCEPTION => 2,
    ABORTED   => 4,
    RETIRING  => 8,
    WORN      => 16,

    CONTROL_CORE => 0xffff,
    NO_APP       => 0xffff,
    HEADER_BYTES => 12,

    # One frame carries at most this much of a body, so that the gateway never has to hold a large one together.
    MAX_DATA_BYTES => 256 * 1024,
};

# The first frame of every connection; `token` in hex.
sub hello {
    my ($spawn_id, $core, $token) = @_;
    return pack 'VCCvV V v H64', 38, HELLO, 0, 0, 0, $spawn_id, $core, $token;
}

# A whole answer in one frame. `block`: reason line and header lines; `length`: -1 when the application gave none.
sub response {
    my ($id, $flags, $app, $micros, $status, $count, $parts, $length, $block, $body) = @_;
    return pack('VCCvV V vvl<d<V',
        24 + length($block) + length($body),
        RESPONSE, $flags, $app, $id, $micros, $status, $count, $parts, $length, length $block)
        . $block
        . $body;
}

# The head of an answer whose body follows in DATA frames.
sub head {
    my ($id, $flags, $status, $count, $length, $block) = @_;
    return pack('VCCvV vvl<d<V',
        20 + length $block,
        HEAD, $flags, 0, $id, $status, $count, 0, $length, length $block)
        . $block;
}

sub data {
    my ($id, $flags, $data) = @_;
    return pack('VCCvV', length $data, DATA, $flags, 0, $id) . $data;
}

sub end {
    my ($id, $flags, $app, $micros) = @_;
    return pack 'VCCvV V', 4, END_ANSWER, $flags, $app, $id, $micros;
}

# Harakiri for the request that runs is due in so many seconds; 0: never.
sub deadline {
    my ($id, $seconds) = @_;
    return pack 'VCCvV V', 4, DEADLINE, 0, 0, $id, $seconds;
}

# A variable for the request's line in the log.
sub logvar {
    my ($id, $name, $value) = @_;
    return pack('VCCvV v/a*', 2 + length($name) + length $value, LOGVAR, 0, 0, $id, $name) . $value;
}

# A frame without a payload: DISCONNECT, TAKEN, BEGUN.
sub bare {
    my ($type, $id) = @_;
    return pack 'VCCvV', 0, $type, 0, 0, $id;
}

1;
