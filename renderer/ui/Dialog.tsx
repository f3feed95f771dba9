/**
 * Dialog for what cannot be half done: title, body, foot with actions (primary last). Focus is trapped and given back, Esc cancels.
 * The button says what will happen; this only draws the frame. Sizes as in the design: 480, 640 or 1000 px.
 */
import { Modal } from '@mantine/core';
import { X } from 'lucide-react';
import type { ReactNode } from 'react';
import { IconButton } from './IconButton.tsx';

export interface DialogProps {
  title: string;
  opened: boolean;
  onClose: () => void;
  widthPx?: 480 | 640 | 1000;
  /** Left of the actions in the foot. */
  note?: ReactNode;
  actions?: ReactNode;
  children: ReactNode;
}

const CLASSES = { content: 'rv-modal-content', overlay: 'rv-modal-overlay', body: 'rv-modal-body' };

export function Dialog({ title, opened, onClose, widthPx = 640, note, actions, children }: DialogProps) {
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      size={widthPx}
      padding={0}
      yOffset={96}
      withCloseButton={false}
      lockScroll={false}
      classNames={CLASSES}
      transitionProps={{ duration: 0 }}
      attributes={{ content: { 'aria-label': title } }}
    >
      <div className="dlg-h">
        <h2 className="title grow ell">{title}</h2>
        <IconButton
          label="Close"
          size="sm"
          hint={null}
          icon={<X size={14} strokeWidth={1.75} aria-hidden />}
          onClick={onClose}
        />
      </div>
      <div className="dlg-b">{children}</div>
      {actions ? (
        <div className="dlg-f">
          <span className="grow s2">{note}</span>
          {actions}
        </div>
      ) : null}
    </Modal>
  );
}
