/**
 * What the reference knows of the instance that is open: which server its file is for, and every option as that server
 * would read it. From the text in the editor while the Config tab is open, else from the file on the disk.
 */
import { useStore } from 'zustand';
import type { ConfigEffective } from '../../../../electron/contract/desk-model.ts';
import type { ConfigDiagnostic, ConfigTarget } from '../../../../electron/contract/model.ts';
import { useInstance, useRoute, useStores } from '../../../stores/use-stores.ts';
import { useAsked } from '../drawer/use-asked.ts';
import { isIni } from '../form/form-model.ts';
import { type ReferenceDesk, reference } from './reference-store.ts';

export interface InstanceFile {
  instanceId: string;
  instanceName: string;
  /** null: not known yet. */
  path: string | null;
  effective: ConfigEffective | null;
  /** Why the file can't be read. */
  failure: string | null;
  target: ConfigTarget | null;
  /** Empty outside of the Config tab. */
  diagnostics: readonly ConfigDiagnostic[];
  /** Why nothing can be added to it; null: it can, or it is not known. */
  whyFixed: string | null;
}

/** Time without typing after which the text is read anew. */
const PAUSE_MS = 300;

/** null where no instance is open. */
export function useInstanceFile(): InstanceFile | null {
  const { client } = useStores();
  const route = useRoute();
  const openId = route.page === 'instance' ? route.instanceId : '';
  const instance = useInstance(openId);
  const { desk: lastDesk } = useStore(reference);
  const desk = lastDesk?.instanceId === openId ? lastDesk : null;
  const id = instance?.id ?? null;
  const text = desk?.text ?? null;
  const target = useAsked(id, async () => client.call('config.target', { instanceId: openId }));
  const key = id === null ? null : `${id} ${text === null ? 'disk' : `text ${text}`}`;
  const effective = useAsked(key, async () => client.call('config.effective', { instanceId: openId, text }), PAUSE_MS);
  if (instance === undefined) return null;
  const isOfThis = effective.key?.startsWith(`${instance.id} `) ?? false;
  return {
    instanceId: instance.id,
    instanceName: instance.name,
    path: desk?.path ?? instance.configPath,
    effective: isOfThis ? effective.answer : null,
    failure: isOfThis && effective.answer === null ? (effective.failure?.message ?? null) : null,
    target: target.key === id ? target.answer : null,
    diagnostics: desk?.diagnostics ?? [],
    whyFixed: desk === null ? null : whyFixed(desk),
  };
}

function whyFixed({ isWritable, path, text }: ReferenceDesk): string | null {
  if (!isWritable) return 'The file can only be read';
  return isIni(path, text) ? null : 'Lines are added to INI files only';
}
