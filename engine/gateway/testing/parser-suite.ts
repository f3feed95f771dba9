/** What every parser of a front server's protocol must pass: its vectors in every cut, and mutations of them. */
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { cuts, type Vector } from './vectors.ts';

type Replay = (pieces: readonly Buffer[]) => string[];

/** One test for each vector: whole, byte by byte and in every two pieces, it gives the events that it names. */
export function testVectors(vectors: readonly Vector[], replay: Replay): void {
  test.for(vectors)('$title', ({ input, events }) => {
    for (const pieces of cuts(input)) {
      expect(replay(pieces), `cut into ${pieces.map((piece) => piece.length).join('+')}`).toEqual(events);
    }
  });
}

/** Changed bytes of the vectors in two pieces give what they give whole, and no error but protocol errors. */
export function testMutations(vectors: readonly Vector[], ...replays: readonly Replay[]): void {
  test('whatever the bytes are, the way they are cut never matters and errors are protocol errors', () => {
    const mutations = fc.tuple(
      fc.constantFrom(...vectors.map(({ input }) => input)),
      fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 })), { maxLength: 3 }),
      fc.nat(),
    );
    fc.assert(
      fc.property(mutations, ([seed, changes, place]) => {
        const input = Buffer.from(seed);
        for (const [at, byte] of changes) input[at % input.length] = byte;
        const at = place % input.length;
        for (const replay of replays) {
          expect(replay([input.subarray(0, at), input.subarray(at)])).toEqual(replay([input]));
        }
      }),
      { numRuns: 3000 },
    );
  });
}
