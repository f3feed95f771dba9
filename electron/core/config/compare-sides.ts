/** Two configurations by meaning: an instance's, a text, a kept version, or any file of this machine. */
import { summaryWords } from '../../../engine/config/change-words.ts';
import { compareEffective } from '../../../engine/config/semantic-diff.ts';
import type { ConfigComparison, ConfigSide } from '../../contract/desk-model.ts';
import { CoreError } from '../errors.ts';
import type { HandlerContext } from '../handlers.ts';
import { localMachine } from '../machine/local-machine.ts';
import { toChange } from './config-drift.ts';
import { readConfigText } from './config-files.ts';
import { configPathOf } from './config-path.ts';
import { type OptionList, type OptionReading, readingOf, readingOfFile, readOptions } from './option-reading.ts';

interface ReadSide {
  text: string;
  list: OptionList;
  server: OptionReading['server'];
}

/** From `left` to `right`. Throws what reading a file throws, `instance-unknown` and `config-version`. */
export async function compareSides(
  left: ConfigSide,
  right: ConfigSide,
  context: HandlerContext,
): Promise<ConfigComparison> {
  const [before, after] = [await readSide(left, context), await readSide(right, context)];
  const problems = [...new Set([...before.list.problems, ...after.list.problems])];
  if (problems.length > 0) return { changes: [], summary: 'can not be compared', problems };
  const changes = compareEffective(before.list.options, after.list.options, after.server);
  return { changes: changes.map(toChange), summary: summaryWords(changes, before.text, after.text), problems };
}

async function readSide(side: ConfigSide, context: HandlerContext): Promise<ReadSide> {
  const { ports, registry } = context;
  if (side.type === 'file') {
    const { text } = await readConfigText(localMachine, side.path);
    const reading = readingOfFile(localMachine, side.path, ports);
    return { text, list: await readOptions(reading), server: reading.server };
  }
  const instance = registry.get(side.instanceId);
  const path = configPathOf(instance);
  const text =
    side.type === 'text'
      ? side.text
      : side.type === 'version'
        ? versionText(side.versionId, context)
        : (await readConfigText(instance.machine, path)).text;
  const reading = await readingOf(instance, ports);
  return { text, list: await readOptions(reading, new Map([[path, text]])), server: reading.server };
}

/** Throws `config-version` when it is not kept any more. */
export function versionText(id: number, { versions: { history } }: HandlerContext): string {
  const version = history.version(id);
  const text = version === null ? null : history.textOf(version);
  if (text === null) throw new CoreError('config-version', { id });
  return text;
}
