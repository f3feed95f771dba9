/**
 * What the editor asks of the server that its text belongs to, given to it by its owner. Without one (a text that
 * belongs to no instance) everything that is known without a server still works.
 */
import { Facet, StateEffect, StateField } from '@codemirror/state';
import { EditorView, ViewPlugin } from '@codemirror/view';
import type { ConfigContext, ConfigPaths, ConfigPeek } from '../../electron/contract/editor-model.ts';
import type { ConfigTarget } from '../../electron/contract/model.ts';

export interface EditorServer {
  context(text: string): Promise<ConfigContext>;
  paths(text: string, option: string, typed: string): Promise<ConfigPaths>;
  peek(text: string, option: string, value: string): Promise<ConfigPeek>;
  target(): Promise<ConfigTarget>;
}

export const editorServer = Facet.define<EditorServer, EditorServer | null>({
  combine: (servers) => servers[0] ?? null,
});

const setTarget = StateEffect.define<ConfigTarget>();

/** What is known of the options of the server's own program; null until it has answered. */
export const targetField = StateField.define<ConfigTarget | null>({
  create: () => null,
  update: (value, { effects }) => effects.find((effect) => effect.is(setTarget))?.value ?? value,
});

/** Asks once, when the editor appears. */
export const targetAsked = ViewPlugin.define((view) => {
  let isGone = false;
  const ask = async (): Promise<void> => {
    try {
      const target = await view.state.facet(editorServer)?.target();
      if (target && !isGone) view.dispatch({ effects: setTarget.of(target) });
    } catch {
      // A server that can't be asked leaves everything as for one that is not known.
    }
  };
  void ask();
  return {
    destroy: () => {
      isGone = true;
    },
  };
});

/** The context of the text as it is now; null when there is no server or no answer. */
export async function askContext(view: EditorView): Promise<ConfigContext | null> {
  const server = view.state.facet(editorServer);
  if (!server) return null;
  try {
    return await server.context(view.state.doc.toString());
  } catch {
    // The link is down, or the file is not known any more: the page says so, the card goes without values.
    return null;
  }
}
