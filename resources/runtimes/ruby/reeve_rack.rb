# frozen_string_literal: true

# One Rack call: from the decoded request variables to frames on the core's connection (Rack 2 and 3). An Exchange belongs
# to one core and is used for one request after the other. It decides nothing about which requests run:
# reeve_serve.rb does.

require_relative 'reeve_frames'
require_relative 'reeve_headers'
require_relative 'reeve_upgrade'

module Reeve
  # Nothing is left to answer to; not the application's error.
  class GatewayGone < Exception # rubocop:disable Lint/InheritException -- applications must not rescue it
  end

  # Nobody reads the answer any more. Applications that stream see it as an error of writing.
  class ClientGone < IOError
  end

  # Runs the application for one request after the other and writes the answers.
  class Exchange
    MAX_MICROS = 0xffff_ffff
    # Bodies up to this size leave in one write with their head.
    JOIN_BYTES = 128 * 1024
    private_constant :MAX_MICROS, :JOIN_BYTES

    # Of the request that runs; nil between requests.
    attr_reader :env, :served
    # The gateway was told that this core takes no more.
    attr_reader :retired
    # After UWSGI.websocket_handshake.
    attr_reader :websocket

    def initialize(app, base, recycling, boot)
      @app = app
      @base = base
      @recycling = recycling
      @has_harakiri = boot['options'].any? { |name, value| name == 'harakiri' && value != '0' }
      @served = 0
    end

    # Answers the next request on this connection (there is one for each gateway).
    def use(line)
      @line = line
      @sock = line.sock
    end

    # Serves one request; `input` is an IO, `asked` has the flags of its frame.
    def run(id, asked, env, input)
      started = Process.clock_gettime(Process::CLOCK_MONOTONIC, :microsecond)
      @id = id
      @head = nil
      @head_sent = @whole = @ended = false
      @held = @tunnel = @websocket = nil
      @asked = asked
      complete(env)
      env['rack.input'] = input
      env['rack.response_finished'] = finished = []
      @env = env
      offer_hijack(env) if asked & Frames::TUNNEL != 0
      flags = 0
      begin
        status, headers, body = @app.call(env)
        @tunnel || @websocket ? close_upgraded(body) : answer(status, headers, body)
      rescue GatewayGone
        @ended = true
        raise
      rescue ClientGone
        flags = Frames::ABORTED
        @held = nil
      rescue Exception => error # rubocop:disable Lint/RescueException -- `exit` in an application must not end the worker
        flags = report(error)
      end
      if @recycling.active
        flags |= @recycling.end_flags
        @retired = flags.anybits?(Frames::RETIRING)
      end
      @served += 1
      micros = Process.clock_gettime(Process::CLOCK_MONOTONIC, :microsecond) - started
      @ended = true
      finish(flags, micros > MAX_MICROS ? MAX_MICROS : micros)
      run_finished(finished, env, status, headers, error) unless finished.empty?
    ensure
      give_up unless @ended
      @env = @websocket = nil
    end

    # Harakiri is due in so many seconds from now; 0: never.
    def deadline=(seconds)
      @sock.write(Frames.deadline(@id, seconds))
    end

    # Makes the connection a websocket; `protocol`: '' for the first that the client has offered.
    def open_websocket(protocol)
      if @asked & Frames::WEBSOCKET == 0 || @head_sent || @tunnel || @websocket
        raise 'unable to complete websocket handshake'
      end
      # A client that offers several has to be told one of them.
      protocol = @env['HTTP_SEC_WEBSOCKET_PROTOCOL'].to_s[/\A[^,]*/].strip if protocol.empty?
      @head_sent = true
      @websocket = WebSocket.new(@line, @id, protocol, @has_harakiri)
    end

    # Sends bytes of the body, and the head before the first of them.
    def send_data(data)
      raise ClientGone, 'write error: the client has gone' if @line.cancelled == @id
      size = data.bytesize
      if size <= Frames::MAX_DATA_BYTES
        frame = size.zero? ? ''.b : Frames.data(@id, data)
        write(@head_sent ? frame : head_frame + frame)
      else
        write(head_frame) unless @head_sent
        0.step(size - 1, Frames::MAX_DATA_BYTES) do |start|
          write(Frames.data(@id, data.byteslice(start, Frames::MAX_DATA_BYTES)))
        end
      end
    end

    private

    # Rack wants variables that front servers leave out, and none of these that are empty (nginx sends them so).
    def complete(env)
      env.update(@base)
      env['SCRIPT_NAME'] ||= +''
      env['QUERY_STRING'] ||= +''
      env.delete('CONTENT_TYPE') if env['CONTENT_TYPE'] == ''
      env.delete('CONTENT_LENGTH') if env['CONTENT_LENGTH'] == ''
    end

    # The application may take over the connection of a client that asks for another protocol.
    def offer_hijack(env)
      env['rack.hijack?'] = true
      env['rack.hijack'] = lambda do
        raise IOError, 'the answer has begun' if @head_sent && @tunnel.nil?
        @head_sent = true
        @tunnel ||= Tunnel.new(@line, @id, @has_harakiri)
        env['rack.hijack_io'] = @tunnel.io
      end
    end

    # What the application gives back is no answer any more.
    def close_upgraded(body)
      body.close if body.respond_to?(:close)
      @tunnel&.wait
      @whole = true
    end

    def answer(status, headers, body)
      number = status.to_i
      raise ArgumentError, "#{status.inspect} is not the status of an answer" unless number.between?(200, 999)
      @status = number
      @head = Head.new(number, (status[4..-1] if status.is_a?(String)), headers)
      if (taker = headers['rack.hijack'])
        stream_by(taker, body)
      elsif body.instance_of?(Array)
        @parts = body.length
        hold(body.length == 1 ? body[0] : body.pack('a*' * body.length))
      else
        @parts = 0
        stream(body)
      end
    end

    # Keeps a body that is whole for the end of the answer, to leave with it in one write.
    def hold(data)
      if data.bytesize > JOIN_BYTES
        send_data(data)
      else
        @held = data
      end
    end

    def stream(body)
      if body.respond_to?(:to_path) && File.file?(path = body.to_path) then send_file(path)
      elsif body.respond_to?(:to_ary) && (parts = body.to_ary) then hold(parts.pack('a*' * parts.length))
      elsif body.respond_to?(:each) then body.each { |part| send_part(part) }
      elsif body.respond_to?(:call) then body.call(Stream.new(self, @env))
      elsif !body.nil? then raise TypeError, "a body must have 'each' or 'call', which #{body.class} has not"
      end
      send_data('') unless @head_sent || @held
      @whole = true
    ensure
      body.close if body.respond_to?(:close)
    end

    # A header `rack.hijack` writes the body itself, for as long as it likes.
    def stream_by(taker, body)
      send_data('')
      stream = Stream.new(self, @env)
      taker.call(stream)
      stream.wait
      @whole = true
    ensure
      body.close if body.respond_to?(:close)
    end

    def send_part(part)
      raise TypeError, "a body gives strings, not #{part.class}" unless part.is_a?(String)
      if @held
        held = @held
        @held = nil
        send_data(held)
      end
      size = part.bytesize
      # All that there will be: it need not leave alone.
      if size == @head.length && !@head_sent && size <= JOIN_BYTES then @held = part.dup
      elsif size.positive? then send_data(part)
      end
    end

    def send_file(path)
      File.open(path, 'rb') do |file|
        return hold(file.read) if file.size <= JOIN_BYTES
        block = String.new(capacity: Frames::MAX_DATA_BYTES)
        send_data(block) while file.read(Frames::MAX_DATA_BYTES, block)
      end
    end

    def head_frame
      @head_sent = true
      Frames.head(@id, 0, @status, @head.count, @head.length, @head.block)
    end

    def finish(flags, micros)
      held = @held
      frame =
        if held
          head = @head
          Frames.response(@id, flags, micros, @status, head.count, @parts, head.length, head.block, held)
        else
          Frames.finish(@id, flags, micros)
        end
      write(frame)
      @held = nil
    end

    def write(bytes)
      @sock.write(bytes)
    rescue SystemCallError, IOError => error
      raise GatewayGone, "the gateway closed the connection: #{error.message}"
    end

    # The application has ended this thread (`Thread.exit`): the core is gone, and the worker makes room for another.
    def give_up
      Own.log("*** the application has ended the thread of its request; worker #{UWSGI.worker_id} is replaced ***\n")
      @held = nil
      finish(Frames::EXCEPTION | Frames::RETIRING | (@head_sent ? Frames::ABORTED : 0), 0)
    end

    # Writes the exception to the log; gives the flags for the end of the answer.
    def report(error)
      Own.log(Reeve.report_of(error))
      @recycling.exception_raised(error)
      # A body that failed in `close` has been given as a whole.
      spoilt = @head_sent && !@whole
      @held = nil unless @whole
      spoilt ? Frames::EXCEPTION | Frames::ABORTED : Frames::EXCEPTION
    end

    # Rack 3: what the application wants done behind the answer, the last one first.
    def run_finished(finished, env, status, headers, error)
      finished.reverse_each { |action| action.call(env, status, headers, error) }
    rescue StandardError => failure
      Own.log(Reeve.report_of(failure))
    end
  end

  # What a body that is called gets (Rack 3): it writes the answer, and reads what the request has brought.
  class Stream
    def initialize(exchange, env)
      @exchange = exchange
      @input = env['rack.input']
      @closed = false
      @ended = Queue.new
    end

    # Until the application has closed it.
    def wait
      @ended.pop
    end

    def read(*arguments)
      @input.read(*arguments)
    end

    def write(*parts)
      parts.sum do |part|
        raise IOError, 'closed stream' if @closed
        text = part.to_s
        @exchange.send_data(text) unless text.empty?
        text.bytesize
      end
    end

    def <<(part)
      write(part)
      self
    end

    def flush
      self
    end

    def close_read
      @input.close
    end

    def close_write
      @closed = true
      @ended << true
      nil
    end

    def close(_error = nil)
      close_write
    end

    def closed?
      @closed
    end
  end
end
