/**
 * Internal routing beside uWSGI 2.0.21: the answers to the requests of engine/goldens/routing, recorded from its
 * http-socket, with the same configuration here. Where a case has a `difference`, that says why this server answers what
 * stands in `here` instead. Framing (lengths, chunks, keep-alive) is not compared.
 */
import { rmSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EngineProcess, waitFor } from './testing/engine-process.ts';
import { APPLICATION, askFor, casesOf, copyFiles, GROUPS, linesOf, RoutingPeers } from './testing/routing-cases.ts';

/** How a group that logs requests begins its lines. */
const REQUEST_LINE = 'req ';

describe.each(GROUPS)('the recorded requests of %s', (group) => {
  let folder = '';
  let engine: EngineProcess;
  let peers: RoutingPeers;

  beforeAll(async () => {
    peers = await RoutingPeers.start();
    folder = copyFiles(group);
    const lines = peers.name(linesOf(group)).replaceAll('%d', folder);
    engine = await EngineProcess.start({ ini: `wsgi-file = ${APPLICATION}\nmaster = true\n${lines}` });
  });

  afterAll(async () => {
    await engine.dispose();
    await peers.dispose();
    rmSync(folder, { recursive: true, force: true });
  });

  it('get the same answers, and the same lines in the log', async () => {
    const requestLines: string[] = [];
    for (const { difference, here, ...recorded } of casesOf(group)) {
      const { request, log, ...expected } = difference === undefined ? recorded : { ...recorded, ...here };
      const before = engine.log.length;
      const answer = await askFor(engine.port, request);
      const title = `${request.method} ${request.path} ${JSON.stringify(request.headers)}`;
      expect.soft({ title, ...answer, headers: stable(answer.headers) }).toEqual({
        title,
        ...expected,
        headers: stable(expected.headers),
      });
      for (const line of log) await waitFor(`'${line}' in the log`, () => engine.log.slice(before).includes(line));
      requestLines.push(...log.filter((line) => line.startsWith(REQUEST_LINE)));
    }
    expect(engine.log.split('\n').filter((line) => line.startsWith(REQUEST_LINE))).toEqual(requestLines);
  });
});

/** Without what is made from the time of the request: that of the recording, 2026, or a later one. */
function stable(headers: readonly string[]): string[] {
  return headers.filter((line) => !/^Expires: .* 20(?:2[6-9]|[3-9]\d) /.test(line));
}
