/**
 * The Config tab: the file of the instance in the INI editor, checked while one types, saved only over the version
 * that was read, and a way to bring it into effect. What it knows is in config-session.ts.
 */
import { FileDiff, RefreshCw, Save } from 'lucide-react';
import { useCallback, useEffect, useRef, useState } from 'react';
import { useStore } from 'zustand';
import type { IniEditorHandle } from '../../editor/IniEditor.tsx';
import type { CursorPlace } from '../../editor/ini-view.ts';
import { formatClock } from '../../format/time.ts';
import { instanceRoute } from '../../stores/router.ts';
import { useInstance, useNow, useStores } from '../../stores/use-stores.ts';
import { Button } from '../../ui/Button.tsx';
import { CopyButton } from '../../ui/CopyButton.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { ErrorBand } from '../../ui/ErrorBand.tsx';
import { HealthGlyph } from '../../ui/Glyph.tsx';
import { Segmented } from '../../ui/Segmented.tsx';
import { showToast } from '../../ui/toast.tsx';
import { ConfirmNameBar } from './ConfirmNameBar.tsx';
import { ConflictDialog } from './ConflictDialog.tsx';
import { useConfigRequests } from './config-requests.ts';
import './config.css';
import { useConfigKeys } from './config-keys.ts';
import { type ConfigSession, isDirty, saveBlockedBy } from './config-session.ts';
import { textOf } from './config-store.ts';
import { type ConfigDesk, configDeskOf } from './config-stores.ts';
import { ConfigDrawer } from './drawer/ConfigDrawer.tsx';
import { DraftBar } from './drawer/DraftBar.tsx';
import { drawer } from './drawer/drawer-layout.ts';
import { FormSide } from './form/FormSide.tsx';
import { useFormOpen } from './form/form-open.ts';
import { PresetSide } from './form/PresetSide.tsx';
import { GoneBar } from './GoneBar.tsx';
import { awayOn, LinkBar } from './LinkBar.tsx';
import { LiveFiguresContext, useLiveFigures } from './live/live-context.ts';
import { addOption, useReferenceDesk } from './reference/use-reference-desk.ts';
import { RehearseButton, RehearseSide, useRehearsals } from './rehearse/RehearseSide.tsx';
import { useOnePanel } from './rehearse/use-one-panel.ts';
import { ConfigText } from './text/ConfigText.tsx';
import { EditorMenu } from './text/EditorMenu.tsx';
import { useEditorTools } from './text/editor-tools.ts';

export default function ConfigPage({ instanceId }: { instanceId: string }) {
  const stores = useStores();
  const [desk] = useState(() => configDeskOf(stores, instanceId));
  const state = useStore(desk.store);

  const read = useCallback(() => void desk.store.open().then(async () => desk.drafts.look()), [desk]);
  useEffect(() => read(), [read]);

  // Another window or program may have written the file meanwhile; a text that is not saved stays.
  useEffect(() => {
    const look = (): void => void desk.store.open();
    window.addEventListener('focus', look);
    return () => window.removeEventListener('focus', look);
  }, [desk]);

  if (state.status === 'loading') return <p className="calm">Reading the configuration file</p>;
  if (state.status === 'failed') {
    return (
      <EmptyState
        title={state.failure.message}
        text={
          state.failure.hint ??
          'The server is not affected. Its configuration file has to be known and readable to be edited here.'
        }
        actions={[
          {
            id: 'again',
            icon: <RefreshCw size={16} strokeWidth={1.75} aria-hidden />,
            title: 'Try again',
            text: 'Reads the file once more.',
            control: <Button onClick={read}>Read again</Button>,
          },
        ]}
      />
    );
  }
  return <ConfigEditor instanceId={instanceId} desk={desk} session={state} />;
}

const VIEWS = [
  { id: 'text', label: 'Text' },
  { id: 'form', label: 'Text and form' },
] as const;

const START: CursorPlace = { line: 1, column: 1, section: '' };

