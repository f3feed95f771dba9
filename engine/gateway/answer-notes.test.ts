import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { takeNote } from './answer-notes.ts';
import { FrameType } from './frames.ts';
import { GatewayRequest } from './request.ts';
import { plainFacts } from './testing/request-facts.ts';

function requestWith(fates: string[]): GatewayRequest {
  const facts = plainFacts('/');
  const target = {
    respond: () => fates.push('answered'),
    begin: () => fates.push('begun'),
    upgrade: () => fates.push('upgraded'),
    data: () => fates.push('data'),
    whenRoom: () => true,
    end: () => fates.push('ended'),
    abort: () => fates.push('cut'),
    fail: (status: number) => {
      fates.push(`failed ${status}`);
      return { headBytes: 1, bodyBytes: 2, headerCount: 3 };
    },
  };
  return new GatewayRequest(Buffer.alloc(16), facts, 1, target, () => undefined);
}

function note(request: GatewayRequest, type: number, payload: Buffer, deadlines: string[] = []): boolean {
  const slots = { setDeadline: (slot: number, seconds: number) => deadlines.push(`${slot}: ${seconds}`) };
  return takeNote(type, request, 7, slots, payload);
}

function variable(name: string, value: string): Buffer {
  return Buffer.concat([Buffer.from([name.length, 0]), Buffer.from(`${name}${value}`, 'latin1')]);
}

describe('what an application says about its request', () => {
  test('sets its deadline', () => {
    const deadlines: string[] = [];
    expect(note(requestWith([]), FrameType.DEADLINE, Buffer.from([5, 1, 0, 0]), deadlines)).toBe(true);
    expect(deadlines).toEqual(['7: 261']);
    expect(note(requestWith([]), FrameType.DEADLINE, Buffer.from([5]))).toBe(false);
  });

  test('sets variables for the log, the last value of each, and not without end', () => {
    const request = requestWith([]);
    for (const value of ['a', 'b=\xe9']) note(request, FrameType.LOGVAR, variable('name', value));
    note(request, FrameType.LOGVAR, variable('empty', ''));
    expect([...(request.logVariables ?? [])]).toEqual([
      ['name', 'b=\xe9'],
      ['empty', ''],
    ]);
    for (let i = 0; i < 1000; i++) expect(note(request, FrameType.LOGVAR, variable(`n${i}`, 'x'))).toBe(true);
    expect(request.logVariables?.size).toBe(64);
    expect(note(request, FrameType.LOGVAR, Buffer.from([1]))).toBe(false);
    expect(note(request, FrameType.LOGVAR, Buffer.from([9, 0, 97]))).toBe(false);
  });

  test('ends an answer once; one that has not begun is an error', () => {
    const fates: string[] = [];
    const request = requestWith(fates);
    request.answering = true;
    for (let i = 0; i < 2; i++) expect(note(request, FrameType.DISCONNECT, Buffer.alloc(0))).toBe(true);
    expect(fates).toEqual(['ended']);
    expect(request.failed).toBe(true);
    const early = requestWith(fates);
    note(early, FrameType.DISCONNECT, Buffer.alloc(0));
    expect(fates).toEqual(['ended', 'failed 500']);
    expect(early).toMatchObject({ status: 500, answer: { headBytes: 1, bodyBytes: 2, headerCount: 3 } });
  });

  test('is never more than malformed, whatever it is', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 255 }), fc.uint8Array({ maxLength: 40 }), (type, bytes) => {
        expect(note(requestWith([]), type, Buffer.from(bytes))).toBeTypeOf('boolean');
      }),
    );
    expect(note(requestWith([]), 99, Buffer.alloc(0))).toBe(false);
  });
});
