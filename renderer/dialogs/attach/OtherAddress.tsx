/** A host by its parts. What else it takes, keys and jumps, comes from ssh's configuration. */
import { type FormEvent, useState } from 'react';
import { Field } from '../../ui/Field.tsx';
import { destinationOf } from './attach-words.ts';

export function OtherAddress({ formId, onGive }: { formId: string; onGive: (destination: string) => void }) {
  const [parts, setParts] = useState({ host: '', user: '', port: '' });
  const [error, setError] = useState<string | null>(null);
  const change = (part: Partial<typeof parts>) => {
    setError(null);
    setParts({ ...parts, ...part });
  };
  function submit(event: FormEvent) {
    event.preventDefault();
    if (parts.host.trim() === '') setError('Give a host first.');
    else onGive(destinationOf(parts));
  }
  return (
    <form id={formId} className="other" onSubmit={submit} autoComplete="off">
      <div className="row g5">
        <Field
          label="Host"
          mono
          className="grow"
          autoFocus
          placeholder="web-03.ams or 10.20.1.13"
          error={error}
          value={parts.host}
          onChange={(event) => change({ host: event.target.value })}
        />
        <Field
          label="User"
          mono
          placeholder="as on this machine"
          value={parts.user}
          onChange={(event) => change({ user: event.target.value })}
        />
        <Field
          label="Port"
          mono
          inputMode="numeric"
          className="port"
          placeholder="22"
          value={parts.port}
          onChange={(event) => change({ port: event.target.value })}
        />
      </div>
      <p className="s2">
        Keys, jump hosts and everything else come from ~/.ssh/config. A host that needs a key of its own gets a Host
        block there, and is then in the list at the left.
      </p>
    </form>
  );
}
