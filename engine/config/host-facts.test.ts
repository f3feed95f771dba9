import { expect, test } from 'vitest';
import { hostFacts } from './host-facts.ts';

function factsOf(files: Record<string, string>, env: Record<string, string> = {}, modes: Record<string, number> = {}) {
  return hostFacts({
    env,
    readText: (path) => files[path] ?? null,
    exists: (path) => files[path] !== undefined,
    modeOf: (path) => modes[path] ?? null,
  });
}

test('the limit of waiting connections is what the kernel says, and unknown elsewhere', () => {
  expect(factsOf({ '/proc/sys/net/core/somaxconn': '4096\n' }).maxBacklog).toBe(4096);
  expect(factsOf({}).maxBacklog).toBeNull();
});

test.for([
  [{ '/.dockerenv': '' }, {}, 'container'],
  [{ '/run/.containerenv': '' }, {}, 'container'],
  [{}, { KUBERNETES_SERVICE_HOST: '10.0.0.1' }, 'container'],
  [{}, { NOTIFY_SOCKET: '/run/systemd/notify' }, 'systemd'],
  [{}, {}, null],
] as const)('%j and %j: started by %s', ([files, env, supervisor]) => {
  expect(factsOf(files, env).supervisor).toBe(supervisor);
});

test('a folder is open to all by its mode, and nothing is said of one that can not be looked at', () => {
  const facts = factsOf({}, {}, { '/tmp': 0o41777, '/run': 0o40755 });
  expect([facts.isWorldWritable('/tmp'), facts.isWorldWritable('/run'), facts.isWorldWritable('/gone')]).toEqual([
    true,
    false,
    null,
  ]);
});
