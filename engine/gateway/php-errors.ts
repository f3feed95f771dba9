/**
 * What PHP says beside its answer (FastCGI's STDERR): lines for the log, and among them the errors that ended a script.
 * php-cgi sends whole messages, each with its line end.
 */

/** `PHP Fatal error:  Uncaught App\Broken: no such thing in /srv/shop.php:12`, or an error without an exception. */
const FATAL = /^PHP (?:Fatal|Parse) error: +(?:Uncaught ([\w\\]+)(?:: (.*?))?(?: in \S+:\d+)?$)?/m;

/** An error that ended a script; name and text are empty where no exception was thrown. */
export interface PhpException {
  name: string;
  text: string;
}

/** More is not kept of what one script says. */
const MOST_BYTES = 1024 * 1024;

export class PhpErrors {
  readonly #log: (text: string) => void;
  #pieces: Buffer[] = [];
  #bytes = 0;
  #exception: PhpException | null = null;

  constructor(log: (text: string) => void) {
    this.#log = log;
  }

  /** Takes the next bytes, which nothing may write to again. */
  add(bytes: Buffer): void {
    this.#pieces.push(bytes);
    this.#bytes += bytes.length;
    if (this.#bytes > MOST_BYTES) this.pass();
  }

  /** What was said goes to the log. */
  pass(): void {
    if (this.#bytes === 0) return;
    const text = Buffer.concat(this.#pieces).toString().trimEnd();
    this.#pieces = [];
    this.#bytes = 0;
    if (text !== '') this.#log(text);
    this.#exception ??= readFatal(text);
  }

  /** The script has ended: the error that ended it, null when none did. */
  end(): PhpException | null {
    this.pass();
    const exception = this.#exception;
    this.#exception = null;
    return exception;
  }
}

/** The error that ended a script, from what PHP wrote about it. */
export function readFatal(text: string): PhpException | null {
  const found = FATAL.exec(text);
  return found === null ? null : { name: found[1] ?? '', text: found[2] ?? '' };
}
