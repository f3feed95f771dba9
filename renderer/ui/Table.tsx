/**
 * Head and cells of a table (class `tb` on <table>). Heads that sort are buttons with aria-sort; numbers go right.
 * State, virtual rows and sorting belong to the page; this is only markup.
 */
import type { ReactNode } from 'react';

export interface TableHeadProps {
  children: ReactNode;
  numeric?: boolean;
  /** Present when the column can be sorted. */
  onSort?: (() => void) | undefined;
  sorted?: 'asc' | 'desc' | null;
  title?: string;
  className?: string;
}

export function TableHead({ children, numeric, onSort, sorted, title, className }: TableHeadProps) {
  const arrow = sorted === 'asc' ? ' ↑' : sorted === 'desc' ? ' ↓' : '';
  return (
    <th
      scope="col"
      className={[numeric ? 'num' : '', className ?? ''].filter(Boolean).join(' ') || undefined}
      aria-sort={sorted ? (sorted === 'asc' ? 'ascending' : 'descending') : undefined}
      title={title}
    >
      {onSort ? (
        <button type="button" onClick={onSort}>
          {children}
          {arrow}
        </button>
      ) : (
        children
      )}
    </th>
  );
}
