# frozen_string_literal: true

# The connection between a Ruby process and the master: `u32le length | UTF-8 JSON` both ways. The messages are those of
# engine/master/control.ts. Sending is safe from any thread; receiving belongs to one thread at a time (the zygote's
# loop, a worker's control thread).

require 'socket'
require_relative 'reeve_json'

module Reeve
  # Connects to `host:port` or to a unix socket's path.
  def self.connect(endpoint)
    return blocking(UNIXSocket.new(endpoint)) if endpoint.start_with?('/') || !endpoint.include?(':')
    host, _, port = endpoint.rpartition(':')
    sock = TCPSocket.new(host.delete('[]'), port.to_i)
    sock.setsockopt(Socket::IPPROTO_TCP, Socket::TCP_NODELAY, 1)
    blocking(sock)
  end

  F_GETFL = 3
  F_SETFL = 4

  # A thread that waits in the kernel itself needs one system call where one that polls before needs three.
  def self.blocking(sock)
    sock.sync = true
    sock.fcntl(F_SETFL, sock.fcntl(F_GETFL, 0) & ~File::NONBLOCK)
    sock
  end

  # One connection to the master.
  class Control
    RECEIVE_BYTES = 65_536
    private_constant :RECEIVE_BYTES

    attr_reader :sock

    def initialize(endpoint)
      @sock = Reeve.connect(endpoint)
      @lock = Mutex.new
      @received = String.new
    end

    def send(message)
      payload = Json.generate(message).b
      @lock.synchronize { @sock.write([payload.bytesize].pack('L<') + payload) }
    end

    # Waits for bytes; gives the messages that are complete, or nil when the master has gone.
    def receive
      data = receive_bytes
      return nil if data.nil? || data.empty?
      @received << data
      messages = []
      while @received.bytesize >= 4
        size = @received.unpack1('L<')
        break if @received.bytesize < 4 + size
        messages << Json.parse(@received.byteslice(4, size))
        @received = @received.byteslice(4 + size, @received.bytesize)
      end
      messages
    end

    private

    def receive_bytes
      @sock.recv(RECEIVE_BYTES)
    rescue SystemCallError, IOError
      nil
    end
  end
end
