/** Tags of one instance or of many: what they have, taken off or put on all, and new ones. */
import { X } from 'lucide-react';
import { type KeyboardEvent, useState } from 'react';
import { useInstances, useSettings, useStores } from '../stores/use-stores.ts';
import { Button } from '../ui/Button.tsx';
import { Dialog } from '../ui/Dialog.tsx';
import { Field } from '../ui/Field.tsx';
import { IconButton } from '../ui/IconButton.tsx';
import { FailureText } from './FailureText.tsx';
import { useCall } from './use-call.ts';

const LONGEST_TAG = 60;

export function TagsDialog({ instanceIds, onClose }: { instanceIds: readonly string[]; onClose: () => void }) {
  const { client } = useStores();
  const byId = useInstances((state) => state.byId);
  const readOnlyTags = useSettings((settings) => settings.readOnlyTags);
  const [add, setAdd] = useState<readonly string[]>([]);
  const [remove, setRemove] = useState<readonly string[]>([]);
  const [text, setText] = useState('');
  const call = useCall();
  const chosen = instanceIds.flatMap((id) => byId[id] ?? []);
  const counts = new Map<string, number>();
  for (const { tags } of chosen) for (const tag of tags) counts.set(tag, (counts.get(tag) ?? 0) + 1);
  const known = [...new Set(Object.values(byId).flatMap(({ tags }) => tags))].filter(
    (tag) => !counts.has(tag) && !add.includes(tag),
  );
  const typed = text.split(/[\s,;]+/).filter((tag) => tag !== '');
  const tooLong = typed.find((tag) => tag.length > LONGEST_TAG);
  const wanted = [...new Set([...add, ...typed])];
  const [only] = chosen;
  const whom = chosen.length === 1 && only ? only.name : `${chosen.length} instances`;

  function addTyped() {
    if (tooLong !== undefined) return;
    setAdd(wanted);
    setText('');
  }

  function onKeyDown(event: KeyboardEvent) {
    if (event.key !== 'Enter' || text.trim() === '') return;
    event.preventDefault();
    addTyped();
  }

  return (
    <Dialog
      title={`Tags of ${whom}`}
      opened
      widthPx={480}
      onClose={onClose}
      note={call.isRunning ? 'Keeping the tags' : null}
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button
            variant="primary"
            disabledReason={
              wanted.length + remove.length === 0
                ? 'Nothing is changed yet.'
                : call.isRunning
                  ? 'It is on its way.'
                  : null
            }
            onClick={() =>
              call.run(
                () => client.call('instances.tag', { instanceIds: [...instanceIds], add: wanted, remove: [...remove] }),
                onClose,
              )
            }
          >
            {`Change tags of ${whom}`}
          </Button>
        </>
      }
    >
      <div className="dlg-pad t13">
        <div className="tag-list">
          {[...counts].map(([tag, count]) => {
            const isGoing = remove.includes(tag);
            return (
              <span key={tag} className={isGoing ? 'tag going' : 'tag'}>
                {tag}
                {count < chosen.length ? <span className="q"> {count}</span> : null}
                {readOnlyTags.includes(tag) ? <span className="q"> read-only</span> : null}
                <IconButton
                  label={isGoing ? `Keep ${tag}` : `Take ${tag} off`}
                  size="sm"
                  icon={<X size={11} strokeWidth={1.75} aria-hidden />}
                  onClick={() => setRemove(isGoing ? remove.filter((one) => one !== tag) : [...remove, tag])}
                />
              </span>
            );
          })}
          {add.map((tag) => (
            <span key={tag} className="tag coming">
              {tag}
              <IconButton
                label={`Do not add ${tag}`}
                size="sm"
                icon={<X size={11} strokeWidth={1.75} aria-hidden />}
                onClick={() => setAdd(add.filter((one) => one !== tag))}
              />
            </span>
          ))}
          {counts.size + add.length === 0 ? <span className="q">No tags yet.</span> : null}
        </div>
        <Field
          data-autofocus
          label="Add"
          mono
          value={text}
          error={tooLong === undefined ? null : `A tag has at most ${LONGEST_TAG} characters.`}
          hint="The first tag of an instance is its group in the rail. Blanks divide several."
          onChange={(event) => setText(event.target.value)}
          onKeyDown={onKeyDown}
        />
        {known.length > 0 ? (
          <div className="tag-list">
            {known.slice(0, 20).map((tag) => (
              <Button key={tag} size="sm" variant="quiet" onClick={() => setAdd([...add, tag])}>
                {tag}
              </Button>
            ))}
          </div>
        ) : null}
        {call.failure ? <FailureText failure={call.failure} /> : null}
      </div>
    </Dialog>
  );
}
