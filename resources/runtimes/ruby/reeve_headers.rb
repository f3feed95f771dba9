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
    MAX_KINDS = 512
    private_constant :DROPPED, :REASONS, :FIRST_LINES, :UNKNOWN, :MAX_KINDS

    # Name as the application writes it => how it is treated: :plain, :drop or :length.
    @kinds = {}

    class << self
      # How to treat a header of this name.
      def kind_of(name)
        @kinds[name] || learn(name)
      end

      private

      def learn(name)
        raise ArgumentError, "#{name.inspect} is not a header name" unless name.match?(/\A[^\x00-\x20\x7f:"]+\z/n)
        lower = name.downcase
        kind = DROPPED.include?(lower) || lower.start_with?('rack.') ? :drop : :plain
        kind = :length if lower == 'content-length'
        @kinds[name.dup.freeze] = kind if @kinds.size < MAX_KINDS
        kind
      end
    end

    attr_reader :block, :count, :length

    def initialize(status, headers)
      @length = -1
      @count = 0
      @block = (FIRST_LINES[status] || UNKNOWN).dup
      headers.each { |name, value| add(name, value) }
      @block.force_encoding(Encoding::BINARY)
      # Every line break must be one of ours: an embedded one would let data become headers.
      lines = @count + 1
      return if @block.count("\n") == lines && @block.count("\r") == lines && !@block.include?("\0")
      raise ArgumentError, 'a header value holds a line break or a NUL'
    end

    private

    def add(name, value)
      name = name.to_s unless name.instance_of?(String)
      kind = Head.kind_of(name)
      return add_length(name, value.to_s) if kind == :length
      return if kind == :drop
      if value.instance_of?(String)
        return add_line(name, value) unless value.include?("\n")
        value.split("\n").each { |line| add_line(name, line) }
      elsif value.is_a?(Array) then value.each { |one| add_line(name, one.to_s) }
      else add_line(name, value.to_s)
      end
    end

    def add_line(name, value)
      @count += 1
      @block << name << ': ' << value << "\r\n"
    rescue Encoding::CompatibilityError
      @block = @block.b << name.b << ': ' << value.b << "\r\n"
    end

    def add_length(name, value)
      raise ArgumentError, "#{value.inspect} is not a Content-Length" unless value.match?(/\A\d{1,15}\z/)
      parsed = value.to_i
      return if parsed == @length
      raise ArgumentError, "Content-Length is there twice, #{@length} and #{parsed}" if @length >= 0
      @length = parsed
      add_line(name, value)
    end
  end
end
