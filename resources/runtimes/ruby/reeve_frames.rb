# frozen_string_literal: true

# The worker's half of the wire between a gateway and its workers; the layout is described in engine/gateway/frames.ts.
# A frame is a 12-byte header (payload length, type, flags, number of the application, request id; little endian) and
# its payload. `pack` joins bytes of any encoding: this is on the path of every request.

module Reeve
  # Encoders, and the numbers of the wire.
  module Frames
    REQUEST = 1
    TAKE_BACK = 2
    CANCEL = 3
    INPUT = 4
    HELLO = 16
    HEAD = 17
    DATA = 18
    FINISH = 19
    RESPONSE = 20
    TAKEN = 21
    BEGUN = 22
    DEADLINE = 23
    CONSUMED = 27

    BODY_FILE = 1
    EXCEPTION = 2
    ABORTED = 4
    RETIRING = 8
    WORN = 16
    # REQUEST, HEAD
    WEBSOCKET = 2
    TUNNEL = 4
    # INPUT, DATA
    TEXT = 1
    BINARY = 2
    CLOSED = 4

    CONTROL_CORE = 0xffff
    HEADER_BYTES = 12
    # A DATA frame carries at most this much, so that the gateway never has to hold a large frame together.
    MAX_DATA_BYTES = 256 * 1024

    # Payload length, type, flags, app, request id, and the first number of the payload.
    FRAME_START = 'L<CCS<L<L<'

    module_function

    # The first frame of every connection; `token` is 32 bytes.
    def hello(spawn_id, core, token)
      [6 + token.bytesize, HELLO, 0, 0, 0, spawn_id, core, token].pack('L<CCS<L<L<S<a*')
    end

    # A whole answer in one frame. `block`: reason line and header lines; `length`: -1 if the app gave none.
    def response(id, flags, micros, status, count, parts, length, block, body)
      bytes = block.bytesize
      [24 + bytes + body.bytesize, RESPONSE, flags, 0, id, micros, status, count, parts, length, bytes, block, body]
        .pack('L<CCS<L<L<S<S<l<EL<a*a*')
    end

    # The head of an answer whose body follows in DATA frames.
    def head(id, flags, status, count, length, block)
      bytes = block.bytesize
      [20 + bytes, HEAD, flags, 0, id, status, count, 0, length, bytes, block].pack('L<CCS<L<S<S<l<EL<a*')
    end

    def data(id, bytes, flags = 0)
      [bytes.bytesize, DATA, flags, 0, id, bytes].pack('L<CCS<L<a*')
    end

    def finish(id, flags, micros)
      [4, FINISH, flags, 0, id, micros].pack('L<CCS<L<L<')
    end

    # Harakiri for the request that runs is due in so many seconds; 0: never.
    def deadline(id, seconds)
      [4, DEADLINE, 0, 0, id, seconds].pack('L<CCS<L<L<')
    end

    # So many bytes of INPUT frames were taken by the application.
    def consumed(id, bytes)
      [4, CONSUMED, 0, 0, id, bytes].pack('L<CCS<L<L<')
    end

    # TAKEN or BEGUN.
    def reply(kind, id)
      [0, kind, 0, 0, id].pack('L<CCS<L<')
    end
  end
end
