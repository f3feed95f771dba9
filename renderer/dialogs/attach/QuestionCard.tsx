/** What a host on its way asks, in place: whether a key is its own, or what only its user knows. */
import { Check, Fingerprint, KeyRound, X } from 'lucide-react';
import { type FormEvent, useId } from 'react';
import { CopyButton } from '../../ui/CopyButton.tsx';
import { Field } from '../../ui/Field.tsx';
import { FailureText } from '../FailureText.tsx';
import { compareFingerprint, fingerprintGroups, keyTypeName } from './attach-words.ts';
import type { QuestionEdit, TrustUntil } from './use-question.ts';

const ICON = { size: 16, strokeWidth: 1.75, 'aria-hidden': true } as const;

export function QuestionCard({ edit, formId }: { edit: QuestionEdit; formId: string }) {
  const { question, failure, submit } = edit;
  function onSubmit(event: FormEvent) {
    event.preventDefault();
    submit();
  }
  return (
    <form className="ask" id={formId} onSubmit={onSubmit} autoComplete="off">
      {question.about.kind === 'host-key' ? <HostKey edit={edit} /> : <Secrets edit={edit} />}
      {failure ? (
        <div className="in" style={{ paddingBottom: 10 }}>
          <FailureText failure={failure} />
        </div>
      ) : null}
    </form>
  );
}

const UNTIL: readonly { id: TrustUntil; text: string }[] = [
  { id: 'known-hosts', text: 'Trust and write to known_hosts' },
  { id: 'keep', text: 'Trust in Reeve only' },
  { id: 'session', text: 'Trust until I quit' },
];

function HostKey({ edit: { question, draft, change } }: { edit: QuestionEdit }) {
  const name = useId();
  const { about, hop, through } = question;
  if (about.kind !== 'host-key') return null;
  const comparison = compareFingerprint(draft.pasted, about.fingerprint);
  return (
    <>
      <div className="h">
        <Fingerprint {...ICON} className="warn" />
        <h3 className="md t13">Is this the key of {hop.name}?</h3>
        <span className="grow" />
        <span className="q ell">
          {keyTypeName(about.keyType)}
          {through.length > 0 ? `, through ${through.join(', ')}` : ''}
        </span>
      </div>
      <FingerprintText fingerprint={about.fingerprint} />
      <div className="in s2">
        Compare it with what the host's administrator gives you, or read it on the host itself:
        <div className="row g3">
          <code className="m s1 ell">{about.command}</code>
          <CopyButton variant="quiet" size="sm" label="Copy command" text={() => about.command} />
        </div>
      </div>
      <div className="in row g4 paste">
        <span className="inp grow">
          <input
            className="m"
            data-ask-first
            aria-label="Expected fingerprint"
            placeholder="Paste the fingerprint you expect"
            autoComplete="off"
            spellCheck={false}
            value={draft.pasted}
            onChange={(event) => change({ pasted: event.target.value })}
          />
        </span>
        <span role="status">
          {comparison === 'identical' ? (
            <span className="row g2 okc md">
              <Check size={14} strokeWidth={2.25} aria-hidden /> identical
            </span>
          ) : comparison === 'different' ? (
            <span className="row g2 crit md">
              <X size={14} strokeWidth={2.25} aria-hidden /> different
            </span>
          ) : null}
        </span>
      </div>
      <div className="foot" role="radiogroup" aria-label="How long it is trusted">
        {UNTIL.map(({ id, text }) => (
          <label key={id} className="row g3">
            <input type="radio" name={name} checked={draft.until === id} onChange={() => change({ until: id })} />
            {text}
          </label>
        ))}
      </div>
    </>
  );
}

/** Groups of four, every other one quieter, so that one does not lose the place. */
export function FingerprintText({ fingerprint }: { fingerprint: string }) {
  const { prefix, groups } = fingerprintGroups(fingerprint);
  return (
    <div className="in fingerprint m">
      <span className="sr-only">{fingerprint}</span>
      <span aria-hidden="true">
        {prefix}
        {groups.map((group, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: groups of one fingerprint, which never change places.
          <span key={index} className={index % 2 === 1 ? 's2' : undefined}>
            {group}{' '}
          </span>
        ))}
      </span>
    </div>
  );
}

function Secrets({ edit: { question, draft, change } }: { edit: QuestionEdit }) {
  const { about, hop, through } = question;
  if (about.kind !== 'secrets') return null;
  const { title, instructions, prompts, keepIn } = about;
  const setValue = (index: number, value: string) =>
    change({ values: draft.values.map((old, at) => (at === index ? value : old)) });
  return (
    <>
      <div className="h">
        <KeyRound {...ICON} className="warn" />
        <h3 className="md t13 ell">{title}</h3>
        <span className="grow" />
        <span className="q ell">
          for <span className="m">{hop.user}@</span>
          {hop.name}
          {through.length > 0 ? `, through ${through.join(', ')}` : ''}
        </span>
      </div>
      {instructions ? <p className="in s2 said">{instructions}</p> : null}
      <div className="in col g4" style={{ paddingTop: 8, paddingBottom: 12 }}>
        {prompts.map((prompt, index) => (
          <Field
            // biome-ignore lint/suspicious/noArrayIndexKey: the prompts of one question never change places.
            key={index}
            label={prompt.label.trim() === '' ? 'Answer' : prompt.label}
            mono={prompt.echo}
            type={prompt.echo ? 'text' : 'password'}
            // A browser's store of passwords is not the place for these.
            autoComplete={prompt.echo ? 'off' : 'new-password'}
            data-ask-first={index === 0 || undefined}
            value={draft.values[index] ?? ''}
            onChange={(event) => setValue(index, event.target.value)}
          />
        ))}
        {prompts.length === 0 ? <span className="s2">It asks nothing more; go on to sign in.</span> : null}
      </div>
      {keepIn === null ? null : (
        <div className="foot">
          <label className="row g3">
            <input
              type="checkbox"
              className="cb"
              checked={draft.keep}
              onChange={(event) => change({ keep: event.target.checked })}
            />
            Keep it in the keychain of this machine
          </label>
        </div>
      )}
    </>
  );
}
