/** State of a task: its shape and its word. */
import type { TaskState } from '../../../electron/contract/background-model.ts';
import { HealthGlyph, StateGlyph } from '../../ui/Glyph.tsx';

export function TaskStateGlyph({ state, size }: { state: TaskState; size?: number }) {
  const given = size === undefined ? {} : { size };
  switch (state) {
    case 'running':
      return <StateGlyph status="busy" silent {...given} />;
    case 'waiting':
      return <StateGlyph status="idle" silent {...given} />;
    case 'later':
      return <StateGlyph status="pause" silent {...given} />;
    case 'failed':
      return <StateGlyph status="down" silent {...given} />;
    case 'ignored':
      return <HealthGlyph level="warn" silent {...given} />;
  }
}

export function TaskStateWord({ state }: { state: TaskState }) {
  return (
    <span className="row g3">
      <TaskStateGlyph state={state} />
      {state}
    </span>
  );
}
