# frozen_string_literal: true

# One core's connection to one gateway, as far as it concerns reading: bytes in, whole frames out.

require_relative 'reeve_frames'

module Reeve
  # What was received on the connection, and which requests of it have begun.
  class Line
    RECEIVE_BYTES = 16_384
    private_constant :RECEIVE_BYTES

    attr_reader :sock, :taken
    # Request ids rise on a connection, so this one number says of every id whether it has begun.
    attr_accessor :begun
    # Id of the request whose client has gone, when it is the one that runs.
    attr_accessor :cancelled

    def initialize(sock)
      @sock = sock
      @rest = ''.b
      @begun = 0
      @taken = {}
      @cancelled = -1
    end

    # Whether bytes of the next frame are here, where `select` does not see them.
    def ready?
      @rest.bytesize >= Frames::HEADER_BYTES
    end

    # The next frame, header and payload, or nil when the gateway is gone. What follows it is kept.
    def receive
      data = @rest
      data = @sock.recv(RECEIVE_BYTES) if data.empty?
      return nil if data.empty?
      have = data.bytesize
      return nil if have < Frames::HEADER_BYTES && (data = more(data, Frames::HEADER_BYTES)).nil?
      size = data.unpack1('L<') + Frames::HEADER_BYTES
      have = data.bytesize
      if have == size
        @rest = ''.b unless @rest.empty?
        return data
      end
      if have < size
        @rest = ''.b unless @rest.empty?
        return more(data, size)
      end
      @rest = data.byteslice(size, have - size)
      data.byteslice(0, size)
    end

    private

    # The bytes so far, and those up to `size`.
    def more(data, size)
      whole = String.new(data, capacity: size)
      while (missing = size - whole.bytesize).positive?
        part = @sock.recv(missing)
        return nil if part.nil? || part.empty?
        whole << part
      end
      whole
    end
  end
end
