import { expect, it } from 'vitest';
import { holdsSecret, isSecretName } from './secrets.ts';

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
