import { expect, it } from 'vitest';
import { createPrograms } from '../fixtures/program.ts';
import { processCpuSeconds, treeUsage } from './process-usage.ts';

const BURN =
  'const end = process.cpuUsage().user + 300_000; while (process.cpuUsage().user < end); console.log("burnt");';

it('counts the CPU time and the memory of children, also of those that have ended', async () => {
  const programs = createPrograms();
  const child = `"${process.execPath}" -e '${BURN}'`;
  const program = programs.start('sh', ['-c', `${child}; echo one; ${child}; echo two; exec sleep 60`]);
  await program.waitForOutput(/^one$/m);
  const before = treeUsage(program.pid);
  expect(before.cpuSeconds).toBeGreaterThanOrEqual(0.3);
  await program.waitForOutput(/^two$/m);
  const after = treeUsage(program.pid);
  expect(after.cpuSeconds - before.cpuSeconds).toBeGreaterThanOrEqual(0.25);
  expect(processCpuSeconds(program.pid)).toBeLessThan(after.cpuSeconds);
  expect(after.rssBytes).toBeGreaterThanOrEqual(after.pssBytes);
  expect(after.pssBytes).toBeGreaterThan(0);
  await programs.dispose();
  expect(() => treeUsage(program.pid)).toThrow('has ended');
});
