/**
 * The text of the Config tab with what belongs to it: the editor, the list of problems, the line below, the outline,
 * another file to look at.
 */
import { type RefObject, use, useMemo } from 'react';
import type { ConfigDiagnostic } from '../../../../electron/contract/model.ts';
import { formatByExtension } from '../../../../engine/config/sources.ts';
import { lineEndOf } from '../../../editor/editor-text.ts';
import { IniEditor, type IniEditorHandle } from '../../../editor/IniEditor.tsx';
import type { CursorPlace } from '../../../editor/ini-view.ts';
import type { ConfigSession } from '../config-session.ts';
import type { ConfigDesk } from '../config-stores.ts';
import { LiveFiguresContext } from '../live/live-context.ts';
import { rowsOf } from '../live/live-store.ts';
import { ProblemsLine } from '../ProblemsLine.tsx';
import type { EditorTools } from './editor-tools.ts';
import { OutlinePalette } from './OutlinePalette.tsx';
import { PeekDialog } from './PeekDialog.tsx';
import { ProblemsPanel } from './ProblemsPanel.tsx';
import './text.css';

export interface ConfigTextProps {
  desk: ConfigDesk;
  session: ConfigSession;
  editor: RefObject<IniEditorHandle | null>;
  tools: EditorTools;
  cursor: CursorPlace;
  onCursor: (place: CursorPlace) => void;
}

export function ConfigText({ desk, session, editor, tools, cursor, onCursor }: ConfigTextProps) {
  const figures = use(LiveFiguresContext);
  const figureRows = useMemo(() => rowsOf(figures), [figures]);
  const { store } = desk;
  const { file, diagnostics } = session;
  const show = (problem: ConfigDiagnostic): void => editor.current?.goTo(problem.line, problem.from);
  const fix = (problem: ConfigDiagnostic): void => editor.current?.fix(problem.line, problem.from);

  function closeOutline(): void {
    tools.setOutlineOpen(false);
    editor.current?.focus();
  }

  return (
    <div className="config-text">
      <IniEditor
        ref={editor}
        label={`Configuration ${file.path}`}
        loaded={session.loaded}
        text={session.text}
        savedText={file.text}
        readOnly={!file.writable}
        isOtherFormat={(formatByExtension(file.path) ?? 'INI') !== 'INI'}
        diagnostics={diagnostics}
        server={tools.server}
        events={tools.events}
        figures={figures}
        figureRows={figureRows}
        onChange={(text) => store.edit(text)}
        onCursor={onCursor}
        onSave={() => void store.save()}
        restored={desk.editorSnapshot()}
        onLeave={(snapshot) => desk.keepEditor(snapshot)}
      />
      {tools.areProblemsOpen ? (
        <ProblemsPanel
          path={file.path}
          diagnostics={diagnostics}
          readOnly={!file.writable}
          onShow={show}
          onFix={fix}
          onFixAll={() => editor.current?.do('fix-all')}
          onGoTo={(line) => editor.current?.goTo(line, 0)}
          onClose={() => {
            tools.setProblemsOpen(false);
            editor.current?.focus();
          }}
        />
      ) : null}
      <ProblemsLine
        diagnostics={diagnostics}
        cursor={cursor}
        lineEnds={lineEndOf(file.text) === '\r\n' ? 'CRLF' : 'LF'}
        isListOpen={tools.areProblemsOpen}
        onList={() => tools.setProblemsOpen(!tools.areProblemsOpen)}
        onShow={show}
        onFix={fix}
      />
      <OutlinePalette
        opened={tools.isOutlineOpen}
        outline={() => editor.current?.outline() ?? []}
        onGo={(line) => {
          tools.setOutlineOpen(false);
          editor.current?.goTo(line, 0);
        }}
        onClose={closeOutline}
      />
      <PeekDialog
        peek={tools.peek}
        onClose={() => {
          tools.closePeek();
          editor.current?.focus();
        }}
      />
    </div>
  );
}
