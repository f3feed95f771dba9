/** What hosts on their way ask, one after another, wherever the user is; the attach dialog asks its own in place. */
import { useEffect } from 'react';
import { useHosts } from '../../stores/use-stores.ts';
import { Button } from '../../ui/Button.tsx';
import { Dialog } from '../../ui/Dialog.tsx';
import './attach.css';
import { QuestionCard } from './QuestionCard.tsx';
import { useQuestion } from './use-question.ts';

const FORM_ID = 'ssh-question';

export function QuestionDialog({ onClose }: { onClose: () => void }) {
  const questions = useHosts((state) => state.questions);
  const [first = null] = questions;
  const edit = useQuestion(first);
  const isOver = first === null;
  useEffect(() => {
    if (isOver) onClose();
  }, [isOver, onClose]);
  if (edit === null) return null;
  const { question, verb, whyNot, cancel } = edit;
  return (
    <Dialog
      title={`${question.hop.name} waits for an answer`}
      opened
      onClose={onClose}
      note={questions.length > 1 ? `1 of ${questions.length}` : null}
      actions={
        <>
          <Button onClick={cancel}>Don't connect</Button>
          <Button variant="primary" type="submit" form={FORM_ID} disabledReason={whyNot}>
            {verb}
          </Button>
        </>
      }
    >
      <div className="dlg-pad">
        <QuestionCard key={question.id} edit={edit} formId={FORM_ID} />
      </div>
    </Dialog>
  );
}
