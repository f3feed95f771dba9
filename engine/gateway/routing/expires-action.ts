/** `expires`: a header that says until when the answer may be kept. */
import { field } from './route-actions.ts';
import { statsOf, toNumber } from './route-conditions.ts';
import type { LongActions } from './route-program.ts';

/** `expires:3600`, from now; `filename=F,value=60` and `unix=T,value=60` from the file's time, or that one. */
export const EXPIRES: LongActions['actions'][string] = (context, fields) => {
  const seconds = toNumber(field(context, fields));
  const path = field(context, fields, 'filename');
  const unix = field(context, fields, 'unix');
  let fromMs = Date.now();
  if (path !== '') {
    const found = statsOf(path);
    if (found === null) return 'next';
    fromMs = Math.floor(found.mtimeMs / 1000) * 1000;
  } else if (unix !== '') fromMs = toNumber(unix) * 1000;
  context.added.push(`Expires: ${new Date(fromMs + seconds * 1000).toUTCString()}`);
  return 'next';
};
