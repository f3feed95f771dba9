import { describe, expect, it } from 'vitest';
import { ManualClock } from '../testing/manual-clock.ts';
import { chooseAlgorithms } from './algorithms.ts';
import { Handshakes } from './handshakes.ts';
import { Sessions } from './sessions.ts';

const settle = async (): Promise<void> => {
  for (let i = 0; i < 10; i += 1) await Promise.resolve();
};

describe('handshakes', () => {
  it('run four at a time through one first hop and eight in all', async () => {
    const handshakes = new Handshakes();
    const begun: string[] = [];
    const leave: (() => void)[] = [];
    const enter = (hop: string): void => {
      void handshakes.enter(hop, new AbortController().signal).then((end) => {
        begun.push(hop);
        leave.push(end);
        return end;
      });
    };
    for (const hop of ['a', 'a', 'a', 'a', 'a', 'b', 'b', 'c', 'c', 'c']) enter(hop);
    await settle();
    expect(begun.toSorted().join('')).toBe('aaaabbcc');
    leave[0]?.();
    leave[0]?.();
    await settle();
    expect(begun.slice(8)).toEqual(['a']);
    leave[1]?.();
    await settle();
    expect(begun.slice(8)).toEqual(['a', 'c']);
  });

  it('that is given up while it waits takes no place', async () => {
    const handshakes = new Handshakes();
    const ends = await Promise.all(
      Array.from({ length: 4 }, async () => handshakes.enter('a', new AbortController().signal)),
    );
    const controller = new AbortController();
    const waiting = handshakes.enter('a', controller.signal);
    controller.abort(new Error('given up'));
    await expect(waiting).rejects.toThrow('given up');
    ends[0]?.();
    await handshakes.enter('a', new AbortController().signal);
  });
});

describe('sessions of a connection', () => {
  const refusal = new Error('refused');
  const make = (most: number): { sessions: Sessions; clock: ManualClock; open: () => Promise<() => void> } => {
    const clock = new ManualClock();
    const sessions = new Sessions({ hostName: 'web1', clock, isRefusal: (error) => error === refusal });
    let there = 0;
    const open = async (): Promise<() => void> =>
      sessions.open(async (onEnded) => {
        if (there >= most) throw refusal;
        there += 1;
        return () => {
          there -= 1;
          onEnded();
        };
      });
    return { sessions, clock, open };
  };

  it('that the server refuses wait until one of ours ends', async () => {
    const { open } = make(2);
    const first = await open();
    await open();
    let isOpen = false;
    const third = open().then((end) => {
      isOpen = true;
      return end;
    });
    await settle();
    expect(isOpen).toBe(false);
    first();
    await third;
  });

  it('give up after ten seconds with what may be changed on the server', async () => {
    const { open, clock } = make(1);
    await open();
    const second = open();
    const failure = expect(second).rejects.toMatchObject({ code: 'ssh-sessions-used' });
    await clock.pass(10_000);
    await failure;
  });

  it('that are refused for others which have just ended are tried again', async () => {
    const clock = new ManualClock();
    const sessions = new Sessions({ hostName: 'web1', clock, isRefusal: (error) => error === refusal });
    const end = await sessions.open(async (onEnded) => onEnded);
    const answer = Promise.withResolvers<() => void>();
    let tries = 0;
    const second = sessions.open(async (onEnded) => {
      tries += 1;
      return tries === 1 ? answer.promise : onEnded;
    });
    end();
    answer.reject(refusal);
    await clock.pass(1_000);
    await second;
    expect(tries).toBe(2);
  });

  it('are not waited for where the server allows none at all', async () => {
    const { open } = make(0);
    await expect(open()).rejects.toBe(refusal);
  });
});

describe('algorithms', () => {
  it('begin with AES-GCM and leave SHA-1 signatures out, unless the host is configured otherwise', () => {
    const usual = chooseAlgorithms({}, null);
    expect(usual.cipher).toMatchObject({ 0: 'aes128-gcm@openssh.com' });
    expect(usual.serverHostKey).not.toContain('ssh-rsa');
    expect(chooseAlgorithms({ serverHostKey: ['ssh-rsa'] }, null).serverHostKey).toEqual(['ssh-rsa']);
  });

  it('ask for the key types that are held of the server first', () => {
    const { serverHostKey } = chooseAlgorithms({}, ['ssh-rsa']);
    expect(Array.isArray(serverHostKey) && serverHostKey.slice(0, 3)).toEqual([
      'rsa-sha2-512',
      'rsa-sha2-256',
      'ssh-ed25519',
    ]);
  });
});
