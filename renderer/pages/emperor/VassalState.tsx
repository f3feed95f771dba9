/** State of a vassal: its shape and its word; each state has a shape of its own. */
import type { VassalRowState } from '../../../electron/contract/emperor-model.ts';
import { HealthGlyph, StateGlyph } from '../../ui/Glyph.tsx';

export function VassalStateGlyph({ state, size }: { state: VassalRowState; size?: number }) {
  const given = size === undefined ? {} : { size };
  switch (state) {
    case 'loyal':
      return <HealthGlyph level="ok" silent {...given} />;
    case 'accepting':
      return <StateGlyph status="idle" silent {...given} />;
    case 'ready':
      return <HealthGlyph level="off" silent {...given} />;
    case 'starting':
      return <StateGlyph status="pause" silent {...given} />;
    case 'on demand':
      return <StateGlyph status="cheap" silent {...given} />;
    case 'gone':
      return <HealthGlyph level="lost" silent {...given} />;
    case 'late':
      return <HealthGlyph level="warn" silent {...given} />;
    case 'cursed':
      return <StateGlyph status="sig" silent {...given} />;
    case 'refused':
      return <StateGlyph status="down" silent {...given} />;
    case 'throttled':
      return <HealthGlyph level="crit" silent {...given} />;
  }
}

/** What the word means, for the tooltip. */
const ABOUT: Record<VassalRowState, string> = {
  loyal: 'It has answered a request.',
  accepting: 'Its workers take requests; it has not answered one yet.',
  ready: 'Its application is loaded.',
  starting: 'Its process exists; its application is being loaded.',
  'on demand': 'It is started by its first connection.',
  late: 'Its heartbeat does not come.',
  cursed: 'It was told to end.',
  gone: 'It is on the blacklist of uWSGI and not tried any more: its file is gone.',
  refused: 'The emperor does not start it as it is.',
  throttled: 'It died before it was loyal and waits for its next start.',
};

export function VassalStateWord({ state }: { state: VassalRowState }) {
  return (
    <span className="row g3" title={ABOUT[state]}>
      <VassalStateGlyph state={state} />
      {state === 'late' ? 'heartbeat late' : state}
    </span>
  );
}
