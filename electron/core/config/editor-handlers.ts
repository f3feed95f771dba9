/** The methods of the contract by which the editor asks about the text in it; what they answer is in editor-context.ts. */
import type { HandlerContext, Part } from '../handlers.ts';
import type { Instance } from '../instances/instance.ts';
import type { Ports } from '../ports.ts';
import { configPathOf } from './config-path.ts';
import { describeContext, type EditedText, listPaths, peekInto } from './editor-context.ts';
import { serverStartOf, TYPING_MS } from './server-start.ts';

export function editorHandlers({
  registry,
  ports,
}: HandlerContext): Pick<Part<'config'>, 'config.context' | 'config.paths' | 'config.peek'> {
  return {
    'config.context': async ({ instanceId, text }) =>
      readEdited(registry.get(instanceId), text, ports, describeContext),
    'config.paths': async ({ instanceId, text, option, typed }) =>
      readEdited(registry.get(instanceId), text, ports, (edited) => listPaths(edited, option, typed)),
    'config.peek': async ({ instanceId, text, option, value }) =>
      readEdited(registry.get(instanceId), text, ports, (edited) => peekInto(edited, option, value)),
  };
}

/** `read` is pure and may be called several times: what it throws in between comes from files not at hand yet. */
async function readEdited<T>(
  instance: Instance,
  text: string,
  ports: Ports,
  read: (edited: EditedText) => T,
): Promise<T> {
  const path = configPathOf(instance);
  const { cwd, env, binaryPath, version } = await serverStartOf(instance, ports);
  const options = { cwd, env: env ?? {}, binaryPath, version, ageMs: TYPING_MS, override: { path, text } };
  const outcome = await instance.machine.withConfigHost(options, (host) => attempt(() => read({ path, host })));
  if (!outcome.ok) throw outcome.error;
  return outcome.value;
}

function attempt<T>(work: () => T): { ok: true; value: T } | { ok: false; error: unknown } {
  try {
    return { ok: true, value: work() };
  } catch (error) {
    return { ok: false, error };
  }
}
