/** How serious a line of a log is, by what it says. A guess, the same one for all logs. Pure. */
import type { LogLine } from '../../contract/logs-model.ts';
import { StackReader } from '../../contract/stack-lines.ts';

/** uWSGI's own line, also behind a prefix or inside JSON; Apache's; a JSON object with a method and a status. */
function isRequestLine(text: string): boolean {
  return (
    /\[pid: \d+\|app: -?\d+\|req: -?\d+\/\d+\] /.test(text) ||
    /^\S+ \S+ \S+ \[[^\]]+\] "[A-Z]+ \S+[^"]*" \d{3} /.test(text) ||
    /^\{.*"(GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS)".*:\s*"?[1-5]\d\d\b/.test(text)
  );
}

/** Level of a line that stands alone. */
export function guessLevel(text: string): LogLine['level'] {
  if (isRequestLine(text)) return 'request';
  if (/\bHARAKIRI\b|\bDAMN\b|\bNO MERCY\b/.test(text)) return 'error';
  if (
    /^(\S+Error|\S+Exception)\b|(^|[^\w-])(error|fatal|critical|failed|unable to|can ?not|could not|no such)([^\w-]|$)/i.test(
      text,
    )
  ) {
    return 'error';
  }
  if (/(^|[^\w-])(warning|warn|deprecated|refused|killed|retrying)([^\w-]|$)/i.test(text)) return 'warning';
  // uWSGI tells of a listen queue that fills in the same stars as of everything else.
  return /\*\*\* uWSGI listen queue of socket/.test(text) ? 'warning' : 'info';
}

/** Level of each line of one log in its order: all lines of a stack are of an error. */
export class LevelReader {
  readonly #stacks = new StackReader();

  levelOf(text: string): LogLine['level'] {
    return this.#stacks.see(text) === null ? guessLevel(text) : 'error';
  }
}
