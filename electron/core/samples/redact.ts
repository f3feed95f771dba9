/**
 * Takes secrets out of request variables before they leave the core. Names decide, never contents; the values of a
 * query string are always hidden, its keys are shown. Pure.
 */

export const HIDDEN = 'hidden';

const SECRET_NAME =
  /COOKIE|AUTHORIZATION|TOKEN|SECRET|KEY|PASSWORD|PASSWD|PASSPHRASE|CREDENTIAL|SESSION|SIGNATURE|API_?ID/i;
/** Names that look secret to the pattern and are not. */
const PLAIN_NAMES = new Set([
  'HTTP_SEC_WEBSOCKET_KEY',
  'HTTP_SEC_WEBSOCKET_KEY1',
  'HTTP_SEC_WEBSOCKET_KEY2',
  'AUTH_TYPE',
]);
/** Variables whose value is or contains an address with a query. */
const ADDRESS_NAMES = new Set([
  'REQUEST_URI',
  'HTTP_REFERER',
  'HTTP_X_ORIGINAL_URI',
  'HTTP_X_ORIGINAL_URL',
  'HTTP_X_REWRITE_URL',
  'UNENCODED_URL',
  'RAW_URI',
]);

/** `KEY=VALUE` as the stats document has it. null: not a variable (the document ends each list with an empty one). */
export function redactVar(text: string): [name: string, value: string] | null {
  const cut = text.indexOf('=');
  if (cut <= 0) return null;
  const name = text.slice(0, cut);
  const value = text.slice(cut + 1);
  return [name, redactValue(name, value)];
}

export function redactValue(name: string, value: string): string {
  if (value === '') return value;
  if (name === 'QUERY_STRING') return redactQuery(value);
  if (ADDRESS_NAMES.has(name)) return redactAddress(value);
  return isSecretName(name) ? HIDDEN : value;
}

/** Of a variable whose whole value is hidden. */
export function isSecretName(name: string): boolean {
  return SECRET_NAME.test(name) && !PLAIN_NAMES.has(name);
}

/** `a=1&b=2` becomes `a=hidden&b=hidden`; a query without `=` is hidden as a whole. */
export function redactQuery(query: string): string {
  return query
    .split('&')
    .map((pair) => {
      const cut = pair.indexOf('=');
      if (cut < 0) return pair === '' ? '' : HIDDEN;
      return pair.length === cut + 1 ? pair : `${pair.slice(0, cut)}=${HIDDEN}`;
    })
    .join('&');
}

function redactAddress(address: string): string {
  const withoutUser = address.replace(/^(\w+:\/\/)[^/?#@]*@/, `$1${HIDDEN}@`);
  const [beforeFragment = ''] = withoutUser.split('#', 1);
  const cut = beforeFragment.indexOf('?');
  return cut < 0 ? beforeFragment : `${beforeFragment.slice(0, cut)}?${redactQuery(beforeFragment.slice(cut + 1))}`;
}
