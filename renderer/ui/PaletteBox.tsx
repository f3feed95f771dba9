/** The box of a palette, near the top of the window: a PaletteField and its list go into it. */
import { Modal } from '@mantine/core';
import type { ReactNode } from 'react';

export interface PaletteBoxProps {
  label: string;
  opened: boolean;
  widthPx: number;
  /** False where what is chosen takes the focus. */
  returnFocus?: boolean;
  onClose: () => void;
  children: ReactNode;
}

const CLASSES = { content: 'pal-content', overlay: 'rv-modal-overlay', body: 'rv-modal-body' };

export function PaletteBox({ label, opened, widthPx, returnFocus = true, onClose, children }: PaletteBoxProps) {
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      size={widthPx}
      padding={0}
      yOffset={104}
      withCloseButton={false}
      lockScroll={false}
      returnFocus={returnFocus}
      classNames={CLASSES}
      transitionProps={{ duration: 0 }}
      attributes={{ content: { 'aria-label': label } }}
    >
      {children}
    </Modal>
  );
}
