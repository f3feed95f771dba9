/** The upper edge of the drawer: dragged, or moved with the arrow keys; a double click gives it its usual height. */
import { type KeyboardEvent, type PointerEvent, useRef } from 'react';
import { DRAWER_HEIGHT_PX, drawer } from './drawer-layout.ts';

const STEP_PX = 24;

export function DrawerGrip({ heightPx }: { heightPx: number }) {
  const start = useRef<{ y: number; heightPx: number } | null>(null);

  function onPointerDown(event: PointerEvent<HTMLDivElement>) {
    start.current = { y: event.clientY, heightPx };
    event.currentTarget.setPointerCapture(event.pointerId);
  }

  function onPointerMove(event: PointerEvent) {
    if (start.current !== null) drawer.resize(start.current.heightPx + start.current.y - event.clientY);
  }

  function onKeyDown(event: KeyboardEvent) {
    const step = event.key === 'ArrowUp' ? STEP_PX : event.key === 'ArrowDown' ? -STEP_PX : 0;
    if (step === 0) return;
    event.preventDefault();
    drawer.resize(heightPx + step);
  }

  return (
    <div
      className="drawer-grip"
      role="slider"
      aria-orientation="vertical"
      aria-label="Height of the drawer"
      aria-valuenow={heightPx}
      aria-valuemin={96}
      aria-valuemax={900}
      tabIndex={0}
      onPointerDown={onPointerDown}
      onPointerMove={onPointerMove}
      onPointerUp={() => {
        start.current = null;
      }}
      onDoubleClick={() => drawer.resize(DRAWER_HEIGHT_PX)}
      onKeyDown={onKeyDown}
    />
  );
}
