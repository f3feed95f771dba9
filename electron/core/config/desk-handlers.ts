/** The methods of the contract behind the drawer of the editor: history, drift, effective options, comparisons, drafts. */
import type { ConfigVersion } from '../../contract/desk-model.ts';
import type { HandlerContext, Part } from '../handlers.ts';
import { VERSIONS_PER_FILE } from '../history/config-history-schema.ts';
import { compareSides, versionText } from './compare-sides.ts';
import { findDrift } from './config-drift.ts';
import { configPathOf } from './config-path.ts';
import { placeOf } from './config-versions.ts';
import { findLastLoad, loadsOf, startOf } from './last-load.ts';
import { clockAheadMs } from './machine-clock.ts';
import { readingOf, readOptions, toEffective } from './option-reading.ts';
import { saveReloads } from './save-effect.ts';
import { withResults } from './version-results.ts';

type DeskMethods =
  | 'config.desk'
  | 'config.keepDraft'
  | 'config.effective'
  | 'config.history'
  | 'config.version'
  | 'config.compare'
  | 'config.drift';

export function deskHandlers(context: HandlerContext): Pick<Part<'config'>, DeskMethods> {
  const { registry, ports, versions } = context;
  const { history } = versions;
  return {
    'config.desk': async ({ instanceId }) => {
      const instance = registry.get(instanceId);
      return {
        saveReloads: await saveReloads(instance, configPathOf(instance)),
        draft: history.draft(instanceId),
      };
    },
    'config.keepDraft': ({ instanceId, text, baseSha256 }) => {
      registry.get(instanceId);
      history.keepDraft(instanceId, text === null ? null : { text, baseSha256 });
      return {};
    },
    'config.effective': async ({ instanceId, text }) => {
      const instance = registry.get(instanceId);
      const texts = new Map(text === null ? [] : [[configPathOf(instance), text]]);
      const reading = await readingOf(instance, ports);
      return toEffective(await readOptions(reading, texts), reading.server);
    },
    'config.history': async ({ instanceId }) => {
      const instance = registry.get(instanceId);
      const path = configPathOf(instance);
      await versions.noteDisk(instance, [path]);
      const seen = [await findLastLoad(instance, history, path), startOf(instance, history)].filter(
        (load) => load !== null,
      );
      const server = { isRunning: instance.monitor.link.status === 'attached', seen };
      const kept = history.versions(await placeOf(instance.machine, path));
      const found = withResults(kept, await loadsOf(instance, history), server);
      const ahead = await clockAheadMs(instance.machine);
      return {
        path,
        versions: found.map((version) => Object.assign(version, { result: inOurTime(version.result, ahead) })),
        mostVersions: VERSIONS_PER_FILE,
      };
    },
    'config.version': ({ instanceId, versionId }) => {
      registry.get(instanceId);
      return { text: versionText(versionId, context) };
    },
    'config.compare': async ({ left, right }) => compareSides(left, right, context),
    'config.drift': async ({ instanceId }) => {
      const instance = registry.get(instanceId);
      await versions.noteDisk(instance, instance.config?.files ?? [configPathOf(instance)]);
      return findDrift(instance, history, ports);
    },
  };
}

function inOurTime(result: ConfigVersion['result'], aheadMs: number): ConfigVersion['result'] {
  return result === null || result.atMs === null ? result : { ...result, atMs: result.atMs - aheadMs };
}