function ConfigEditor({ instanceId, desk, session }: { instanceId: string; desk: ConfigDesk; session: ConfigSession }) {
  const { router } = useStores();
  const nowMs = useNow();
  const instance = useInstance(instanceId);
  const host = awayOn(instance);
  const editor = useRef<IniEditorHandle>(null);
  const [cursor, setCursor] = useState(START);
  const { isOpen: isDrawerOpen, tab } = useStore(drawer);
  const { saveReloads } = useStore(desk.drafts);
  const form = useFormOpen(() => editor.current?.focus());
  const [presetSection, setPresetSection] = useState<string | null>(null);
  const rehearsals = useRehearsals(instanceId);
  useOnePanel(rehearsals);
  const figures = useLiveFigures(instanceId);
  const tools = useEditorTools(instanceId);
  const { store } = desk;
  const { file, diagnostics, saveError } = session;
  const place = host === null ? file.path : `${host}:${file.path}`;
  useReferenceDesk(instanceId, session);
  useConfigRequests(instanceId, (request) => {
    const isChange = ['add', 'fix', 'presets'].includes(request.type);
    if (isChange && !file.writable) {
      showToast({ level: 'info', text: `${file.path} can only be read.`, kind: 'config-read-only' });
      return undefined;
    }
    switch (request.type) {
      case 'focus':
        return editor.current?.focus();
      case 'go-to':
        return editor.current?.goTo(request.line, request.column);
      case 'fix':
        return editor.current?.fix(request.line, request.column);
      case 'edit':
        return editor.current?.do(request.action);
      case 'add':
        return addOption(editor.current, textOf(store), cursor.section, request.name);
      case 'rehearse':
        return void rehearsals.start(textOf(store));
      case 'presets':
        return setPresetSection('');
      case 'problems':
        return tools.setProblemsOpen(true);
      case 'outline':
        return tools.setOutlineOpen(true);
    }
  });
  const blockedBy = saveBlockedBy(session);
  const isBroken = isDirty(session) && diagnostics.some((diagnostic) => diagnostic.severity === 'error');

  useConfigKeys({
    save: () => void store.save(),
    find: () => editor.current?.do('find'),
    diff: () => drawer.toggle('diff'),
    outline: () => tools.setOutlineOpen(true),
    problems: () => tools.setProblemsOpen(!tools.areProblemsOpen),
  });

  return (
    <div className="config-page">
      <div className="tool">
        <span className="m ell file-path" title={place}>
          {place}
        </span>
        <CopyButton variant="quiet" size="sm" label="Copy the path" text={() => file.path} />
        <span className="q ell read-at">
          {session.saved
            ? `saved ${formatClock(session.saved.atMs, nowMs)}`
            : `read ${formatClock(file.readAtMs, nowMs)}`}
        </span>
        <span className="grow" />
        <span className="row g3 t11 q save-reason">
          {isBroken ? <HealthGlyph level="crit" silent /> : null}
          <span className="ell" title={blockedBy ?? undefined}>
            {blockedBy ?? (saveReloads === null ? null : 'saving reloads the server')}
          </span>
        </span>
        <Segmented
          label="Text or form, Alt+F"
          options={VIEWS}
          value={form.isOpen ? 'form' : 'text'}
          onChange={(view) => form.setOpen(view === 'form')}
        />
        <Button
          size="sm"
          variant="quiet"
          aria-pressed={isDrawerOpen && tab === 'diff'}
          icon={<FileDiff size={12} strokeWidth={1.75} aria-hidden />}
          onClick={() => drawer.toggle('diff')}
        >
          Diff
        </Button>
        <RehearseButton rehearsals={rehearsals} text={session.text} awayOn={host} />
        <Button
          size="sm"
          disabledReason={blockedBy}
          hint={saveReloads}
          icon={<Save size={12} strokeWidth={1.75} aria-hidden />}
          onClick={() => void store.save()}
        >
          Save
        </Button>
        <EditorMenu editor={editor} tools={tools} readOnly={!file.writable} onPresets={() => setPresetSection('')} />
      </div>
      {saveError ? (
        <ErrorBand title={saveError.message} text={saveError.hint ?? 'Nothing was written; the text is still here.'} />
      ) : null}
      {session.isGone ? <GoneBar path={file.path} onMakeAnew={() => void store.makeAnew()} /> : null}
      {session.unconfirmed && instance ? (
        <ConfirmNameBar
          name={instance.name}
          blockedBy={blockedBy}
          onConfirm={(typedName) => void store.confirm(typedName)}
        />
      ) : null}
      <LinkBar instance={instance} />
      <DraftBar drafts={desk.drafts} session={session} />
      <SavedBar
        instanceId={instanceId}
        session={session}
        onReload={() => router.go(instanceRoute(instanceId, 'reload'))}
      />
      <LiveFiguresContext value={figures}>
        <div className="config-body">
          <ConfigText
            desk={desk}
            session={session}
            editor={editor}
            tools={tools}
            cursor={cursor}
            onCursor={setCursor}
          />
          {form.isOpen ? (
            <FormSide
              instanceId={instanceId}
              path={file.path}
              text={session.text}
              savedText={file.text}
              diagnostics={diagnostics}
              cursorLine={cursor.line}
              readOnly={!file.writable}
              takesFocus={form.takesFocus}
              onPresets={setPresetSection}
              editor={editor}
              store={store}
            />
          ) : null}
        </div>
      </LiveFiguresContext>
      {isDrawerOpen ? (
        <ConfigDrawer
          instanceId={instanceId}
          session={session}
          cursorLine={cursor.line}
          onPut={(text) => store.put(text)}
          onGoTo={(line) => editor.current?.goTo(line, 0)}
        />
      ) : null}
      <RehearseSide rehearsals={rehearsals} text={session.text} onGoTo={(line) => editor.current?.goTo(line, 0)} />
      <PresetSide
        section={presetSection}
        path={file.path}
        editor={editor}
        store={store}
        onClose={() => setPresetSection(null)}
      />
      <ConflictDialog session={session} nowMs={nowMs} onResolve={(choice) => void store.resolve(choice)} />
    </div>
  );
}

/** After a save: what it takes to bring it into effect. Gone once a reload came after it. */
function SavedBar({
  instanceId,
  session,
  onReload,
}: {
  instanceId: string;
  session: ConfigSession;
  onReload: () => void;
}) {
  const instance = useInstance(instanceId);
  const { saved } = session;
  const isRunning = instance !== undefined && (instance.engine === null || instance.engine.status === 'running');
  if (!saved || isDirty(session) || !isRunning || (instance.lastReloadAtMs ?? 0) > saved.atMs) return null;
  if (saved.reloadsOnSave) {
    return (
      <div className="att plain" role="status">
        <HealthGlyph level="ok" silent />
        <span className="grow">
          Saved. The server watches this file and reloads by itself; sockets and listen change only with a restart.
        </span>
        <Button size="sm" onClick={onReload}>
          Show the reload
        </Button>
      </div>
    );
  }
  return (
    <div className="att plain" role="status">
      <HealthGlyph level="warn" silent />
      <span className="grow">
        Saved, not in effect yet. Reload to take effect; sockets and listen change only with a restart.
      </span>
      <Button size="sm" icon={<RefreshCw size={12} strokeWidth={1.75} aria-hidden />} onClick={onReload}>
        Reload…
      </Button>
    </div>
  );
}
