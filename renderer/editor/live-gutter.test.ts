import { EditorState } from '@codemirror/state';
import { describe, expect, it } from 'vitest';
import type { OptionFigure } from '../../electron/contract/live-figures.ts';
import { figureLines, suggestedValue } from './live-gutter.ts';

function figure(option: string, suggestion: string | null = null): [string, OptionFigure] {
  const parts: OptionFigure['parts'] = [{ text: 'peak', tone: 'label' }];
  const suggested = suggestion === null ? null : { value: suggestion, title: `${option} = ${suggestion}` };
  return [option, { option, parts, rows: [], suggestion: suggested, evidence: '' }];
}

function linesOf(text: string, ...figures: [string, OptionFigure][]) {
  return figureLines(EditorState.create({ doc: text }).doc, new Map(figures));
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
});
