import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  fingerprintOf,
  formatKnownHostsLine,
  heldKeyTypes,
  judgeKey,
  knownHostsName,
  matchesPatterns,
  parseKnownHosts,
  typeOfKey,
} from './known-hosts.ts';

/** A public key of a type, as far as this module looks at one. */
function key(type: string, seed: number): Buffer {
  const head = Buffer.alloc(4);
  head.writeUInt32BE(type.length);
  return Buffer.concat([head, Buffer.from(type), Buffer.alloc(40, seed)]);
}
const ED1 = key('ssh-ed25519', 1);
const ED2 = key('ssh-ed25519', 2);
const RSA = key('ssh-rsa', 3);
const text = (names: string, blob: Buffer): string => `${names} ${typeOfKey(blob)} ${blob.toString('base64')} comment`;
const judge = (lines: string[], name: string, blob: Buffer) =>
  judgeKey(parseKnownHosts(lines.join('\n'), 'f'), name, blob);

describe('known_hosts', () => {
  it('knows a host by its name, its address, a wildcard and [host]:port', () => {
    const lines = [
      '# comment',
      '',
      text('web1,10.0.0.1', ED1),
      text('*.example.org,!bad.example.org', ED2),
      text('[h]:2222', RSA),
    ];
    expect(judge(lines, 'web1', ED1)).toEqual({ status: 'known', place: 'f:3' });
    expect(judge(lines, '10.0.0.1', ED1).status).toBe('known');
    expect(judge(lines, 'a.example.org', ED2).status).toBe('known');
    expect(judge(lines, 'bad.example.org', ED2).status).toBe('unknown');
    expect(judge(lines, knownHostsName('H', 2222), RSA).status).toBe('known');
    expect(judge(lines, knownHostsName('h', 22), RSA).status).toBe('unknown');
  });

  it('takes another key for a changed one, also when it is of a type that is not held', () => {
    expect(judge([text('web1', ED1)], 'web1', ED2)).toEqual({ status: 'changed', place: 'f:1', known: ED1 });
    expect(judge([text('web1', ED1)], 'web1', RSA)).toEqual({ status: 'changed', place: 'f:1', known: ED1 });
    expect(judge([text('web1', ED1), text('web1', ED2)], 'web1', ED2).status).toBe('known');
    expect(heldKeyTypes(parseKnownHosts(text('web1', RSA), 'f'), 'web1')).toEqual(['ssh-rsa']);
  });

  it('lets a revoked key win over a known one, and knows authorities as such', () => {
    expect(judge([text('web1', ED1), text('@revoked *', ED1)], 'web1', ED1)).toEqual({
      status: 'revoked',
      place: 'f:2',
    });
    expect(judge([text('@cert-authority *', ED1)], 'web1', ED2)).toEqual({ status: 'authority', place: 'f:1' });
    expect(judge([text('@other *', ED1)], 'web1', ED1).status).toBe('unknown');
  });

  it('finds hashed names that it wrote, and only those', () => {
    const line = formatKnownHostsLine('web1', ED1, true).trimEnd();
    expect(line).toMatch(/^\|1\|[^|]+\|[^|]+ ssh-ed25519 /);
    expect(judge([line], 'web1', ED1).status).toBe('known');
    expect(judge([line], 'web2', ED1).status).toBe('unknown');
  });

  it('leaves out lines that lie about the type of their key', () => {
    expect(judge([`web1 ssh-rsa ${ED1.toString('base64')}`], 'web1', ED1).status).toBe('unknown');
  });

  it('shows fingerprints without padding', () => {
    expect(fingerprintOf(ED1)).toMatch(/^SHA256:[A-Za-z0-9+/]{43}$/);
  });

  it('reads any text without throwing, and matches any pattern in a moment', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (lines, name) => {
        judgeKey(parseKnownHosts(lines, 'f'), name, ED1);
        typeOfKey(Buffer.from(lines));
      }),
    );
    expect(matchesPatterns([`${'*a'.repeat(60)}b`], 'a'.repeat(2_000))).toBe(false);
    expect(matchesPatterns(['a*c?e'], 'abbbcde')).toBe(true);
  });
});
