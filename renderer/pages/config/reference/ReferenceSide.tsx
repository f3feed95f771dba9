/** The place of the reference at the right of the window. Its code comes when it is first opened. */
import { Suspense } from 'react';
import { useStore } from 'zustand';
import { useRoute } from '../../../stores/use-stores.ts';
import { ErrorBoundary } from '../../../ui/ErrorBoundary.tsx';
import { lazyPage } from '../../lazy-page.ts';
import { reference } from './reference-store.ts';

const ReferencePanel = lazyPage<object>(() => import('./ReferencePanel.tsx'));

export function ReferenceSide() {
  const isOpen = useStore(reference, (state) => state.isOpen);
  const route = useRoute();
  if (!isOpen) return null;
  // The editor makes room; the other pages keep their columns, and the reference lies over them.
  const isBeside = route.page === 'instance' && route.tab === 'config';
  return (
    <aside className={isBeside ? 'reference beside' : 'reference'} aria-label="Reference of options">
      <ErrorBoundary what="The reference">
        <Suspense fallback={<p className="calm late">Fetching the reference</p>}>
          <ReferencePanel />
        </Suspense>
      </ErrorBoundary>
    </aside>
  );
}
