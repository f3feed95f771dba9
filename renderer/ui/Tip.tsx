/** Tooltip on hover and on keyboard focus, for one element that takes a ref. Text only: nothing in it can be pressed. */
import { Tooltip } from '@mantine/core';
import type { ReactElement, ReactNode } from 'react';

export interface TipProps {
  label: ReactNode;
  position?: 'top' | 'bottom' | 'left' | 'right';
  children: ReactElement;
}

const ON_HOVER_AND_FOCUS = { hover: true, focus: true, touch: false };
const CLASSES = { tooltip: 'rv-tip' };

export function Tip({ label, position = 'bottom', children }: TipProps) {
  return (
    <Tooltip
      label={label}
      position={position}
      events={ON_HOVER_AND_FOCUS}
      classNames={CLASSES}
      openDelay={350}
      transitionProps={{ duration: 80 }}
      multiline
      withinPortal
    >
      {children}
    </Tooltip>
  );
}
