/**
 * The parser of workers that accept connections themselves (resources/runtimes/python/reeve_uwsgi_request.py) over the
 * vectors of the gateway's: both say the same of the same bytes, whole and byte by byte.
 */
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { CGI_LIMITS } from './testing/cgi-replay.ts';
import { readVectors } from './testing/vectors.ts';

const RUNTIME = fileURLToPath(new URL('../../resources/runtimes/python', import.meta.url));
const REPLAY = `
import json, sys
from reeve_intake import Arrival, Rules
from reeve_uwsgi_request import ProtocolError, Special, Trust

rules = Rules(dict(bufferSizeBytes=${CGI_LIMITS.blockBytes}, limitPostBytes=${CGI_LIMITS.bodyBytes},
                   socketTimeoutSeconds=4, bodyFolder="/tmp", modifiers=[]), Trust([]))

def replay(pieces):
    arrival = Arrival(rules, "")
    try:
        for piece in pieces:
            request = arrival.feed(piece)
            if request is not None:
                size = len(request.message) - 4
                length = request.environ.get("CONTENT_LENGTH")
                said = "length " + length if length else "no length"
                body = ["body " + json.dumps(request.body.decode("latin-1"))] if request.body else []
                return ["in %d bytes, %s" % (size, said), *body, "complete"]
    except ProtocolError as error:
        return ["error %s %d at %d" % (error.code, error.status, error.offset)]
    except Special as special:
        return ["ping" if special.is_ping else "other %d %d" % special.modifiers]
    return ["incomplete"]

def bytewise(data):
    return [data[at:at + 1] for at in range(len(data))]

for line in sys.stdin:
    data = bytes.fromhex(line)
    print(json.dumps([replay([data]), replay(bytewise(data)), replay([data[:5], data[5:]])]))
`;

const vectors = readVectors(fileURLToPath(new URL('vectors/uwsgi.md', import.meta.url)));

test('a worker that accepts connections itself reads requests as the gateway does', () => {
  const input = vectors.map((vector) => `${vector.input.toString('hex')}\n`).join('');
  const output = execFileSync('python3', ['-c', REPLAY], { input, env: { ...process.env, PYTHONPATH: RUNTIME } });
  const answers = output.toString().trim().split('\n');
  expect(answers).toHaveLength(vectors.length);
  for (const [index, { title, events }] of vectors.entries()) {
    const expected = simplified(events);
    expect(JSON.parse(answers[index] ?? ''), title).toEqual([expected, expected, expected]);
  }
});

/** Names and values are compared where the environ is (worker-accept.proc.test.ts); half a request is one that waits. */
function simplified(events: readonly string[]): string[] {
  const isWhole = events.some((event) => /^(?:complete|error|ping|other)/.test(event));
  return isWhole ? events.map((event) => event.replace(/^vars \[.*\] (?=in )/, '')) : ['incomplete'];
}
