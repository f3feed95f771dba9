import { EditorState, StateEffect } from '@codemirror/state';
import { describe, expect, it } from 'vitest';
import type { OptionFigure } from '../../electron/contract/live-figures.ts';
import { keptFacts } from './file-sections.ts';
import { figureLines, liveGutter, setLiveFigures, suggestedValue, takeOverHere } from './live-gutter.ts';

function figure(option: string, suggestion: string | null = null): [string, OptionFigure] {
  const parts: OptionFigure['parts'] = [{ text: 'peak', tone: 'label' }];
  const suggested = suggestion === null ? null : { value: suggestion, title: `${option} = ${suggestion}` };
  return [option, { option, parts, rows: [], suggestion: suggested, evidence: '' }];
}

function linesOf(text: string, ...figures: [string, OptionFigure][]) {
  return figureLines(EditorState.create({ doc: text }).doc, new Map(figures));
}

/** The key with the cursor at a place of the text. */
function press(state: EditorState, at: number) {
  let after = state.update({ selection: { anchor: at } }).state;
  const isDone = takeOverHere({
    state: after,
    dispatch: (transaction) => {
      after = transaction.state;
    },
  });
  return { isDone, text: after.doc.toString() };
}

describe('live figures beside the lines', () => {
  it('stand beside the line of their option, whatever name it was written with', () => {
    const found = linesOf('[uwsgi]\nworkers = 4\n; listen = 5\nlisten = 100\n', figure('processes'), figure('listen'));
    expect(found.map(({ line, figure: { option } }) => `${line.number} ${option}`)).toEqual([
      '2 processes',
      '4 listen',
    ]);
  });

  it('stand beside the line that is in effect, and beside none that is not read', () => {
    const text = '[uwsgi]\nlisten = 100\nlisten = 200\n[other]\nlisten = 300\nharakiri = 1\n';
    const found = linesOf(text, figure('listen'), figure('harakiri'));
    expect(found.map(({ line }) => line.number)).toEqual([3]);
  });

  it('offer a value only where the line has another one', () => {
    const [at] = linesOf('[uwsgi]\nlisten = 100\n', figure('listen', '512'));
    const [same] = linesOf('[uwsgi]\nlisten = 512\n', figure('listen', '512'));
    const [bare] = linesOf('[uwsgi]\nlisten\n', figure('listen', '512'));
    expect([at, same, bare].map((found) => (found === undefined ? 'none' : suggestedValue(found)))).toEqual([
      '512',
      null,
      null,
    ]);
  });

  it('are taken over by a key on the line, in one step, and elsewhere nothing happens', () => {
    const created = EditorState.create({ doc: '[uwsgi]\nlisten = 100\n', extensions: [keptFacts, liveGutter] });
    const start = created.update({ effects: setLiveFigures.of(new Map([figure('listen', '512')])) }).state;
    expect(press(start, 9)).toEqual({ isDone: true, text: '[uwsgi]\nlisten = 512\n' });
    expect(press(start, 0)).toEqual({ isDone: false, text: '[uwsgi]\nlisten = 100\n' });
    const locked = start.update({ effects: StateEffect.appendConfig.of(EditorState.readOnly.of(true)) }).state;
    expect(press(locked, 9).isDone).toBe(false);
  });
});
