/**
 * Brings about what timing decides: requests that wait at a busy worker. The gateway queues there only when the
 * application is fast, and only behind requests that are not slow yet, so on a busy machine it may take several tries.
 */
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { HeaderField, SlotField, slotIndex } from '../../scoreboard.ts';
import { eventually, type FakeMaster, type TestWorker } from './fake-master.ts';
import { type RawAnswer, RawClient } from './raw-client.ts';

export interface Queued {
  slow: Promise<RawAnswer>;
  behind: Promise<RawAnswer>[];
  /** What the slow one waits for: a file of this name. */
  name: string;
  /** Lets the slow one go on. */
  release: () => void;
}

/** Makes the application look fast. */
export async function warmUp(port: number): Promise<void> {
  const client = new RawClient(port);
  for (let i = 0; i < 120; i++) {
    client.send('GET /hello HTTP/1.1\r\nHost: test\r\n\r\n');
    await client.answer();
  }
  await client.close();
}

/** Has `first`, the only worker, run `slowPath?NAME` with those of `paths` queued behind it at the worker. */
export async function queueBehind(
  master: FakeMaster,
  port: number,
  first: TestWorker | undefined,
  slowPath: string,
  paths: string[],
): Promise<Queued> {
  const slot = (field: SlotField): number => master.board.slots[slotIndex(first?.slots[0] ?? 0, field)] ?? 0;
  const header = (field: number): number => master.board.header[field] ?? 0;
  for (let attempt = 1; attempt <= 50; attempt++) {
    const name = `slow${attempt}`;
    const clients = [`${slowPath}?${name}`, ...paths].map((path) => ({ path, client: new RawClient(port) }));
    await eventually('the connections', () => header(HeaderField.openConnections) >= clients.length || undefined);
    let answered = 0;
    const answers = clients.map(async ({ path, client }) => {
      client.send(`GET ${path} HTTP/1.1\r\nHost: test\r\n\r\n`);
      const answer = await client.answer();
      answered++;
      await client.close();
      return answer;
    });
    const settled = Promise.allSettled(answers);
    const waiting = (): number => slot(SlotField.queued) + header(HeaderField.listenQueue);
    await eventually('all to be there', () => waiting() + answered === paths.length || undefined);
    const [slow, ...behind] = answers;
    const release = (): void => writeFileSync(join(master.folder, name), '');
    if (slow !== undefined && slot(SlotField.queued) === paths.length) return { slow, behind, name, release };
    release();
    await settled;
    rmSync(join(master.folder, 'ran'), { force: true });
  }
  throw new Error('The requests were never queued at the worker.');
}
