import { describe, expect, it } from 'vitest';
import { contentSecurityPolicy, fillNonce } from './content-policy.ts';

describe('contentSecurityPolicy', () => {
  const policy = contentSecurityPolicy({ nonce: 'n0nce', connect: ['ws://127.0.0.1:4717'] });

  it('refuses everything that is not named', () => {
    expect(policy).toContain(`default-src 'none'`);
    expect(policy).not.toMatch(/unsafe-(inline|eval)|\*/);
  });

  it('lets scripts come from the package only and styles also with the nonce', () => {
    expect(policy).toMatch(/(^|; )script-src 'self'(;|$)/);
    expect(policy).toContain(`style-src 'self' 'nonce-n0nce'`);
    expect(policy).toContain(`connect-src 'self' ws://127.0.0.1:4717`);
  });
});

describe('fillNonce', () => {
  it('puts the nonce where the page asks for it', () => {
    expect(fillNonce('<meta name="csp-nonce" content="__CSP_NONCE__">', 'abc')).toBe(
      '<meta name="csp-nonce" content="abc">',
    );
  });
});
