# A body that the application has put into chunks itself (RFC 9112 section 7.1; Mojolicious does so), taken out of them
# again: how a body travels is the gateway's business.
package Reeve::Chunks;

use strict;
use warnings;

use constant MOST_LINE_BYTES => 4096;

sub new { return bless { buffer => '', left => 0, is_ended => 0 }, $_[0] }

# The bytes of the body in what has come so far.
sub decode {
    my ($self, $data) = @_;
    $self->{buffer} .= $data;
    my $body = '';
    while (length $self->{buffer} && !$self->{is_ended}) {
        if (!$self->{left}) {
            # The line break behind the chunk before comes with the next one's size.
            if ($self->{buffer} !~ s/^(?:\r\n)?([0-9a-fA-F]{1,8})[^\r\n]*\r\n//) {
                die "the body is not in chunks, as its Transfer-Encoding says\n"
                    if $self->{buffer} !~ /^(?:\r\n?)?[0-9a-fA-F]{0,8}(?:[; \t][^\n]*)?\r?\z/
                    || length $self->{buffer} > MOST_LINE_BYTES;
                last;
            }
            $self->{left} = hex $1;
            $self->{is_ended} = !$self->{left};
        }
        my $part = substr $self->{buffer}, 0, $self->{left}, '';
        $self->{left} -= length $part;
        $body .= $part;
    }
    return $body;
}

1;
