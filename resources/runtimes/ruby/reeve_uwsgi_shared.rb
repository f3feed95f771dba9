# frozen_string_literal: true

# The part of UWSGI about what all processes share: locks, caches and metrics, by the commons (reeve_commons.rb), and
# functions that are called by name in this process. A function with `!` raises where its sister gives nil.

require_relative 'reeve_commons'

# Shared things.
module UWSGI
  MAX_SECONDS = 0xffff_ffff
  MAX_TEXT_BYTES = 65_535
  CHANGES = { set: 0, inc: 1, dec: 2, mul: 3, div: 4 }.freeze
  private_constant :MAX_SECONDS, :MAX_TEXT_BYTES, :CHANGES

  @remote_functions = {}

  class << self
    # Waits until this thread holds the lock.
    def lock(number = 0)
      name = lock_name(number)
      connection, status, value = Reeve::Commons.exchange(Reeve::Commons::LOCK, Reeve::Commons.text(name))
      if status == Reeve::Commons::DONE
        Reeve::Commons.held[name] = connection
        return nil
      end
      Reeve::Commons.give_back(connection)
      raise status == Reeve::Commons::NOTHING ? 'Invalid lock number' : value
    end

    # Gives the lock back; when this thread does not hold it, nothing happens.
    def unlock(number = 0)
      name = lock_name(number)
      connection = Reeve::Commons.held.delete(name)
      Reeve::Commons.give_back(connection) if connection
      return nil if Reeve::Commons.call(Reeve::Commons::UNLOCK, Reeve::Commons.text(name))
      raise 'Invalid lock number'
    end

    # The value, or nil.
    def cache_get(key, cache = nil)
      on_cache(Reeve::Commons::CACHE_GET, key, cache)
    end

    # true, or nil.
    def cache_exists(key, cache = nil)
      true if on_cache(Reeve::Commons::CACHE_EXISTS, key, cache)
    end
    alias cache_exists? cache_exists

    # Key, value, seconds, cache: sets what is not there yet; true, or nil when it is, or when there is no room.
    def cache_set(*arguments)
      store(arguments, 0)
    end

    # As cache_set, whether it is there or not.
    def cache_update(*arguments)
      store(arguments, 1)
    end

    # Removes an item: true, or nil when there is none.
    def cache_del(key, cache = nil)
      true if on_cache(Reeve::Commons::CACHE_DELETE, key, cache)
    end

    # Removes all items: true, or nil when there is no such cache.
    def cache_clear(cache = nil)
      true if Reeve::Commons.call(Reeve::Commons::CACHE_CLEAR, cache_name(cache))
    end

    {
      cache_get: 'unable to get value from uWSGI cache',
      cache_set: 'unable to set value in uWSGI cache',
      cache_update: 'unable to update value in uWSGI cache',
      cache_del: 'unable to delete object from uWSGI cache',
      cache_clear: 'unable to clear the uWSGI cache'
    }.each do |name, failure|
      define_method(:"#{name}!") do |*arguments|
        found = public_send(name, *arguments)
        found.nil? ? raise(failure) : found
      end
    end

    # The value; 0 when there is no such metric.
    def metric_get(name)
      value = Reeve::Commons.call(Reeve::Commons::METRIC_GET, Reeve::Commons.text(string(name)))
      value.nil? ? 0 : value.unpack1('q<')
    end

    # true, or nil when there is no such metric, or none that can be set.
    def metric_set(name, value)
      change(name, :set, value)
    end

    %i[inc dec mul div].each do |kind|
      define_method(:"metric_#{kind}") { |name, amount = 1| change(name, kind, amount) }
    end

    # Makes a function callable by name in this process.
    def register_rpc(name, function, argc = 0)
      raise TypeError, "wrong argument type #{argc.class} (expected Integer)" unless argc.is_a?(Integer)
      @remote_functions[string(name)] = [function, argc]
      true
    end

    # Calls a function of this process (`server` is nil or empty); other servers can not be asked from Ruby.
    def rpc(server, name, *arguments)
      unless server.nil? || string(server).empty?
        raise 'UWSGI.rpc calls functions of this process only: other servers can be asked by HTTP'
      end
      function, most = @remote_functions[string(name)]
      raise 'unable to call rpc function' if function.nil? || (most.positive? && arguments.length > most)
      function.call(*arguments).to_s
    end

    private

    def lock_name(number)
      "user #{Integer(number)}"
    end

    def on_cache(operation, key, cache)
      key = string(key)
      return nil if key.bytesize > MAX_TEXT_BYTES
      Reeve::Commons.call(operation, cache_name(cache) + Reeve::Commons.text(key))
    end

    def cache_name(cache)
      Reeve::Commons.text(cache.nil? ? '' : string(cache).byteslice(0, MAX_TEXT_BYTES))
    end

    def store(arguments, mode)
      raise ArgumentError, 'you need to specify a cache key and a cache value' if arguments.length < 2
      key, value, expires, cache = arguments
      key = string(key)
      value = string(value)
      return nil if key.bytesize > MAX_TEXT_BYTES
      # 0 is for ever; what is over already goes with the next second.
      seconds = Integer(expires || 0)
      seconds = seconds.negative? ? 1 : [seconds, MAX_SECONDS].min
      fields = cache_name(cache) + Reeve::Commons.text(key) + [seconds, mode, value].pack('L<Ca*')
      true if Reeve::Commons.call(Reeve::Commons::CACHE_SET, fields)
    end

    def change(name, kind, amount)
      fields = Reeve::Commons.text(string(name)) + [CHANGES.fetch(kind), Integer(amount)].pack('Cq<')
      true if Reeve::Commons.call(Reeve::Commons::METRIC_CHANGE, fields)
    end
  end
end
