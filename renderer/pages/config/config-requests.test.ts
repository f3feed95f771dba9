import { expect, it } from 'vitest';
import { createConfigRequests } from './config-requests.ts';

it('a request waits for the tab of its instance and is answered once', () => {
  const requests = createConfigRequests();
  requests.ask('shop', { type: 'problems' });
  expect(requests.take('blog')).toBeNull();
  expect(requests.take('shop')).toEqual({ type: 'problems' });
  expect(requests.take('shop')).toBeNull();
});

it('a newer request takes the place of one that nobody answered', () => {
  const requests = createConfigRequests();
  requests.ask('shop', { type: 'presets' });
  requests.ask('blog', { type: 'rehearse' });
  expect(requests.take('shop')).toBeNull();
  expect(requests.take('blog')).toEqual({ type: 'rehearse' });
});
