/**
 * Takes secrets out of lines of a log before they leave the core: values of a query, cookies, authorization, what is
 * called a password, a token or a key, private keys, and a few tokens that are known by their looks. A guess that
 * rather hides too much: the whole line is shown on asking. Every pattern takes time in the length of the line. Pure.
 */

/** Stands in place of what is hidden. */
export const DOTS = '••••••';

const QUERY = /\?([^\s"'`<>#)]+)/g;
const PASSWORD_OF_ADDRESS = /([a-z][a-z\d+.-]{1,20}:\/\/[^\s/:@"']{0,200}):[^\s/@"']{1,500}@/gi;
/** `token=…`, `"password": "…"`, `X-Api-Key: …`; not the exceptions that are called so. */
const NAMED =
  /((?:password|passwd|passphrase|secret|token|credential|signature|authorization|(?:api|access|private|auth)[_-]?key|session[_-]?(?:id|key)|sessid)(?!\w{0,40}(?:Error|Exception|Warning)\b)[\w-]{0,40}\\?["']?\s{0,3}(?:=>|[:=])\s{0,3})(\\?"(?:[^"\\]|\\[^"])*\\?"?|'[^']*'?|(?:(?:Bearer|Basic|Digest|Token|Negotiate)\s+)?[^\s&;,"'\])}]+)/gi;
/** All of them up to the end of what is quoted, or of the line. */
const COOKIES = /((?:set-)?cookies?\\?["']?\s{0,3}(?:=>|[:=])\s{0,3}\\?["']?)([^"'\s\\][^"'\\]*)/gi;
const SCHEMES = /\b((?:Bearer|Basic)\s+)[A-Za-z\d+/=._~-]{8,}/g;
/** JSON web tokens; keys of Amazon, GitHub, Stripe, Slack. */
const KNOWN_LOOKS =
  /\beyJ[\w-]{6,2000}\.[\w-]{6,4000}(?:\.[\w-]{0,2000})?|\b(?:AKIA|ASIA)[A-Z\d]{16}\b|\bgh[opsur]_[A-Za-z\d]{20,255}|\b[sr]k_(?:live|test)_[A-Za-z\d]{10,255}|\bxox[abposr]-[A-Za-z\d-]{10,255}/g;
const KEY_BLOCK = /-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]{0,40}PRIVATE KEY-----|$)/g;
const KEY_LINE = /^\s*(?:[A-Za-z\d+/=]*|(?:Proc-Type|DEK-Info): .*)$/;
/** Most lines have none of these, and are done with. */
const MAY_HAVE =
  /[?@]|pass|secret|token|credential|signature|authori[sz]ation|key|sess|cookie|bearer|basic|eyJ|AKIA|ASIA|gh[opsur]_|k_(?:live|test)_|xox/i;

/** The text with dots for its secrets; the same text when there are none. */
export function hideSecrets(text: string): string {
  if (!MAY_HAVE.test(text)) return text;
  return hideQueries(text)
    .replace(KEY_BLOCK, DOTS)
    .replace(PASSWORD_OF_ADDRESS, `$1:${DOTS}@`)
    .replace(COOKIES, `$1${DOTS}`)
    .replace(NAMED, (_, name: string, value: string) => `${name}${hideValue(value)}`)
    .replace(SCHEMES, `$1${DOTS}`)
    .replace(KNOWN_LOOKS, DOTS);
}

function hideQueries(text: string): string {
  return text.replace(QUERY, (all, query: string, at: number) =>
    query.includes('=') || followsPath(text, at) ? `?${hideValues(query)}` : all,
  );
}

/** Whether the word before this place has a slash: a question mark may also end a question. */
function followsPath(text: string, at: number): boolean {
  for (let i = at - 1; i >= 0 && !/[\s"'`<>]/.test(text.charAt(i)); i -= 1) if (text.charAt(i) === '/') return true;
  return false;
}

/** `a=1&b=` becomes `a=••••••&b=`; a query without `=` is hidden as a whole. */
function hideValues(query: string): string {
  return query
    .split('&')
    .map((pair) => {
      const cut = pair.indexOf('=');
      if (cut < 0) return pair === '' ? '' : DOTS;
      return pair.length === cut + 1 ? pair : `${pair.slice(0, cut)}=${DOTS}`;
    })
    .join('&');
}

/** Quotes stay, so that the line reads as before. */
function hideValue(value: string): string {
  const [, open = '', close = ''] = /^(\\?["']|)[\s\S]*?(\\?["']|)$/.exec(value) ?? [];
  return `${open}${DOTS}${open === '' ? '' : close}`;
}

/** The lines of one log in their order: a private key goes over several. */
export class SecretHider {
  #inKey = false;

  hide(text: string): string {
    if (this.#inKey) {
      this.#inKey = KEY_LINE.test(text);
      if (this.#inKey || text.includes('-----END ')) return DOTS;
    }
    const begins = text.lastIndexOf('-----BEGIN ');
    this.#inKey = begins >= 0 && text.includes('PRIVATE KEY-----', begins) && !text.includes('-----END ', begins);
    return hideSecrets(text);
  }
}
