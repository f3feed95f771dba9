/**
 * A host on its way asks something: a line below the top bar, wherever the user is. It takes no focus and covers
 * nothing; the answer is given in a dialog. The attach dialog asks its own questions in place.
 */
import { questionTitle } from '../dialogs/attach/attach-words.ts';
import { useHosts, useStores, useUi } from '../stores/use-stores.ts';
import { Button } from '../ui/Button.tsx';
import { HealthGlyph } from '../ui/Glyph.tsx';

export function QuestionBar() {
  const { ui } = useStores();
  const questions = useHosts((state) => state.questions);
  const isAsking = useUi(
    ({ dialog }) => dialog?.type === 'attach' || dialog?.type === 'import' || dialog?.type === 'question',
  );
  const [first] = questions;
  if (first === undefined || isAsking) return null;
  return (
    <div className="att" role="status">
      <HealthGlyph level="warn" silent />
      <span className="grow ell">
        {questionTitle(first)} There is no link to <span className="m">{first.machineId}</span> until it is answered.
      </span>
      {questions.length > 1 ? <span className="s2">1 of {questions.length}</span> : null}
      <Button size="sm" onClick={() => ui.openDialog({ type: 'question' })}>
        Answer…
      </Button>
    </div>
  );
}
