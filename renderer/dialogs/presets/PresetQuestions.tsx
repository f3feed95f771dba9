/** The questions of a preset as fields; what is left empty is answered by the suggestion. */
import type { PresetAnswers, PresetQuestion } from '../../../engine/config/preset-parts.ts';
import { Field } from '../../ui/Field.tsx';
import './presets.css';

export interface PresetQuestionsProps {
  questions: readonly PresetQuestion[];
  answers: PresetAnswers;
  onAnswer: (id: string, answer: string) => void;
}

export function PresetQuestions({ questions, answers, onAnswer }: PresetQuestionsProps) {
  return questions.map(({ id, label, hint, suggestion, isOptional }) => (
    <Field
      key={id}
      mono
      label={isOptional ? `${label}, optional` : label}
      hint={hint}
      placeholder={suggestion}
      value={answers[id] ?? ''}
      onChange={(event) => onAnswer(id, event.target.value)}
    />
  ));
}
