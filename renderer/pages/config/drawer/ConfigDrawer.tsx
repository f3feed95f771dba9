/**
 * The drawer below the editor: Diff, History, Drift and Effective of one file. It asks the core anew when the file, the
 * running server or the text changed, and only for the tab that shows (the counts of two others excepted).
 */
import { ChevronDown } from 'lucide-react';
import { useDeferredValue, useState } from 'react';
import { useStore } from 'zustand';
import { useInstance, useNow, useStores } from '../../../stores/use-stores.ts';
import { IconButton } from '../../../ui/IconButton.tsx';
import { Tabs } from '../../../ui/Tabs.tsx';
import type { ConfigSession } from '../config-session.ts';
import { DiffTab } from './DiffTab.tsx';
import { DrawerGrip } from './DrawerGrip.tsx';
import { DriftTab } from './DriftTab.tsx';
import './drawer.css';
import { drawer } from './drawer-layout.ts';
import { EffectiveTab } from './EffectiveTab.tsx';
import { HistoryTab } from './HistoryTab.tsx';
import { useAsked } from './use-asked.ts';

export interface ConfigDrawerProps {
  instanceId: string;
  session: ConfigSession;
  cursorLine: number;
  /** Puts a text into the editor, as one step that can be undone. */
  onPut: (text: string) => void;
  onGoTo: (line: number) => void;
}

const TEXT_SETTLES_MS = 300;
const LOOK_EVERY_MS = 10_000;

export function ConfigDrawer({ instanceId, session, cursorLine, onPut, onGoTo }: ConfigDrawerProps) {
  const { client } = useStores();
  const instance = useInstance(instanceId);
  const { tab, heightPx } = useStore(drawer);
  const [against, setAgainst] = useState<number | null>(null);
  const { file } = session;
  // Typing goes before the drawer: its rows follow a moment later.
  const text = useDeferredValue(session.text);
  const server = [instance?.link.status, instance?.masterPid, instance?.upSinceMs, instance?.lastReloadAtMs].join(' ');
  // Other programs change files, and reload servers, without a word.
  const beat = Math.floor(useNow() / LOOK_EVERY_MS);
  const fileKey = `${file.version.sha256} ${server} ${beat}`;
  const history = useAsked(fileKey, async () => client.call('config.history', { instanceId }));
  const drift = useAsked(fileKey, async () => client.call('config.drift', { instanceId }));
  const effective = useAsked(
    tab === 'effective' ? `${file.version.sha256} ${text}` : null,
    async () => client.call('config.effective', { instanceId, text }),
    TEXT_SETTLES_MS,
  );
  const readOnly = !file.writable;
  const put = (next: string) => {
    // What was pressed was about another text than there is by now.
    if (text === session.text) onPut(next);
  };
  return (
    <section className="drawer" aria-label="Versions and effect of the file" style={{ height: heightPx }}>
      <DrawerGrip heightPx={heightPx} />
      <div className="drawer-tabs">
        <Tabs
          label="About the file"
          active={tab}
          onSelect={(id) => drawer.show(id)}
          items={[
            { id: 'diff', title: 'Diff' },
            { id: 'history', title: 'History', count: history.answer?.versions.length },
            { id: 'drift', title: 'Drift', count: drift.answer?.changes.length },
            { id: 'effective', title: 'Effective' },
          ]}
        >
          <span className="grow" />
          <IconButton
            size="sm"
            label="Close"
            icon={<ChevronDown size={14} strokeWidth={1.75} aria-hidden />}
            onClick={() => drawer.close()}
          />
        </Tabs>
      </div>
      <div className="drawer-body" role="tabpanel" aria-labelledby={`tab-${tab}`}>
        {tab === 'diff' ? (
          <DiffTab
            instanceId={instanceId}
            saved={file.text}
            text={text}
            readOnly={readOnly}
            cursorLine={cursorLine}
            versions={history.answer?.versions ?? null}
            against={against}
            onAgainst={setAgainst}
            onPut={put}
            onGoTo={onGoTo}
          />
        ) : null}
        {tab === 'history' ? (
          <HistoryTab
            instanceId={instanceId}
            history={history}
            diskSha256={file.version.sha256}
            readOnly={readOnly}
            onRestore={onPut}
            onDiff={(versionId) => {
              setAgainst(versionId);
              drawer.show('diff');
            }}
          />
        ) : null}
        {tab === 'drift' ? (
          <DriftTab instanceId={instanceId} text={text} path={file.path} drift={drift} onGoTo={onGoTo} />
        ) : null}
        {tab === 'effective' ? <EffectiveTab effective={effective} path={file.path} onGoTo={onGoTo} /> : null}
      </div>
    </section>
  );
}
