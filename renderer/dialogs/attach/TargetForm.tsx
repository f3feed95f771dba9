/** A stats address by hand, a name, and tags for all that are attached at once. */
import { X } from 'lucide-react';
import { type FormEvent, type KeyboardEvent, useId, useState } from 'react';
import { IconButton } from '../../ui/IconButton.tsx';
import { FailureText } from '../FailureText.tsx';
import { ADDRESS_EXAMPLES, ADDRESS_KINDS, type AddressKind } from './attach-words.ts';
import type { AttachEdit } from './use-attach.ts';

export function TargetForm({ edit, formId, hint }: { edit: AttachEdit; formId: string; hint: string }) {
  const { target, change, failures } = edit;
  const id = useId();
  function submit(event: FormEvent) {
    event.preventDefault();
    edit.submit();
  }
  return (
    <form id={formId} className="target" onSubmit={submit} autoComplete="off">
      {failures.map(({ address, failure }) => (
        <div key={address} className="fail">
          <FailureText failure={failure} />
        </div>
      ))}
      <div className="row g4 line q">
        <label htmlFor={`${id}-address`}>Stats address</label>
        <span className="grow" />
        <span>{hint}</span>
      </div>
      <div className="row g4">
        <select
          className="inp kind"
          aria-label="Kind of socket"
          value={target.kind}
          onChange={(event) => change({ kind: ADDRESS_KINDS.find((kind) => kind === event.target.value) ?? 'unix' })}
        >
          {ADDRESS_KINDS.map((kind) => (
            <option key={kind} value={kind}>
              {KIND_WORDS[kind]}
            </option>
          ))}
        </select>
        <span className="inp grow">
          <input
            id={`${id}-address`}
            className="m"
            placeholder={ADDRESS_EXAMPLES[target.kind]}
            autoComplete="off"
            spellCheck={false}
            value={target.text}
            onChange={(event) => change({ text: event.target.value })}
          />
        </span>
      </div>
      <div className="row g4">
        <label className="q line name" htmlFor={`${id}-name`}>
          Name
        </label>
        <span className="inp grow">
          <input
            id={`${id}-name`}
            placeholder="as the server's folder is called"
            maxLength={100}
            autoComplete="off"
            value={target.name}
            onChange={(event) => change({ name: event.target.value })}
          />
        </span>
      </div>
      <Tags tags={target.tags} onChange={(tags) => change({ tags })} />
    </form>
  );
}

const KIND_WORDS: Record<AddressKind, string> = { unix: 'unix', tcp: 'TCP', abstract: '@abstract', http: 'http' };
const MOST_TAGS = 20;

function Tags({ tags, onChange }: { tags: readonly string[]; onChange: (tags: readonly string[]) => void }) {
  const [text, setText] = useState('');
  const id = useId();
  function add() {
    const added = text
      .split(',')
      .map((tag) => tag.trim())
      .filter((tag) => tag !== '');
    if (added.length > 0) onChange([...new Set([...tags, ...added])].slice(0, MOST_TAGS));
    setText('');
  }
  function onKeyDown(event: KeyboardEvent) {
    if (event.key === 'Enter' || event.key === ',') {
      if (text.trim() === '') return;
      event.preventDefault();
      add();
    } else if (event.key === 'Backspace' && text === '') onChange(tags.slice(0, -1));
  }
  return (
    <div className="row g4">
      <label className="q line name" htmlFor={id}>
        Tags
      </label>
      <span className="inp grow tags">
        {tags.map((tag) => (
          <span className="tag" key={tag}>
            {tag}
            <IconButton
              label={`Remove the tag ${tag}`}
              size="sm"
              hint={null}
              icon={<X size={10} strokeWidth={2} aria-hidden />}
              onClick={() => onChange(tags.filter((other) => other !== tag))}
            />
          </span>
        ))}
        <input
          id={id}
          placeholder={tags.length === 0 ? 'prod-eu, payments' : ''}
          maxLength={60}
          autoComplete="off"
          spellCheck={false}
          value={text}
          onChange={(event) => setText(event.target.value)}
          onKeyDown={onKeyDown}
          onBlur={add}
        />
      </span>
    </div>
  );
}
