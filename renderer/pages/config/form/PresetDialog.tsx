/** Presets: which one, its few questions, and what it would put into the text, before it does. */
import { useDeferredValue, useEffect, useMemo, useRef, useState } from 'react';
import { parseIni } from '../../../../engine/config/ini-document.ts';
import { optionPlaces } from '../../../../engine/config/ini-places.ts';
import { type MergedPreset, mergePreset } from '../../../../engine/config/preset-merge.ts';
import type { PresetAnswers } from '../../../../engine/config/preset-parts.ts';
import { presetFor, presetText } from '../../../../engine/config/presets.ts';
import { applyEdits, type TextEdit } from '../../../../engine/config/text-edit.ts';
import { PresetList } from '../../../dialogs/presets/PresetList.tsx';
import { PresetQuestions } from '../../../dialogs/presets/PresetQuestions.tsx';
import { createDiffView } from '../../../editor/compare-view.ts';
import { Button } from '../../../ui/Button.tsx';
import { Dialog } from '../../../ui/Dialog.tsx';
import { answersFromPath } from './preset-answers.ts';

export interface PresetDialogProps {
  text: string;
  path: string;
  section: string;
  onPutIn: (edits: readonly TextEdit[]) => void;
  onClose: () => void;
}

export default function PresetDialog({ text, path, section, onPutIn, onClose }: PresetDialogProps) {
  const [fitting] = useState(() => presetFor(optionPlaces(parseIni(text), section).map(({ name }) => name)));
  const [chosen, setChosen] = useState(fitting);
  // Answers are kept by question, so that another preset need not ask again.
  const [answers, setAnswers] = useState<PresetAnswers>(() => answersFromPath(path));
  const asked = useDeferredValue(answers);
  const merged = useMemo<MergedPreset>(
    () =>
      chosen === undefined
        ? { edits: [], added: [], left: [] }
        : mergePreset(parseIni(text), section, presetText(chosen, asked)),
    [chosen, asked, text, section],
  );
  const count = merged.added.length;

  return (
    <Dialog
      title="Presets"
      opened
      onClose={onClose}
      widthPx={1000}
      note={
        text.trim() === ''
          ? 'Nothing is saved yet; undo takes it back.'
          : 'Only what is missing is added; undo takes it back.'
      }
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button
            variant="primary"
            disabledReason={count === 0 ? 'The file has all of its options already.' : null}
            onClick={() => {
              onPutIn(merged.edits);
              onClose();
            }}
          >
            {count === 0 ? 'Nothing to add' : `Put in ${count} ${count === 1 ? 'option' : 'options'}`}
          </Button>
        </>
      }
    >
      <div className="presets">
        <PresetList fitting={fitting} chosen={chosen} onChoose={setChosen} />
        {chosen === undefined ? null : (
          <div className="preset-form">
            <div className="preset-questions">
              <PresetQuestions
                questions={chosen.questions}
                answers={answers}
                onAnswer={(id, answer) => setAnswers((current) => ({ ...current, [id]: answer }))}
              />
            </div>
            <Preview before={text} after={applyEdits(text, merged.edits)} />
            <LeftOut merged={merged} />
          </div>
        )}
      </div>
    </Dialog>
  );
}

function Preview({ before, after }: { before: string; after: string }) {
  const parent = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!parent.current || before === after) return undefined;
    const view = createDiffView({
      parent: parent.current,
      original: before,
      text: after,
      label: 'The text with the preset',
    });
    return () => view.destroy();
  }, [before, after]);
  return before === after ? (
    <p className="calm">The file has all of its options already.</p>
  ) : (
    <div className="preset-preview" ref={parent} />
  );
}

function LeftOut({ merged: { left } }: { merged: MergedPreset }) {
  if (left.length === 0) return null;
  return (
    <div className="preset-left">
      <p className="q">The file keeps its own:</p>
      <ul>
        {left.map(({ name, line, value, suggested }) => (
          <li key={`${name} ${line}`} className="ell">
            <span className="m">
              {name} = {value}
            </span>{' '}
            <span className="q">
              in line {line}, the preset has <span className="m">{suggested}</span>
            </span>
          </li>
        ))}
      </ul>
    </div>
  );
}
