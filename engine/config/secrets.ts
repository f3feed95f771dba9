/**
 * What is better not shown: names under which secrets are kept, by their looks, and values that have one in them. In doubt
 * it is a secret. Pure.
 */

const NAME = /secret|passw|passphrase|pwd|token|key|credential|auth|dsn|cookie|session|private|_url$/i;
const VALUE = /passw|secret|token|credential|api-?_?key|private|auth/i;
/** `scheme://user:password@host`. */
const LOGIN = /:\/\/[^/\s@]*:[^/\s@]*@/;

/** For variables and options: `DB_PASSWORD`, `env STRIPE_KEY`. */
export function isSecretName(name: string): boolean {
  return NAME.test(name);
}

/** For values: a word that announces one, or an address with a password in it. */
export function holdsSecret(value: string): boolean {
  return VALUE.test(value) || LOGIN.test(value);
}

/** The same text without the passwords of addresses and of `password=…`: for messages that repeat a value. */
export function hidePasswords(text: string): string {
  return text
    .replace(/(:\/\/[^/\s@:;?]*):[^/\s;?]*@/g, '$1:***@')
    .replace(/(\bpassword\s*=\s*)(?:'(?:[^'\\]|\\.)*'?|(?:[^\s;'\\]|\\.)+)/gi, '$1***');
}
