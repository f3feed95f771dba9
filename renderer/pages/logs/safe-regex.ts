/**
 * Whether an expression typed into the filter may be used: the engine of browsers can be busy for hours with some, and
 * nothing can stop it. So what makes it slow is refused: repetition of what repeats or branches, and many open
 * repetitions in one expression. Lines are cut before they are matched. Pure.
 */

const MOST_OPEN = 2;

/** null: it may be used; otherwise why not, in a sentence. */
export function regexProblem(pattern: string): string | null {
  try {
    // Only whether it is one: the caller makes its own.
    RegExp(pattern, 'i');
  } catch (error) {
    return error instanceof Error ? error.message : 'This is no regular expression.';
  }
  const bare = pattern.replace(/\\./g, 'x').replace(/\[[^\]]*\]/g, 'x');
  if (/\\[1-9k]/.test(pattern)) return 'References back to a group make it slow: they are not used here.';
  let open = 0;
  const groups: { repeats: boolean }[] = [];
  for (let at = 0; at < bare.length; at += 1) {
    const sign = bare.charAt(at);
    const group = groups.at(-1);
    if (sign === '(') groups.push({ repeats: false });
    else if (sign === '|' && group !== undefined) group.repeats = true;
    else if (sign === ')') {
      const closed = groups.pop();
      const isRepeated = /^(?:[*+]|\{\d+,?\d*\})/.test(bare.slice(at + 1));
      if (isRepeated && closed?.repeats === true)
        return 'A repetition of what repeats or branches itself can take hours: write it without.';
      const outer = groups.at(-1);
      if (outer !== undefined && (isRepeated || closed?.repeats === true)) outer.repeats = true;
    } else if (/^(?:[*+]|\{\d+,\d*\})/.test(bare.slice(at)) && at > 0) {
      open += 1;
      if (group !== undefined) group.repeats = true;
    }
  }
  return open > MOST_OPEN ? `More than ${MOST_OPEN} open repetitions (* or +) make it slow.` : null;
}
