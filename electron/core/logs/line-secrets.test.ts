import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DOTS, hideSecrets, SecretHider } from './line-secrets.ts';
import { compileLogFormat } from './log-format.ts';
import { LogRing } from './log-ring.ts';

const SECRET = 's3cr3tVa1ue';

describe('secrets in lines of a log', () => {
  it.each([
    [
      '[pid: 7|app: 0|req: 1/1] 10.0.0.1 () {30 vars in 400 bytes} [Mon] GET /cart?basket=s3cr3tVa1ue => generated 2 bytes',
      'GET /cart?basket=•••••• => generated',
    ],
    ['GET /reset?s3cr3tVa1ue HTTP/1.1', 'GET /reset?•••••• HTTP/1.1'],
    ['Cookie: sid=s3cr3tVa1ue; lang=s3cr3tVa1ue', 'Cookie: ••••••'],
    [
      "environ {'HTTP_COOKIE': 'sid=s3cr3tVa1ue; a=b', 'PATH_INFO': '/cart'}",
      "'HTTP_COOKIE': '••••••', 'PATH_INFO': '/cart'",
    ],
    ['Authorization: Bearer s3cr3tVa1ue.abc', 'Authorization: ••••••'],
    ['{"password": "s3cr3tVa1ue, with a comma", "user": "ada"}', '{"password": "••••••", "user": "ada"}'],
    ['{\\"api_key\\": \\"s3cr3tVa1ue\\", \\"user\\": 1}', '\\"user\\": 1'],
    ['X-Api-Token=s3cr3tVa1ue done', 'X-Api-Token=•••••• done'],
    ['csrftoken = s3cr3tVa1ue', 'csrftoken = ••••••'],
    ['connect postgres://app:s3cr3tVa1ue@db:5432/shop', 'postgres://app:••••••@db:5432/shop'],
    ['got Bearer s3cr3tVa1ue from 10.0.0.1', 'got Bearer •••••• from 10.0.0.1'],
    [`token eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.${SECRET}`, 'token ••••••'],
  ])('are hidden in %s', (line, expected) => {
    const hidden = hideSecrets(line);
    expect(hidden).not.toContain(SECRET);
    expect(hidden).toContain(expected);
    expect(hideSecrets(hidden)).toBe(hidden);
  });

  it.each([
    "KeyError: 'cart'",
    'jose.TokenError: signature has expired',
    'really? yes, it is',
    '*** uWSGI listen queue of socket "/run/uwsgi/shop.sock" (fd: 3) : 4 of 100 ***',
    'spawned uWSGI worker 1 (pid: 18204, cores: 2)',
    'mail from ada@example.org',
    '  File "/srv/app/tokens.py", line 41, in apply',
  ])('leave %s as it is', (line) => {
    expect(hideSecrets(line)).toBe(line);
  });

  it('of a private key are hidden line by line, and what comes after it is shown', () => {
    const hider = new SecretHider();
    const lines = [
      '-----BEGIN OPENSSH PRIVATE KEY-----',
      'b3BlbnNzaC1rZXk=',
      '-----END OPENSSH PRIVATE KEY-----',
      'ready',
    ];
    expect(lines.map((line) => hider.hide(line))).toEqual([DOTS, DOTS, DOTS, 'ready']);
    expect(['-----BEGIN PRIVATE KEY-----', 'worker 1 died'].map((line) => new SecretHider().hide(line)).at(-1)).toBe(
      'worker 1 died',
    );
  });

  it('of a log-format are known by their variables', () => {
    const ring = new LogRing();
    ring.parser = compileLogFormat('%(addr) %(status) [%(var.HTTP_COOKIE)] (%(var.QUERY_STRING)) %(uri)');
    const line = ring.add(`10.0.0.1 200 [${SECRET}; b] (${SECRET}) /cart`, 0);
    expect(line).toMatchObject({
      text: '10.0.0.1 200 [••••••] (••••••) /cart',
      hasSecrets: true,
      request: { status: 200, uri: '/cart' },
    });
    expect(ring.reveal(0)).toEqual([{ seq: 1, text: `10.0.0.1 200 [${SECRET}; b] (${SECRET}) /cart`, uri: '/cart' }]);
    expect(ring.reveal(1)).toEqual([]);
  });

  it('are kept only as long as their line', () => {
    const ring = new LogRing();
    for (let i = 0; i < 25_000; i += 1) ring.add(`GET /?a=${i}`, 0);
    expect(ring.reveal(0).length).toBeLessThanOrEqual(11_000);
    expect(ring.reveal(0)[0]?.seq).toBe(ring.read(11_000)[0] === undefined ? -1 : 25_001 - ring.reveal(0).length);
  });

  it('take no long time, whatever a client sends', () => {
    const pieces = [
      '?',
      '=',
      '&',
      '/',
      'token',
      'cookie',
      ':',
      '"',
      "'",
      '\\',
      '@',
      'a-',
      ' ',
      'eyJ',
      '.',
      'Bearer ',
      'http://',
      '-----BEGIN ',
    ];
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...pieces), { minLength: 1, maxLength: 5 }), (parts) => {
        const line = parts
          .join('')
          .repeat(16_000 / parts.length)
          .slice(0, 16_000);
        // CPU time: what else the machine does is no matter of the line's.
        const before = process.cpuUsage();
        hideSecrets(line);
        expect(process.cpuUsage(before).user).toBeLessThan(500_000);
      }),
      { numRuns: 60 },
    );
  });
});
