/**
 * Toasts: only for what happened elsewhere. One line and one action, 6 s; errors stay until closed.
 * The same `kind` folds into one toast with a count.
 */
import { notifications } from '@mantine/notifications';
import type { ReactNode } from 'react';
import { HealthGlyph } from './Glyph.tsx';

export interface Toast {
  level: 'info' | 'error';
  text: string;
  /** Toasts of one kind replace each other. */
  kind?: string;
  action?: { title: string; run: () => void };
}

const SHOWN_MS = 6000;
const shownOfKind = new Map<string, number>();

export function showToast({ level, text, kind, action }: Toast): void {
  const id = kind ?? `${level}:${text}`;
  const times = (shownOfKind.get(id) ?? 0) + 1;
  shownOfKind.set(id, times);
  const content: ReactNode = (
    <span className="toast" role={level === 'error' ? 'alert' : 'status'}>
      <HealthGlyph level={level === 'error' ? 'crit' : 'ok'} silent />
      <span className="grow">
        {text}
        {times > 1 ? <span className="q"> ({times} times)</span> : null}
      </span>
      {action ? (
        <button
          type="button"
          className="btn-link"
          onClick={() => {
            notifications.hide(id);
            action.run();
          }}
        >
          {action.title}
        </button>
      ) : null}
    </span>
  );
  const options = {
    id,
    message: content,
    autoClose: level === 'error' ? false : SHOWN_MS,
    classNames: { root: 'rv-toast' },
    withBorder: false,
    onClose: () => {
      shownOfKind.delete(id);
    },
  } as const;
  if (times > 1) notifications.update(options);
  else notifications.show(options);
}
