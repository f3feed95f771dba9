import { expect, it } from 'vitest';
import { hidePasswords, holdsSecret, isSecretName } from './secrets.ts';

it('names of secrets are known by their looks', () => {
  for (const name of [
    'DB_PASSWORD',
    'PGPASSWORD',
    'env DB_PWD',
    'STRIPE_KEY',
    'SENTRY_DSN',
    'DATABASE_URL',
    'auth-token',
  ])
    expect([name, isSecretName(name)]).toEqual([name, true]);
  for (const name of ['HOME', 'PATH', 'processes', 'socket', 'harakiri', 'url-prefix'])
    expect([name, isSecretName(name)]).toEqual([name, false]);
});

it('a value holds a secret when it says so, or is an address with a password', () => {
  for (const value of ['password=x', 'amqp://shop:x1@queue/', 'redis://:x1@cache:6379/0', 'api_key=1'])
    expect([value, holdsSecret(value)]).toEqual([value, true]);
  for (const value of ['8', '/run/shop.sock', 'http://127.0.0.1:8080/a@b', 'postgres://db:5432/shop', 'a:b@c'])
    expect([value, holdsSecret(value)]).toEqual([value, false]);
});

it.each([
  ['pg://host=db password=hush port=1;SELECT 1', 'pg://host=db password=*** port=1;SELECT 1'],
  [`pg://password = 'it\\'s hush' user=ann;SELECT 1`, 'pg://password = *** user=ann;SELECT 1'],
  ['pg://password=hu\\ sh', 'pg://password=***'],
  [`pg://password='hush`, 'pg://password=***'],
  ['amqp://ann:hu@sh@queue:5672/x', 'amqp://ann:***@queue:5672/x'],
  ['postgresql://ann:hush@db/x?password=hush;SELECT 1', 'postgresql://ann:***@db/x?password=***;SELECT 1'],
  ['http://127.0.0.1:8080/a@b', 'http://127.0.0.1:8080/a@b'],
  ['password-file = /etc/x', 'password-file = /etc/x'],
])('passwords are taken out of %s', (text, shown) => {
  expect(hidePasswords(text)).toBe(shown);
});
