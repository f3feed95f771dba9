/**
 * What the form needs from the page around it: the editor that holds the text, and the core for what only the server
 * knows. Made once for each page.
 */
import type { RefObject } from 'react';
import type { ConfigContext } from '../../../../electron/contract/editor-model.ts';
import type { ConfigDiagnostic, ConfigTarget } from '../../../../electron/contract/model.ts';
import type { Client } from '../../../client.ts';
import type { IniEditorHandle } from '../../../editor/IniEditor.tsx';
import { editsFor, type FormAction } from './form-actions.ts';

export interface FormHost {
  act: (action: FormAction, joins: boolean, section: string) => void;
  fix: (problem: ConfigDiagnostic) => void;
  goToLine: (line: number) => void;
  markLines: (lines: readonly number[]) => void;
  undo: () => void;
  redo: () => void;
  pathsFor: (option: string, typed: string) => Promise<readonly string[]>;
  openPresets: (section: string) => void;
  /** The server that the file is for. */
  target: () => Promise<ConfigTarget>;
  /** What the text comes to on its server. */
  contextOf: (text: string) => Promise<ConfigContext>;
}

export interface FormHostOptions {
  client: Pick<Client, 'call'>;
  instanceId: string;
  editor: RefObject<IniEditorHandle | null>;
  /** The text as it is now. */
  textNow: () => string;
  openPresets: (section: string) => void;
}

export function createFormHost({ client, instanceId, editor, textNow, openPresets }: FormHostOptions): FormHost {
  return {
    act: (action, joins, section) => editor.current?.applyEdits(editsFor(textNow(), section, action), joins),
    fix: (problem) => editor.current?.applyEdits(problem.fix?.edits ?? []),
    goToLine: (line) => editor.current?.goTo(line, 0),
    markLines: (lines) => editor.current?.markLines(lines),
    undo: () => editor.current?.undo(),
    redo: () => editor.current?.redo(),
    openPresets,
    async pathsFor(option, typed) {
      const folder = typed.slice(0, typed.lastIndexOf('/') + 1);
      const { entries } = await client.call('config.paths', { instanceId, text: textNow(), option, typed });
      return entries.map(({ name, kind }) => `${folder}${name}${kind === 'folder' ? '/' : ''}`);
    },
    target: () => client.call('config.target', { instanceId }),
    contextOf: (text) => client.call('config.context', { instanceId, text }),
  };
}
