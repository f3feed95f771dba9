/**
 * A panel that opens below the text takes lines from it: the line of the cursor stays in view when it was, so that what
 * one works on is not behind the panel.
 */
import type { Extension } from '@codemirror/state';
import { type EditorView, ViewPlugin, type ViewUpdate } from '@codemirror/view';

class CursorInView {
  #heightPx: number;

  constructor(view: EditorView) {
    this.#heightPx = view.scrollDOM.clientHeight;
  }

  update({ view, geometryChanged }: ViewUpdate): void {
    if (!geometryChanged) return;
    view.requestMeasure({
      key: this,
      read: () => {
        const before = this.#heightPx;
        this.#heightPx = view.scrollDOM.clientHeight;
        const { bottom } = view.lineBlockAt(view.state.selection.main.head);
        const below = bottom + view.documentPadding.top - view.scrollDOM.scrollTop;
        return below > this.#heightPx && below <= before ? below - this.#heightPx : 0;
      },
      write: (hidden) => {
        if (hidden > 0) view.scrollDOM.scrollTop += hidden;
      },
    });
  }
}

export const cursorInView: Extension = ViewPlugin.fromClass(CursorInView);
