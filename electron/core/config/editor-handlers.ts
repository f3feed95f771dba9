/** The methods of the contract by which the editor asks about the text in it; what they answer is in editor-context.ts. */
import type { HandlerContext, Part } from '../handlers.ts';
import type { Instance } from '../instances/instance.ts';
import type { Ports } from '../ports.ts';
import { configPathOf } from './config-path.ts';
import { describeContext, type EditedText, listPaths, peekInto } from './editor-context.ts';
import { createConfigHost } from './node-config-host.ts';
import { serverStartOf } from './server-start.ts';

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

async function editedText(instance: Instance, text: string, ports: Ports): Promise<EditedText> {
  const path = configPathOf(instance);
  const { cwd, env, binaryPath, version } = await serverStartOf(instance, ports);
  return { path, host: createConfigHost({ cwd, env: env ?? {}, binaryPath, version, override: { path, text } }) };
}
