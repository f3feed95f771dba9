# frozen_string_literal: true

# JSON for the control wire (engine/master/control.ts). Ruby's own library is a gem: loading it here would decide its
# version for the application, whose bundle may name another one.

module Reeve
  # Reads one JSON text, and writes what the control wire needs.
  module Json
    class Error < StandardError
    end

    ESCAPES = {
      '"' => '"', '\\' => '\\', '/' => '/', 'b' => "\b", 'f' => "\f", 'n' => "\n", 'r' => "\r", 't' => "\t"
    }.freeze
    WORDS = { 'true' => true, 'false' => false, 'null' => nil }.freeze
    UNSAFE = /["\\\u0000-\u001f]/.freeze
    private_constant :ESCAPES, :WORDS, :UNSAFE

    def self.parse(text)
      Reader.new(text.dup.force_encoding(Encoding::UTF_8)).document
    end

    def self.generate(value)
      case value
      when nil then 'null'
      when true, false, Integer, Float then value.to_s
      when String, Symbol then quote(value.to_s)
      when Array then "[#{value.map { |item| generate(item) }.join(',')}]"
      when Hash then "{#{value.map { |key, item| "#{quote(key.to_s)}:#{generate(item)}" }.join(',')}}"
      else raise Error, "#{value.class} has no form in JSON"
      end
    end

    def self.quote(text)
      text = text.encoding == Encoding::UTF_8 ? text : text.dup.force_encoding(Encoding::UTF_8)
      %("#{text.scrub.gsub(UNSAFE) { |char| format('\\u%04x', char.ord) }}")
    end

    # One text from its beginning to its end.
    class Reader
      def initialize(text)
        @text = text
        @at = 0
      end

      def document
        value = read
        raise Error, 'text behind the end of JSON' if take(/\G\s*/) && @at < @text.length
        value
      end

      private

      def read
        take(/\G\s*/)
        case @text[@at]
        when '{' then object
        when '[' then array
        when '"' then string
        else scalar
        end
      end

      def object
        found = {}
        items('}') do
          take(/\G\s*/)
          key = string
          take(/\G\s*:/) || fail_here
          found[key] = read
        end
        found
      end

      def array
        found = []
        items(']') { found << read }
        found
      end

      # What is between a bracket and `close`, with commas between.
      def items(close)
        @at += 1
        return if take(/\G\s*#{Regexp.escape(close)}/)
        loop do
          yield
          next if take(/\G\s*,/)
          take(/\G\s*#{Regexp.escape(close)}/) || fail_here
          return
        end
      end

      def string
        raw = take(/\G"(?:[^"\\]|\\.)*"/m) || fail_here
        inner = raw[1..-2]
        return inner unless inner.include?('\\')
        inner.gsub(/\\u(d[89ab]\h\h)\\u(d[c-f]\h\h)|\\u(\h{4})|\\(.)/i) do
          match = Regexp.last_match
          if match[1] then [0x10000 + ((match[1].hex & 0x3ff) << 10) + (match[2].hex & 0x3ff)].pack('U')
          elsif match[3] then [match[3].hex].pack('U').scrub
          else ESCAPES.fetch(match[4]) { fail_here }
          end
        end
      end

      def scalar
        if (number = take(/\G-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?/))
          return number.match?(/\A-?\d+\z/) ? number.to_i : number.to_f
        end
        WORDS.fetch(take(/\G[a-z]+/)) { fail_here }
      end

      def take(pattern)
        match = pattern.match(@text, @at)
        return nil if match.nil?
        @at = match.end(0)
        match[0]
      end

      def fail_here
        raise Error, "no JSON at character #{@at}"
      end
    end
    private_constant :Reader
  end
end
