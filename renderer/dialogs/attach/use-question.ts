/**
 * The answer to a question while it is being written. Secrets live in this component's state only: they are gone when
 * they were sent, when another question comes and when the dialog closes.
 */
import { useState } from 'react';
import type { SshAnswer, SshQuestion } from '../../../electron/contract/hosts-model.ts';
import type { Failure } from '../../client.ts';
import { useStores } from '../../stores/use-stores.ts';
import { useCall } from '../use-call.ts';
import { compareFingerprint } from './attach-words.ts';

export type TrustUntil = (SshAnswer & { kind: 'trust' })['until'];

export interface QuestionDraft {
  pasted: string;
  until: TrustUntil;
  values: readonly string[];
  keep: boolean;
}

export interface QuestionEdit {
  question: SshQuestion;
  draft: QuestionDraft;
  change: (part: Partial<QuestionDraft>) => void;
  /** Words of the button. */
  verb: string;
  /** Why it can't be answered now. */
  whyNot: string | null;
  failure: Failure | null;
  submit: () => void;
  cancel: () => void;
}

export function useQuestion(question: SshQuestion | null): QuestionEdit | null {
  const { hosts } = useStores();
  const [edited, setEdited] = useState<{ id: string; draft: QuestionDraft } | null>(null);
  const call = useCall();
  if (question === null) {
    if (edited !== null) setEdited(null);
    return null;
  }
  const { id, about } = question;
  const draft = edited?.id === id ? edited.draft : emptyDraft(question);

  function send(answer: SshAnswer) {
    call.run(
      () => hosts.answer(id, answer),
      () => setEdited(null),
    );
  }

  return {
    question,
    draft,
    change: (part) => {
      call.reset();
      setEdited({ id, draft: { ...draft, ...part } });
    },
    verb: about.kind === 'host-key' ? 'Trust key and sign in' : 'Sign in',
    whyNot: call.isRunning ? 'It is being sent.' : whyNot(question, draft),
    failure: call.failure,
    submit() {
      if (call.isRunning || whyNot(question, draft) !== null) return;
      send(
        about.kind === 'host-key'
          ? { kind: 'trust', until: draft.until }
          : { kind: 'secrets', values: [...draft.values], keep: about.keepIn !== null && draft.keep },
      );
    },
    cancel: () => send({ kind: 'cancel' }),
  };
}

function emptyDraft({ about }: SshQuestion): QuestionDraft {
  const count = about.kind === 'secrets' ? about.prompts.length : 0;
  return { pasted: '', until: 'known-hosts', values: Array.from({ length: count }, () => ''), keep: false };
}

function whyNot({ about }: SshQuestion, draft: QuestionDraft): string | null {
  if (about.kind === 'host-key') {
    return compareFingerprint(draft.pasted, about.fingerprint) === 'different'
      ? 'The key is another than the one you pasted.'
      : null;
  }
  // A server may ask for something that may be left empty, but not for nothing but that.
  const isEmpty = draft.values.length > 0 && draft.values.every((value) => value === '');
  return isEmpty ? 'Give what is asked first.' : null;
}
