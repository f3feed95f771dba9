import { expect, test } from 'vitest';
import { EnvironEncoder } from './environ.ts';
import { decodeEnviron } from './environ-reader.ts';
import { REQUEST_PREFIX_BYTES, type ResponseHead, requestBody, requestEnviron, sealRequestFrame } from './frames.ts';
import { GatewayRequest, type ResponseTarget } from './request.ts';
import { type GateStage, type GateVisit, RequestGate } from './request-gate.ts';

const HEAD: ResponseHead = {
  status: 200,
  headerCount: 1,
  parts: 0,
  contentLength: 2,
  block: Buffer.from('OK\r\nContent-Length: 2\r\n'),
};

class Client implements ResponseTarget {
  readonly said: string[] = [];
  respond(head: ResponseHead, body: Buffer): void {
    this.said.push(`${head.status} ${body.toString()}`);
  }
  begin(head: ResponseHead): void {
    this.said.push(`${head.status}`);
  }
  upgrade(): void {
    this.said.push('upgrade');
  }
  data(bytes: Buffer): void {
    this.said.push(bytes.toString());
  }
  end(): void {
    this.said.push('end');
  }
  whenRoom(): boolean {
    return true;
  }
  abort(): void {
    this.said.push('abort');
  }
  fail(status: number) {
    this.said.push(`fail ${status}`);
    return { headBytes: 10, bodyBytes: 5, headerCount: 1 };
  }
}

function frameOf(body: string): Buffer {
  const frame = Buffer.concat([Buffer.alloc(REQUEST_PREFIX_BYTES), Buffer.from('{0'), Buffer.from(body)]);
  sealRequestFrame(frame, 2, 0);
  return frame;
}

function gateWith(...stages: GateStage[]) {
  const submitted: GatewayRequest[] = [];
  const finished: string[] = [];
  const refused: number[] = [];
  const released: string[] = [];
  const troubles: string[] = [];
  const client = new Client();
  const state = { takes: true };
  const gate = new RequestGate({
    dispatcher: {
      submit: (request) => submitted.push(request) > 0 && state.takes,
      abandon: () => finished.push('dispatcher: abandoned'),
    },
    encoder: new EnvironEncoder('marshal'),
    finished: (request, counts) =>
      finished.push(
        `${request.status} ${request.answer.headBytes}+${request.answer.bodyBytes} ${counts.join()} ${request.target === null ? 'gone' : 'there'}`,
      ),
    refused: (status) => refused.push(status),
    trouble: (text) => troubles.push(text.split('\n')[0] ?? ''),
  });
  gate.stages = stages;
  const send = (body = '', variables: [string, string][] | null = [['PATH_INFO', '/a']]): GatewayRequest => {
    const facts = {
      method: 'GET',
      uri: '/a',
      protocol: 'HTTP/1.1',
      remoteAddress: '127.0.0.1',
      forwardedFor: '',
      remoteUser: '',
      contentLength: 0,
      varCount: 1,
      varBytes: 10,
      statusBytes: 15,
      variables: variables === null ? null : new Map(variables),
    };
    const request = new GatewayRequest(frameOf(body), facts, 1, client, () => released.push('released'));
    gate.submit(request, 10);
    return request;
  };
  return { gate, client, submitted, finished, refused, released, troubles, state, send };
}

const stage = (visit: (visit: GateVisit) => void): GateStage => ({ visit });
const ticks = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('a request without variables passes at once, and one that every stage passes on reaches a worker as it came', async () => {
  const { submitted, send } = gateWith(
    stage((visit) => visit.proceed()),
    stage((visit) => visit.proceed()),
  );
  expect(submitted).toEqual([send('', null)]);
  const request = send('body');
  const { frame } = request;
  expect(submitted).toHaveLength(1);
  await ticks();
  expect(submitted[1]).toBe(request);
  expect(request.frame).toBe(frame);
  expect(request.visit).toBeNull();
});

test('an answer of a stage is counted before the client has it, and the stages behind it see nothing', async () => {
  const { client, submitted, finished, released, send } = gateWith(
    stage((visit) => {
      visit.counts.push('static');
      visit.respond(HEAD, Buffer.from('hi'));
      expect(finished).toEqual(['200 38+2 static there']);
      // Too late, and without effect.
      visit.proceed();
      visit.fail(500);
    }),
    stage(() => expect.unreachable()),
  );
  send();
  // The connection has not done with the bytes that brought the request.
  expect(client.said).toEqual([]);
  await ticks();
  expect(client.said).toEqual(['200 hi']);
  expect(submitted).toEqual([]);
  expect(released).toEqual(['released']);
});

test('an answer in parts is counted with all of them; one that ends early is cut', async () => {
  const visits: GateVisit[] = [];
  const { client, finished, send } = gateWith(stage((visit) => visits.push(visit)));
  send();
  send();
  await ticks();
  const [first, second] = visits;
  first?.begin(HEAD);
  first?.data(Buffer.from('a'));
  first?.data(Buffer.from('bc'));
  first?.end();
  second?.begin(HEAD);
  second?.abort();
  expect(client.said).toEqual(['200', 'a', 'bc', 'end', '200', 'abort']);
  expect(finished).toEqual(['200 38+3  there', '200 38+0  there']);
});

test('changed variables reach the worker with the body behind them', async () => {
  const { submitted, send } = gateWith(
    stage((visit) => {
      visit.variables.set('PATH_INFO', '/b\u00e9');
      visit.variables.set('ADDED', '1');
      visit.isChanged = true;
      visit.skipToWorker();
    }),
    stage(() => expect.unreachable()),
  );
  send('the body');
  await ticks();
  const frame = submitted[0]?.frame ?? Buffer.alloc(0);
  expect(decodeEnviron('marshal', requestEnviron(frame))).toEqual([
    ['PATH_INFO', '/b\u00e9'],
    ['ADDED', '1'],
  ]);
  expect(requestBody(frame)).toEqual({ bytes: Buffer.from('the body') });
});

test('a client that goes away ends the visit: what it had is logged, a request that had no answer is forgotten', async () => {
  const visits: GateVisit[] = [];
  const ended: string[] = [];
  const { gate, client, finished, released, submitted, send } = gateWith(
    stage((visit) => {
      visits.push(visit);
      visit.onAbandoned = () => ended.push('told');
    }),
  );
  const requests = [send(), send(), send()];
  await ticks();
  visits[0]?.begin(HEAD);
  visits[2]?.proceed();
  for (const request of requests) gate.abandon(request);
  for (const visit of visits) {
    visit.data(Buffer.from('x'));
    visit.end();
    visit.proceed();
  }
  expect(client.said).toEqual(['200']);
  expect(ended).toEqual(['told', 'told']);
  expect(finished).toEqual(['200 38+0  gone', 'dispatcher: abandoned']);
  expect(released).toHaveLength(2);
  expect(submitted).toEqual([requests[2]]);
});

test('a full queue behind the gate is answered with 503 and told', async () => {
  const { client, refused, released, state, send } = gateWith(stage((visit) => visit.proceed()));
  state.takes = false;
  send();
  await ticks();
  expect(client.said).toEqual(['fail 503']);
  expect(refused).toEqual([503]);
  expect(released).toEqual(['released']);
});

test('a stage that throws ends its request and nothing else', async () => {
  const { client, finished, troubles, send } = gateWith(
    stage(() => {
      throw new Error('a defect');
    }),
  );
  send();
  await ticks();
  expect(client.said).toEqual(['fail 500']);
  expect(finished).toEqual(['500 10+5  there']);
  expect(troubles).toEqual(['a request was not answered: Error: a defect']);
});
