# frozen_string_literal: true

# The head of an answer: header lines as the gateway sends them, from what a Rack application gives. Several values of
# one name are an array (Rack 3) or lines of one string (Rack 2).

module Reeve
  # `block` is the reason line and the header lines, `count` their number without the first, `length` the
  # Content-Length, -1: there is none.
  class Head
    # Headers that speak about one connection belong to the gateway, which owns the client's connection.
    DROPPED = %w[connection keep-alive proxy-connection te trailer transfer-encoding upgrade].freeze
    REASONS = {
      200 => 'OK', 201 => 'Created', 202 => 'Accepted', 203 => 'Non-Authoritative Information', 204 => 'No Content',
      205 => 'Reset Content', 206 => 'Partial Content', 207 => 'Multi-Status', 208 => 'Already Reported', 226 => 'IM Used',
      300 => 'Multiple Choices', 301 => 'Moved Permanently', 302 => 'Found', 303 => 'See Other', 304 => 'Not Modified',
      305 => 'Use Proxy', 307 => 'Temporary Redirect', 308 => 'Permanent Redirect', 400 => 'Bad Request',
      401 => 'Unauthorized', 402 => 'Payment Required', 403 => 'Forbidden', 404 => 'Not Found',
      405 => 'Method Not Allowed', 406 => 'Not Acceptable', 407 => 'Proxy Authentication Required',
      408 => 'Request Timeout', 409 => 'Conflict', 410 => 'Gone', 411 => 'Length Required', 412 => 'Precondition Failed',
      413 => 'Payload Too Large', 414 => 'URI Too Long', 415 => 'Unsupported Media Type', 416 => 'Range Not Satisfiable',
      417 => 'Expectation Failed', 418 => "I'm a teapot", 421 => 'Misdirected Request', 422 => 'Unprocessable Entity',
      423 => 'Locked', 424 => 'Failed Dependency', 425 => 'Too Early', 426 => 'Upgrade Required',
      428 => 'Precondition Required', 429 => 'Too Many Requests', 431 => 'Request Header Fields Too Large',
      451 => 'Unavailable For Legal Reasons', 500 => 'Internal Server Error', 501 => 'Not Implemented',
      502 => 'Bad Gateway', 503 => 'Service Unavailable', 504 => 'Gateway Timeout', 505 => 'HTTP Version Not Supported',
      507 => 'Insufficient Storage', 508 => 'Loop Detected', 511 => 'Network Authentication Required'
    }.freeze
    FIRST_LINES = REASONS.transform_values { |reason| "#{reason}\r\n".b.freeze }.freeze
    UNKNOWN = "Unknown\r\n".b.freeze
    MAX_NAMES = 512
    # Of each name the first few short values are kept as lines: most answers have the same ones again.
    MAX_VALUES = 16
    MAX_VALUE_BYTES = 64
    private_constant :DROPPED, :REASONS, :FIRST_LINES, :UNKNOWN, :MAX_NAMES, :MAX_VALUES, :MAX_VALUE_BYTES

    # Name as the application writes it => whether its lines are sent as they are; false: it needs a closer look.
    @plain = {}
    # Name => value => the line that both make, looked at once.
    @lines = {}

    class << self
      attr_reader :plain, :lines

      # Keeps the line of a plain header.
      def keep(name, value)
        values = @lines[name] ||= {}
        return if values.size >= MAX_VALUES || value.bytesize > MAX_VALUE_BYTES
        values[value] = "#{name}: #{value}\r\n".b.freeze unless value.include?("\r") || value.include?("\0")
      end

      # Learns how to treat a header of this name.
      def learn(name)
        raise ArgumentError, "#{name.inspect} is not a header name" unless name.match?(/\A[^\x00-\x20\x7f:"]+\z/n)
        lower = name.downcase
        is_plain = !(DROPPED.include?(lower) || lower == 'content-length' || lower.start_with?('rack.'))
        @plain[name.dup.freeze] = is_plain if @plain.size < MAX_NAMES
        is_plain
      end
    end

    attr_reader :block, :count, :length

    # `reason`: the application's own, or nil.
    def initialize(status, reason, headers)
      @length = -1
      @block = reason ? "#{reason}\r\n".b : (FIRST_LINES[status] || UNKNOWN).dup
      @count = 0
      count = 0
      is_known = reason.nil?
      lines = Head.lines
      plain = Head.plain
      headers.each do |name, value|
        if (line = lines[name]&.[](value))
          count += 1
          @block << line
          next
        end
        is_plain = plain[name]
        next add_odd(name.downcase, name, value) if is_plain == false
        is_known = false
        if is_plain && value.instance_of?(String) && !value.empty? && !value.include?("\n")
          count += 1
          @block << "#{name}: #{value}\r\n"
          Head.keep(name, value)
        else
          add(name.to_s, value)
        end
      rescue Encoding::CompatibilityError
        @block.force_encoding(Encoding::BINARY)
        @block << name.b << ': ' << value.b << "\r\n"
      end
      @count += count
      @block.force_encoding(Encoding::BINARY)
      return if is_known
      # Every line break must be one of ours: an embedded one would let data become headers.
      most = @count + 1
      return if @block.count("\n") == most && @block.count("\r") == most && !@block.include?("\0")
      raise ArgumentError, 'a header value holds a line break or a NUL'
    end

    private

    def add(name, value)
      plain = Head.plain[name]
      plain = Head.learn(name) if plain.nil?
      return add_odd(name.downcase, name, value) unless plain
      # Several values: an array (Rack 3), or lines (Rack 2). An empty one is left out, as uWSGI does.
      values = value.is_a?(Array) ? value : value.to_s.split("\n")
      values.each { |one| add_line(name, one.to_s) }
    end

    def add_line(name, value)
      @count += 1
      @block.force_encoding(Encoding::BINARY)
      @block << name.b << ': ' << value.b << "\r\n"
    end

    def add_odd(lower, name, value)
      return unless lower == 'content-length'
      value = value.to_s
      raise ArgumentError, "#{value.inspect} is not a Content-Length" unless value.match?(/\A\d{1,15}\z/)
      parsed = value.to_i
      return if parsed == @length
      raise ArgumentError, "Content-Length is there twice, #{@length} and #{parsed}" if @length >= 0
      @length = parsed
      @count += 1
      @block << "#{name}: #{value}\r\n"
    end
  end
end
