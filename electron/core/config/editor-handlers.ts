/** The methods of the contract by which the editor asks about the text in it; what they answer is in editor-context.ts. */
import { dirname } from 'node:path';
import { findServerOf } from '../discover/discover.ts';
import type { HandlerContext, Part } from '../handlers.ts';
import type { Instance } from '../instances/instance.ts';
import type { Ports } from '../ports.ts';
import { configPathOf } from './config-path.ts';
import { describeContext, type EditedText, listPaths, peekInto } from './editor-context.ts';
import { createConfigHost } from './node-config-host.ts';

export function editorHandlers({
  registry,
  ports,
}: HandlerContext): Pick<Part<'config'>, 'config.context' | 'config.paths' | 'config.peek'> {
  const edited = async (instanceId: string, text: string): Promise<EditedText> =>
    editedText(registry.get(instanceId), text, ports);
  return {
    'config.context': async ({ instanceId, text }) => describeContext(await edited(instanceId, text)),
    'config.paths': async ({ instanceId, text, option, typed }) =>
      listPaths(await edited(instanceId, text), option, typed),
    'config.peek': async ({ instanceId, text, option, value }) =>
      peekInto(await edited(instanceId, text), option, value),
  };
}

/** With the environment of the process where it can be read; of a server that was found nothing else is known. */
async function editedText(instance: Instance, text: string, ports: Ports): Promise<EditedText> {
  const path = configPathOf(instance);
  const { document } = instance.monitor;
  const isOwn = instance.record.kind === 'engine';
  const server =
    isOwn || document === null ? null : await findServerOf(document, instance.record.statsAddress).catch(() => null);
  const host = createConfigHost({
    cwd: dirname(path),
    env: isOwn ? ports.env : (server?.process.env ?? {}),
    binaryPath: isOwn ? process.execPath : (server?.process.args[0] ?? 'uwsgi'),
    version: isOwn ? ports.version : (document?.version ?? ports.version),
    override: { path, text },
  });
  return { path, host };
}
