/** Starts the renderer: link to the core, stores, theme, root. `?fake` (not in the product's build) runs without a core. */
import '@mantine/core/styles.layer.css';
import '@mantine/notifications/styles.layer.css';
import './theme/tokens.css';
import './theme/base.css';
import './ui/ui.css';
import { MantineProvider } from '@mantine/core';
import { createRoot } from 'react-dom/client';
import { createStore } from 'zustand/vanilla';
import { App } from './App.tsx';
import { connectHost } from './host.ts';
import { type AppStores, createAppStores } from './stores/app.ts';
import type { LinkState } from './stores/link.ts';
import { StoresContext } from './stores/use-stores.ts';
import { cssVariablesResolver, theme } from './theme/mantine.ts';
import { ErrorBoundary } from './ui/ErrorBoundary.tsx';

async function openStores(): Promise<AppStores> {
  if (import.meta.env.MODE !== 'production' && new URLSearchParams(location.search).has('fake')) {
    const { createFakeCore } = await import('./testing/fake-core.ts');
    const link = createStore<LinkState>(() => ({ status: 'open' }));
    return createAppStores({ client: createFakeCore(), link, retryLink: () => undefined, page: window });
  }
  const { client, link, retryNow } = connectHost(window);
  return createAppStores({ client, link, retryLink: retryNow, page: window });
}

function styleNonce(): string {
  return document.querySelector<HTMLMetaElement>('meta[name="csp-nonce"]')?.content ?? '';
}

async function start(root: HTMLElement): Promise<void> {
  const stores = await openStores();
  createRoot(root).render(
    <MantineProvider
      theme={theme}
      cssVariablesResolver={cssVariablesResolver}
      defaultColorScheme="dark"
      getStyleNonce={styleNonce}
    >
      <StoresContext value={stores}>
        <ErrorBoundary what="Reeve">
          <App />
        </ErrorBoundary>
      </StoresContext>
    </MantineProvider>,
  );
}

const root = document.getElementById('root');
if (root) void start(root);
