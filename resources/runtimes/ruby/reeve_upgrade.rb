# frozen_string_literal: true

# What the connection of a request may become (engine/gateway/frames.ts): a websocket, of which whole messages come and
# go, for UWSGI.websocket_*; or a tunnel of bytes, for `rack.hijack`.

require 'socket'
require_relative 'reeve_control'
require_relative 'reeve_frames'

module Reeve
  # INPUT frames of one request, and the gateway's leave to send more.
  class Input
    # Half of what the gateway sends ahead.
    STEP_BYTES = 32 * 1024
    private_constant :STEP_BYTES

    # `tells_waits`: how long the application waits is not its own time, which matters when harakiri is on.
    def initialize(line, id, tells_waits)
      @line = line
      @id = id
      @tells_waits = tells_waits
      @consumed = 0
    end

    # Whether something has come already.
    def ready?
      @line.ready? || !IO.select([@line.sock], nil, nil, 0).nil?
    end

    # The flags and the payload of the next frame; nil: the gateway is gone.
    def receive
      loop do
        tell if @tells_waits && !ready?
        frame = @line.receive
        return nil if frame.nil?
        size, kind, flags, _, id = frame.unpack('L<CCS<L<')
        raise IOError, "frame of type #{kind} from the gateway" unless kind == Frames::INPUT
        next unless id == @id
        @consumed += frame.bytesize
        tell if @consumed >= STEP_BYTES
        return [flags, frame.byteslice(Frames::HEADER_BYTES, size)]
      end
    end

    private

    def tell
      return if @consumed.zero?
      @line.sock.write(Frames.consumed(@id, @consumed))
      @consumed = 0
    end
  end

  # One request's connection, after its handshake. Errors have uWSGI's words.
  class WebSocket
    REASON = 'Web Socket Protocol Handshake'
    MAX_BYTES = 64 * 1024 * 1024
    private_constant :REASON, :MAX_BYTES

    def initialize(line, id, protocol, tells_waits)
      raise ArgumentError, 'the protocol holds a line break' if protocol.match?(/[\r\n\0]/)
      lines = protocol.empty? ? '' : "Sec-WebSocket-Protocol: #{protocol}\r\n"
      @line = line
      @id = id
      @closed = false
      line.sock.write(Frames.head(id, Frames::WEBSOCKET, 101, protocol.empty? ? 0 : 1, -1, "#{REASON}\r\n#{lines}"))
      @input = Input.new(line, id, tells_waits)
    end

    # The next message, or '' when none has come and the call does not wait.
    def receive(waits)
      raise 'unable to receive websocket message' if @closed
      return ''.b unless waits || @input.ready?
      flags, message = @input.receive
      return message unless flags.nil? || flags.anybits?(Frames::CLOSED)
      @closed = true
      raise 'unable to receive websocket message'
    end

    # One message.
    def send_message(data, flags)
      raise "unable to send websocket message: it has #{data.bytesize} bytes" if data.bytesize > MAX_BYTES
      @closed = true if @line.cancelled == @id
      raise 'unable to send websocket message' if @closed
      @line.sock.write(Frames.data(@id, data, flags))
    end
  end

  # A hijacked connection: what the application gets is one end of a pair of sockets, this is what moves the bytes.
  class Tunnel
    READ_BYTES = 65_536
    private_constant :READ_BYTES

    # What the application reads and writes.
    attr_reader :io

    def initialize(line, id, tells_waits)
      @line = line
      @id = id
      @io, @own = UNIXSocket.pair
      [@io, @own].each { |sock| sock.sync = true }
      # The application writes the whole answer.
      line.sock.write(Frames.head(id, Frames::TUNNEL, 0, 0, -1, "\r\n"))
      @input = Input.new(line, id, tells_waits)
      @waiting = ''.b
      @input_open = true
      @thread = Thread.new { move }
      @thread.name = 'reeve-tunnel'
    end

    # Waits until the application has closed its end.
    def wait
      @thread.join
    end

    private

    def move
      loop do
        reads = [@own]
        # What the application does not take holds up the client.
        reads << @line.sock if @input_open && @waiting.empty?
        readable, writable = @input_ready ? [[@line.sock]] : IO.select(reads, @waiting.empty? ? nil : [@own])
        flush if writable&.any?
        take_input if readable.include?(@line.sock)
        break if readable.include?(@own) && !pass_on
      end
    rescue SystemCallError, IOError
      nil # either side is gone
    ensure
      @own.close
    end

    # Client to application.
    def take_input
      flags, bytes = @input.receive
      if flags.nil? || flags.anybits?(Frames::CLOSED)
        @input_open = false
        @own.shutdown(Socket::SHUT_WR)
      else
        @waiting << bytes
        flush
      end
      # A frame that came together with this one is where `select` does not see it.
      @input_ready = @input_open && @waiting.empty? && @line.ready?
    end

    def flush
      written = @own.write_nonblock(@waiting, exception: false)
      @waiting = @waiting.byteslice(written, @waiting.bytesize) if written.is_a?(Integer)
      @input_ready = @input_open && @waiting.empty? && @line.ready?
    end

    # Application to client; false: it has closed.
    def pass_on
      data = @own.recv(READ_BYTES)
      return false if data.nil? || data.empty?
      @line.sock.write(Frames.data(@id, data))
      true
    end
  end
end
