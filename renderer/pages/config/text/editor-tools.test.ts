import { expect, it } from 'vitest';
import { createFakeCore } from '../../../testing/fake-core.ts';
import { createEditorServer } from './editor-tools.ts';

it('asks about the same text once, and again after it failed', async () => {
  const core = createFakeCore({ autoTick: false });
  const asked: string[] = [];
  let fails = false;
  const server = createEditorServer(
    {
      call: async (method, params) => {
        asked.push(method);
        if (fails) throw new Error('no link');
        return core.call(method, params);
      },
    },
    'hello',
  );
  await server.context('a');
  await server.context('a');
  expect(asked).toHaveLength(1);
  fails = true;
  await expect(server.context('b')).rejects.toThrow('no link');
  fails = false;
  expect((await server.context('b')).startFolder).toBe('/srv/hello');
  expect(asked).toHaveLength(3);
  core.dispose();
});
