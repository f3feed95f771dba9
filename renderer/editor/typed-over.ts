/**
 * Text that is typed over a selection, put into the document by the editor itself. Left to Chromium, joining the lines
 * copies computed styles into a style attribute, which the content security policy blocks and reports as an error.
 */
import type { Extension } from '@codemirror/state';
import { EditorView } from '@codemirror/view';

export const typedOver: Extension = EditorView.domEventHandlers({
  beforeinput: (event, view) => {
    const { inputType, data, isComposing, cancelable } = event;
    const { main } = view.state.selection;
    if (inputType !== 'insertText' || !data || isComposing || !cancelable) return false;
    if (main.empty || view.state.readOnly) return false;
    event.preventDefault();
    const insert = () =>
      view.state.update(view.state.replaceSelection(data), { userEvent: 'input.type', scrollIntoView: true });
    // As for input that the browser makes: closeBrackets puts quotes around the selection here.
    const isHandled = view.state
      .facet(EditorView.inputHandler)
      .some((handle) => handle(view, main.from, main.to, data, insert));
    if (!isHandled) view.dispatch(insert());
    return true;
  },
});
