import { describe, expect, it } from 'vitest';
import type { Discovered } from '../../../electron/contract/model.ts';
import {
  compareFingerprint,
  destinationOf,
  fingerprintGroups,
  fingerprintsIn,
  hostLine,
  inOrder,
  keyTypeName,
  kindOf,
  removeKeyCommand,
  statsAddressOn,
  withoutMachine,
} from './attach-words.ts';

const FINGERPRINT = 'SHA256:q3Vb8mJxt0LwKcR5yZ1nHo9EdPf2aUs7Gi4TxWb60Qk';

function server(part: Partial<Discovered>): Discovered {
  return {
    machine: 'web1',
    pid: 1,
    role: 'server',
    emperorPid: null,
    unit: null,
    pidfile: null,
    command: 'uwsgi',
    user: null,
    cwd: null,
    configPath: null,
    statsAddress: null,
    masterFifo: null,
    instanceId: null,
    missing: null,
    ...part,
  };
}

describe('fingerprints', () => {
  it('are shown in groups of four after their prefix', () => {
    const { prefix, groups } = fingerprintGroups(FINGERPRINT);
    expect(prefix).toBe('SHA256:');
    expect(groups.slice(0, 2)).toEqual(['q3Vb', '8mJx']);
    expect(groups.join('')).toBe(FINGERPRINT.slice('SHA256:'.length));
  });

  it.each([
    FINGERPRINT,
    FINGERPRINT.slice('SHA256:'.length),
    ` ${FINGERPRINT}=\n`,
    `256 ${FINGERPRINT} root@web-03 (ED25519)`,
    'SHA256:q3Vb 8mJx t0Lw KcR5 yZ1n Ho9E dPf2 aUs7 Gi4T xWb6 0Qk',
  ])('are identical however they are pasted: %s', (pasted) => {
    expect(compareFingerprint(pasted, FINGERPRINT)).toBe('identical');
  });

  it.each([
    FINGERPRINT.slice(0, -1),
    `${FINGERPRINT}x`,
    FINGERPRINT.toLowerCase(),
    `256 SHA256:${'A'.repeat(43)} root@web-03 (ED25519)`,
  ])('are different as soon as one character is: %s', (pasted) => {
    expect(compareFingerprint(pasted, FINGERPRINT)).toBe('different');
  });

  it('leave known_hosts by a command that names host and port, when they stand there', () => {
    const reason = '/home/me/.ssh/known_hosts:14 has another';
    expect(removeKeyCommand({ host: '10.0.0.1', port: 2222 }, reason)).toBe("ssh-keygen -R '[10.0.0.1]:2222'");
    expect(removeKeyCommand({ host: 'web1', port: 22 }, reason)).toBe('ssh-keygen -R web1');
    expect(removeKeyCommand({ host: 'web1', port: 22 }, "Reeve's own list has another")).toBeNull();
  });

  it('are found in a sentence', () => {
    expect(fingerprintsIn(`Then: ${FINGERPRINT}. Now: SHA256:${'b'.repeat(43)}, that is ${FINGERPRINT}`)).toEqual([
      FINGERPRINT,
      `SHA256:${'b'.repeat(43)}`,
    ]);
  });
});

describe('stats addresses', () => {
  it.each([
    ['web1', 'unix', '/run/app.stats', 'ssh://web1/run/app.stats'],
    ['ops@web1:2222', 'tcp', '127.0.0.1:1717', 'ssh://ops@web1:2222/127.0.0.1:1717'],
    ['web1', 'abstract', 'name', 'ssh://web1/@name'],
    ['web1', 'http', '127.0.0.1:1717', 'ssh://web1/http://127.0.0.1:1717'],
    ['web1', 'unix', 'ssh://web2/run/app.stats', 'ssh://web2/run/app.stats'],
    [null, 'tcp', ' :1717 ', ':1717'],
  ] as const)('on %s, %s %s: %s', (machine, kind, text, address) => {
    expect(statsAddressOn(machine, kind, text)).toBe(address);
  });

  it.each([
    ['ssh://web1/run/app.stats', '/run/app.stats'],
    ['ssh://web1/127.0.0.1:1717', '127.0.0.1:1717'],
    ['ssh://web1/@name', '@name'],
    ['ssh://web1/http://127.0.0.1:1717', 'http://127.0.0.1:1717'],
    ['127.0.0.1:1717', '127.0.0.1:1717'],
    ['/run/app.stats', '/run/app.stats'],
  ])('%s without its machine is %s', (address, rest) => {
    expect(withoutMachine(address)).toBe(rest);
  });

  it('say their kind as far as they do', () => {
    expect(kindOf('/run/x')).toBe('unix');
    expect(kindOf('localhost:1717')).toBe('tcp');
    expect(kindOf(':1717')).toBe('tcp');
    expect(kindOf('@x')).toBe('abstract');
    expect(kindOf('http://x')).toBe('http');
    expect(kindOf('app')).toBeNull();
  });
});

it.each([
  ['ssh-ed25519', 'ED25519'],
  ['ssh-rsa', 'RSA'],
  ['ecdsa-sha2-nistp256', 'ECDSA'],
  ['ED25519', 'ED25519'],
])('keys of the type %s are called %s', (type, name) => {
  expect(keyTypeName(type)).toBe(name);
});

describe('hosts', () => {
  it('are described in one line', () => {
    expect(hostLine({ user: 'deploy', via: ['us-gw', 'bastion.iad'], note: null })).toBe(
      'deploy, via us-gw, bastion.iad',
    );
    expect(hostLine({ user: 'ops', via: [], note: 'port 2222' })).toBe('ops, port 2222');
    expect(hostLine({ user: null, via: [], note: null })).toBe('direct');
  });

  it('are composed of host, user and port', () => {
    expect(destinationOf({ host: ' web1 ', user: '', port: '' })).toBe('web1');
    expect(destinationOf({ host: '2001:db8::1', user: 'ops', port: '22' })).toBe('ops@[2001:db8::1]:22');
  });
});

it('lists an emperor with its vassals below it, after servers of their own', () => {
  const found = [
    server({ pid: 30, role: 'vassal', emperorPid: 20 }),
    server({ pid: 20, role: 'emperor' }),
    server({ pid: 40 }),
    server({ pid: 10, role: 'emperor' }),
    server({ pid: 25, role: 'vassal', emperorPid: 10 }),
  ];
  expect(inOrder(found).map(({ pid }) => pid)).toEqual([40, 10, 25, 20, 30]);
});
