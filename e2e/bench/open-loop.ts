/**
 * A load that does not wait for answers: requests leave at a given rate, however slow the server is, as those of many
 * independent clients do. Connections are kept and opened as needed. For small rates; wrk makes the large ones.
 */
import { Agent, request } from 'node:http';

export interface Answer {
  path: string;
  /** 0: the request failed without an answer. */
  status: number;
  ms: number;
}

/** Sends `ratePerSecond * seconds` requests; resolves when the last one is answered. */
export async function openLoop(
  url: string,
  ratePerSecond: number,
  seconds: number,
  pathOf: (index: number) => string,
): Promise<Answer[]> {
  const agent = new Agent({ keepAlive: true });
  const began = performance.now();
  const pending: Promise<Answer>[] = [];
  const count = Math.round(ratePerSecond * seconds);
  while (pending.length < count) {
    const dueMs = began + (pending.length * 1000) / ratePerSecond - performance.now();
    if (dueMs > 0) await new Promise((resolve) => setTimeout(resolve, dueMs));
    pending.push(send(url, pathOf(pending.length), agent));
  }
  const answers = await Promise.all(pending);
  agent.destroy();
  return answers;
}

async function send(url: string, path: string, agent: Agent): Promise<Answer> {
  const began = performance.now();
  const { status } = await get(url + path, agent).catch(() => ({ status: 0 }));
  return { path, status, ms: performance.now() - began };
}

/** One request; without an agent on a connection of its own. */
export async function get(url: string, agent?: Agent): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    const outgoing = request(url, { agent: agent ?? false }, (incoming) => {
      let body = '';
      incoming.setEncoding('latin1');
      incoming.on('data', (text: string) => {
        body += text;
      });
      incoming.on('error', reject);
      incoming.on('end', () => resolve({ status: incoming.statusCode ?? 0, body }));
    });
    outgoing.on('error', reject);
    outgoing.end();
  });
}
