# frozen_string_literal: true

# A worker's request loop: its connections to the gateways, its control thread, and its end.
#
# Core 0 runs in the main thread, further cores in threads of their own, and one control thread waits for the gateways
# (TAKE_BACK, CANCEL) and the master (`exit`). A request begins at most once: whether a queued request has begun is
# decided under one lock, where the control thread can also mark it as taken.

require 'socket'
require_relative 'reeve_frames'
require_relative 'reeve_handlers'
require_relative 'reeve_line'
require_relative 'reeve_process'
require_relative 'reeve_rack'
require_relative 'reeve_recycling'

module Reeve
  # Raised in the main thread when nothing runs any more.
  class Leave < Exception # rubocop:disable Lint/InheritException -- applications must not rescue it
  end

  # The process's state that is shared between its threads; `lock` guards all of it.
  class Worker
    RECEIVE_BYTES = 65_536
    private_constant :RECEIVE_BYTES

    def initialize(boot, app, control)
      @boot = boot
      @app = app
      @control = control
      @threads = [1, boot['threads']].max
      @recycling = Recycling.new(boot)
      @lock = Mutex.new
      @stopping = false
      @running = 0
      @controls = []
      @pid = Process.pid
      # Alone a core and the handlers of signals take turns.
      @handlers = Handlers.use(control, "worker #{boot['wid']}", @threads == 1 ? Mutex.new : nil)
      @handlers.around = ->(&run) { begin_one && begin run.call ensure end_one end }
      @collect_every = boot['app']['gcFrequency']
      @until_collection = @collect_every
      @cores = Array.new(@threads) { |core| boot['gatewayEndpoints'].map { |endpoint| Line.new(greet(endpoint, core)) } }
    end

    # Serves requests until the master says `exit` or goes away; does not return.
    def run
      (1...@threads).each do |core|
        Thread.new { serve_core(core) }.name = "uWSGIWorker#{@boot['wid']}Core#{core}"
      end
      # The last connections, with which it counts as ready.
      @controls = @boot['gatewayEndpoints'].map { |endpoint| greet(endpoint, Frames::CONTROL_CORE) }
      Own.keep(@control.sock, *@controls, *@cores.flatten.map(&:sock))
      Thread.new { listen }.name = 'reeve-control'
      serve_core(0)
    rescue Leave
      exit_as_ruby
    end

    private

    def greet(endpoint, core)
      sock = Reeve.connect(endpoint)
      sock.write(Frames.hello(@boot['spawnId'], core, [@boot['token']].pack('H*')))
      sock
    end

    # One core

    def serve_core(core)
      Thread.current.report_on_exception = true
      exchange = Exchange.new(@app, base_env(core), @recycling, @boot)
      Thread.current.thread_variable_set(:reeve_exchange, exchange)
      lines = @cores[core]
      exchange.use(lines[0])
      begin
        if lines.length == 1
          line = lines[0]
          nil while serve_one(line, exchange)
        else
          serve_lines(lines, exchange)
        end
      rescue SystemCallError, IOError, GatewayGone
        nil # the gateway is gone; the end of the master's connection ends this process
      end
      park
    end

    def base_env(core)
      env = {
        'rack.version' => [1, 3],
        'rack.errors' => $stderr,
        'rack.multithread' => @threads > 1,
        'rack.multiprocess' => @boot['processes'] > 1,
        'rack.run_once' => false,
        'uwsgi.version' => UWSGI::VERSION,
        'uwsgi.node' => UWSGI::HOSTNAME
      }
      env['uwsgi.core'] = core
      env
    end

    # With several gateways: the frames of the one that has claimed this core.
    def serve_lines(lines, exchange)
      by_sock = lines.to_h { |line| [line.sock, line] }
      loop do
        ready, = IO.select(by_sock.keys)
        ready.each do |sock|
          line = by_sock[sock]
          exchange.use(line)
          return unless serve_one(line, exchange)
          while line.ready?
            return unless serve_one(line, exchange)
          end
        end
      end
    end

    # Serves the next request; false when this core shall take no more.
    def serve_one(line, exchange)
      frame = line.receive
      return false if frame.nil?
      _, kind, flags, _, id, environ_bytes = frame.unpack(Frames::FRAME_START)
      # What came for a connection that the application has let go of.
      return true if kind == Frames::INPUT
      raise IOError, "frame of type #{kind} from the gateway" unless kind == Frames::REQUEST
      @lock.synchronize do
        return false if @stopping
        line.begun = id
        return true if line.taken.delete(id)
        @running += 1
      end
      begin
        serve_frame(exchange, id, flags, frame, environ_bytes)
      ensure
        end_one
      end
      !exchange.retired
    end

    def serve_frame(exchange, id, flags, frame, environ_bytes)
      env = Marshal.load(frame.byteslice(16, environ_bytes)) # rubocop:disable Security/MarshalLoad -- the gateway wrote it
      body = frame.byteslice(16 + environ_bytes, frame.bytesize)
      turn = @handlers.turn
      if flags & Frames::BODY_FILE != 0
        File.open(body.force_encoding(Encoding::UTF_8), 'rb') { |file| in_turn(turn) { exchange.run(id, flags, env, file) } }
      else
        in_turn(turn) { exchange.run(id, flags, env, StringIO.new(body)) }
      end
      collect if @collect_every.positive?
    end

    def in_turn(turn, &block)
      turn.nil? ? yield : turn.synchronize(&block)
    end

    # `ruby-gc-freq`
    def collect
      @until_collection -= 1
      return if @until_collection.positive?
      @until_collection = @collect_every
      GC.start
    end

    # A handler of a signal counts as a request: the process ends after it.
    def begin_one
      @lock.synchronize do
        return false if @stopping
        @running += 1
      end
      true
    end

    def end_one
      is_last = @lock.synchronize do
        @running -= 1
        @stopping && @running.zero?
      end
      leave if is_last
    end

    # This core serves no more; the control thread ends the process.
    def park
      # A child of the application's own has come back from the request that forked it.
      exit!(0) unless Process.pid == @pid
      leave if @lock.synchronize { @stopping && @running.zero? }
      sleep
    end

    def leave
      raise Leave if Thread.current == Thread.main
      Thread.main.raise(Leave)
    end

    # The control thread

    def listen
      socks = [@control.sock, *@controls]
      pending = Hash.new { |hash, sock| hash[sock] = ''.b }
      loop do
        ready, = IO.select(socks)
        ready.each do |sock|
          next obey(@control.receive) if sock == @control.sock
          data = receive(sock)
          if data.nil? then socks.delete(sock)
          else pending[sock] = answer(@controls.index(sock), sock, pending[sock] + data)
          end
        end
      end
    end

    def receive(sock)
      data = sock.recv(RECEIVE_BYTES)
      data unless data.empty?
    rescue SystemCallError, IOError
      nil
    end

    # Handles the master's messages; nil: it has gone.
    def obey(messages)
      exit!(0) if messages.nil?
      messages.each do |message|
        case message['type']
        when 'reopen-log' then Own.reopen_log(message['path'])
        when 'signal' then @handlers.add(message['number'])
        when 'exit'
          is_idle = @lock.synchronize do
            @stopping = true
            @running.zero?
          end
          leave if is_idle
        end
      end
    end

    # Answers TAKE_BACK frames and notes CANCEL frames; gives what is not yet complete.
    def answer(gateway, sock, data)
      replies = ''.b
      while data.bytesize >= Frames::HEADER_BYTES + 2
        _, kind, _, _, id, core = data.unpack('L<CCS<L<S<')
        data = data.byteslice(Frames::HEADER_BYTES + 2, data.bytesize)
        line = @cores[core][gateway]
        line.cancelled = id if kind == Frames::CANCEL
        next unless kind == Frames::TAKE_BACK
        waits = @lock.synchronize do
          # Ids are 32 bits wide and may wrap: the distance tells which is later.
          is_later = ((id - line.begun) & 0xffff_ffff).between?(1, 0x7fff_ffff)
          line.taken[id] = true if is_later
          is_later
        end
        replies << Frames.reply(waits ? Frames::TAKEN : Frames::BEGUN, id)
      end
      send_replies(sock, replies) unless replies.empty?
      data
    end

    def send_replies(sock, replies)
      sock.write(replies)
    rescue SystemCallError, IOError
      nil # the gateway is gone; its end is seen by the next `select`
    end

    # Ends the process as Ruby would, with what the application registered by `at_exit`.
    def exit_as_ruby
      [$stdout, $stderr].each(&:flush)
      exit(0)
    end
  end
end
