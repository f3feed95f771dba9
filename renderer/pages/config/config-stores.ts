/**
 * One configuration store for each instance of this window, made when it is first looked at and kept, so that unsaved
 * text survives a change of tab. Also keeps the editor's undo history between two stays.
 */
import type { AppStores } from '../../stores/app.ts';
import { type ConfigStore, createConfigStore } from './config-store.ts';
import { createDraftKeeper, type DraftKeeper } from './drawer/draft-keeper.ts';

export interface ConfigDesk {
  store: ConfigStore;
  drafts: DraftKeeper;
  /** As the editor left it; null before the first stay. */
  editorSnapshot(): unknown;
  keepEditor(snapshot: unknown): void;
}

const desks = new WeakMap<AppStores, Map<string, ConfigDesk>>();

export function configDeskOf(stores: AppStores, instanceId: string): ConfigDesk {
  const ofWindow = desks.get(stores) ?? openDesks(stores);
  const known = ofWindow.get(instanceId);
  if (known) return known;
  const { client } = stores;
  const store = createConfigStore({
    client,
    instanceId,
    setTimer,
    now: () => stores.clock.exactNow(),
  });
  // The dot on the tab.
  store.subscribe(() => stores.ui.setConfigUnsaved(instanceId, store.isDirty()));
  let kept: unknown = null;
  const desk: ConfigDesk = {
    store,
    drafts: createDraftKeeper({ client, instanceId, store, setTimer }),
    editorSnapshot: () => kept,
    keepEditor: (snapshot) => {
      kept = snapshot;
    },
  };
  ofWindow.set(instanceId, desk);
  return desk;
}

function setTimer(fire: () => void, afterMs: number): () => void {
  const timer = setTimeout(fire, afterMs);
  return () => clearTimeout(timer);
}

/** A page in a browser asks before unsaved text is lost; a window of its own is closed by its host. */
function openDesks(stores: AppStores): Map<string, ConfigDesk> {
  const opened = new Map<string, ConfigDesk>();
  desks.set(stores, opened);
  window.addEventListener('beforeunload', (event) => {
    const isBrowser = stores.host.getState().info?.capabilities.pickFile === 'browse';
    if (isBrowser && [...opened.values()].some(({ store }) => store.isDirty())) event.preventDefault();
  });
  window.addEventListener('pagehide', () => {
    for (const { drafts } of opened.values()) drafts.flush();
  });
  return opened;
}
