import { history, undo } from '@codemirror/commands';
import { EditorState, type TransactionSpec } from '@codemirror/state';
import { describe, expect, it } from 'vitest';
import { parseIni } from '../../engine/config/ini-document.ts';
import { setOption, unsetOption } from '../../engine/config/ini-edits.ts';
import { applyFormEdits } from './form-edits.ts';

function openView(doc: string) {
  const view = {
    state: EditorState.create({ doc, extensions: [history()] }),
    dispatch(spec: TransactionSpec) {
      view.state = view.state.update(spec).state;
    },
  };
  const text = () => view.state.doc.toString();
  return {
    text,
    set: (name: string, value: string, joins: boolean) =>
      applyFormEdits(view, setOption(parseIni(text()), 'uwsgi', name, value), joins),
    unset: (name: string, joins: boolean) => applyFormEdits(view, unsetOption(parseIni(text()), 'uwsgi', name), joins),
    undo: () =>
      undo({
        state: view.state,
        dispatch: ({ state }) => {
          view.state = state;
        },
      }),
  };
}

const START = '[uwsgi]\nprocesses = 4\nmaster = true\n';

describe('edits of the form', () => {
  it('are one undo step each', () => {
    const view = openView(START);
    view.set('processes', '8', false);
    view.set('processes', '9', false);
    view.undo();
    expect(view.text()).toContain('processes = 8');
    view.undo();
    expect(view.text()).toBe(START);
  });

  it('are one step together while one types in a field, from a new line to its removal', () => {
    const view = openView(START);
    view.set('threads', '1', false);
    for (const value of ['12', '128', '18', '8']) view.set('threads', value, true);
    expect(view.text()).toBe('[uwsgi]\nprocesses = 4\nthreads = 8\nmaster = true\n');
    view.undo();
    expect(view.text()).toBe(START);

    view.set('processes', '', false);
    view.unset('processes', true);
    expect(view.text()).toBe('[uwsgi]\nmaster = true\n');
    view.undo();
    expect(view.text()).toBe(START);
  });
});
