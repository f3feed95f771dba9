import { expect, it } from 'vitest';
import { supervisorBy } from './supervisor.ts';

const INVOCATION = { INVOCATION_ID: '0123' };
const SERVICE = '0::/system.slice/shop.service\n';

it.each([
  ['a service of systemd', { cgroup: SERVICE, parent: 'systemd', env: INVOCATION }, 'systemd'],
  ['a service of another user', { cgroup: SERVICE, parent: 'systemd', env: null }, 'systemd'],
  [
    "a user's service",
    {
      cgroup: '0::/user.slice/user-1000.slice/user@1000.service/app.slice/shop.service\n',
      parent: 'systemd',
      env: INVOCATION,
    },
    'systemd',
  ],
  [
    'a service of the older kind of control groups',
    {
      cgroup: `12:cpu,cpuacct:/\n1:name=systemd:/system.slice/shop.service\n${SERVICE}`,
      parent: 'systemd',
      env: INVOCATION,
    },
    'systemd',
  ],
  ['a child of another supervisor within a service', { cgroup: SERVICE, parent: 'supervisord', env: INVOCATION }, null],
  ['what cron has left behind', { cgroup: '0::/system.slice/cron.service\n', parent: 'systemd', env: {} }, null],
  [
    "a shell's",
    { cgroup: '0::/user.slice/user-0.slice/session-3.scope\n', parent: 'bash', env: { INVOCATION_ID: '1' } },
    null,
  ],
  ['a container of Docker', { cgroup: '0::/system.slice/docker-0f3a.scope\n', parent: 'tini', env: null }, 'container'],
  ['a pod', { cgroup: '0::/kubepods.slice/kubepods-burstable.slice/x\n', parent: 'sh', env: {} }, 'container'],
  ['what can not be seen', { cgroup: null, parent: null, env: null }, null],
] as const)('%s', (_, marks, supervisor) => {
  expect(supervisorBy(marks)).toBe(supervisor);
});
