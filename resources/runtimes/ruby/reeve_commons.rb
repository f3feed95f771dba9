# frozen_string_literal: true

# What the processes of an instance share: a blocking client of the engine's commons (engine/commons/wire.ts). Each
# thread has connections of its own, made when they are first needed; a lock is held by a connection, so that it is given
# back when its holder dies.

require_relative 'reeve_control'

module Reeve
  # `call(operation, fields)` sends one request and waits for its answer.
  module Commons
    HELLO = 0
    LOCK = 1
    UNLOCK = 2
    CACHE_GET = 16
    CACHE_SET = 17
    CACHE_DELETE = 18
    CACHE_EXISTS = 19
    CACHE_CLEAR = 20
    METRIC_GET = 48
    METRIC_CHANGE = 49

    DONE = 0
    NOTHING = 1
    CONNECT_SECONDS = 20

    # The commons can not be reached, or the request makes no sense to them.
    class Error < RuntimeError
    end

    # No value that the instance shares can be as long as this request.
    class TooLong < StandardError
    end

    # One connection, for one request at a time.
    class Connection
      def initialize(endpoint, token)
        deadline = Process.clock_gettime(Process::CLOCK_MONOTONIC) + CONNECT_SECONDS
        begin
          greet(endpoint, token)
        rescue SystemCallError => error
          close
          # Their thread is being started, for the first time or again.
          if Process.clock_gettime(Process::CLOCK_MONOTONIC) > deadline
            raise Error, "the engine's commons can not be reached: #{error.message}"
          end
          sleep(0.02)
          retry
        end
      end

      # The answer's status and value. After an exception the connection is of no use any more.
      def exchange(operation, fields)
        raise TooLong if @longest && fields.bytesize >= @longest
        @sock.write([fields.bytesize + 1, operation, fields].pack('L<Ca*'))
        size, status = receive(5).unpack('L<C')
        [status, size > 1 ? receive(size - 1) : ''.b]
      end

      def close
        @sock&.close
        @sock = nil
      end

      private

      def greet(endpoint, token)
        @longest = nil
        @sock = Reeve.connect(endpoint)
        hello = [token, Process.pid, Thread.current.object_id].pack('a32L<q<')
        @longest = exchange(HELLO, hello)[1].unpack1('L<')
      end

      def receive(size)
        data = String.new(capacity: size)
        while data.bytesize < size
          part = @sock.recv(size - data.bytesize)
          raise Errno::ECONNRESET, 'the connection to the engine has ended' if part.nil? || part.empty?
          data << part
        end
        data
      end
    end
    private_constant :Connection

    # What one thread has open.
    Shelf = Struct.new(:pid, :free, :held)
    private_constant :Shelf

    class << self
      # Where the commons are; `token` in hex.
      def install(endpoint, token)
        @endpoint = endpoint
        @token = [token].pack('H*')
      end

      # The answer's value, or nil when there is nothing. Raises Error with the commons' own words.
      def call(operation, fields)
        connection, status, value = exchange(operation, fields)
        give_back(connection)
        return value if status == DONE
        return nil if status == NOTHING
        raise Error, value.force_encoding(Encoding::UTF_8)
      end

      # The connection, which is to be given back or kept as long as it holds something, and the answer.
      def exchange(operation, fields)
        connection = take
        [connection, *connection.exchange(operation, fields)]
      rescue TooLong
        [connection, NOTHING, ''.b]
      rescue SystemCallError
        # The commons were started again, and all connections from before are dead.
        shelf.free.each(&:close).clear
        connection&.close
        connection = Connection.new(@endpoint, @token)
        [connection, *connection.exchange(operation, fields)]
      end

      def give_back(connection)
        shelf.free << connection
      end

      # The connections of this thread that hold a lock, by its name.
      def held
        shelf.held
      end

      # A field of bytes in the midst of others; at most 65535 bytes.
      def text(value)
        [value.bytesize, value].pack('S<a*')
      end

      private

      def take
        shelf.free.pop || Connection.new(@endpoint, @token)
      end

      # Of this thread; a fork lets go of what belongs to its parent.
      def shelf
        found = Thread.current.thread_variable_get(:reeve_commons)
        return found if found && found.pid == Process.pid
        Shelf.new(Process.pid, [], {}).tap { |made| Thread.current.thread_variable_set(:reeve_commons, made) }
      end
    end
  end
end
