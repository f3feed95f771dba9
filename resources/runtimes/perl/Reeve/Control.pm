# The connection between a Perl process and the master: `u32le length | UTF-8 JSON` both ways; the messages are those of
# engine/master/control.ts. Texts from the master are bytes, as Perl has them from everywhere else.
package Reeve::Control;

use strict;
use warnings;

use Errno ();
use JSON::PP ();
use Socket ();

# Not `utf8`: what Node writes as UTF-8 stays the bytes that file names are made of.
my $decoder = JSON::PP->new;
my $encoder = JSON::PP->new->ascii;

sub decode {
    my ($line) = @_;
    return $decoder->decode($line);
}

# A text for a message: bytes that are UTF-8 become characters, any others are taken for latin-1.
sub text {
    my ($text) = @_;
    utf8::decode($text);
    return $text;
}

sub new {
    my ($class, $endpoint) = @_;
    return bless { socket => open_socket($endpoint), received => '' }, $class;
}

sub socket { return $_[0]{socket} }

sub send {
    my ($self, $message) = @_;
    my $payload = $encoder->encode($message);
    return write_all($self->{socket}, pack('V/a*', $payload));
}

# Waits for bytes; returns the messages that are complete in an array, or undef when the master has gone.
sub receive {
    my ($self) = @_;
    my $count = sysread $self->{socket}, $self->{received}, 65536, length $self->{received};
    return [] if !defined $count && $!{EINTR};
    return undef if !$count;
    my @messages;
    while (length $self->{received} >= 4) {
        my $size = unpack 'V', $self->{received};
        last if length $self->{received} < 4 + $size;
        push @messages, $decoder->decode(substr $self->{received}, 4, $size);
        substr $self->{received}, 0, 4 + $size, '';
    }
    return \@messages;
}

# Connects to `host:port` or to a unix socket's path.
sub open_socket {
    my ($endpoint) = @_;
    my ($host, $port) = $endpoint =~ m{^([^/]*):(\d+)$};
    my $is_unix = !defined $port;
    my $family = $is_unix ? Socket::AF_UNIX() : Socket::AF_INET();
    my $address =
        $is_unix
        ? Socket::pack_sockaddr_un($endpoint)
        : Socket::pack_sockaddr_in($port, Socket::inet_aton($host));
    CORE::socket(my $socket, $family, Socket::SOCK_STREAM(), 0) or die "no socket: $!\n";
    connect $socket, $address or die "the engine can not be reached at $endpoint: $!\n";
    setsockopt $socket, Socket::IPPROTO_TCP(), Socket::TCP_NODELAY(), 1 if !$is_unix;
    return $socket;
}

# Writes everything; false when the other end is gone.
sub write_all {
    my ($socket, $data) = @_;
    no warnings 'closed';    # a child of the application's own has closed it
    my $written = syswrite $socket, $data;
    return 1 if defined $written && $written == length $data;
    my $at = $written // 0;
    while ($at < length $data) {
        $written = syswrite $socket, $data, length($data) - $at, $at;
        if (defined $written) { $at += $written }
        elsif (!$!{EINTR}) { return 0 }
    }
    return 1;
}

1;
