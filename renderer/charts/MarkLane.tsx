/** The lane above a plot: a shape for each reload, config change and harakiri. Reloads with a report can be opened. */
import { memo } from 'react';
import type { InstanceEvent } from '../../electron/contract/model.ts';
import { MarkGlyph } from '../ui/Glyph.tsx';
import type { ChartFrame } from './frame-source.ts';
import { keyOf } from './PlotFrame.tsx';

export interface MarkLaneProps {
  events: readonly InstanceEvent[];
  frame: ChartFrame;
  left: number;
  plotWidth: number;
  onOpen: (event: InstanceEvent) => void;
}

const IN_LANE: ReadonlySet<InstanceEvent['type']> = new Set(['reload', 'config', 'harakiri']);
const BUTTON_PX = 14;

export const MarkLane = memo(function MarkLane({ events, frame, left, plotWidth, onOpen }: MarkLaneProps) {
  const shown = events.filter((event) => IN_LANE.has(event.type));
  return (
    <div className="marks">
      {shown.map((event, index) => {
        const x = left + ((event.atMs - frame.fromMs) / (frame.toMs - frame.fromMs)) * plotWidth;
        return (
          <button
            key={keyOf(event, index)}
            type="button"
            tabIndex={-1}
            style={{ left: x - BUTTON_PX / 2 + 0.5 }}
            title={event.title}
            aria-label={event.title}
            onClick={() => onOpen(event)}
          >
            <MarkGlyph type={event.type} silent />
          </button>
        );
      })}
    </div>
  );
});
