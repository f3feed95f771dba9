import { expect, it } from 'vitest';
import { Metrics } from './metrics.ts';

it('a metric that begins anew keeps what it was raised by since its value was sent', () => {
  const metrics = new Metrics();
  metrics.declare([['sales', 2]]);
  metrics.change('sales', 'set', 7n);
  metrics.change('sales', 'inc', 3n);
  metrics.renew('sales', { sent: 7, initial: 2 });
  expect(metrics.get('sales')).toBe(5n);
  metrics.change('sales', 'set', 1n);
  metrics.renew('sales', { sent: 5, initial: 2 });
  expect(metrics.get('sales')).toBe(2n);
});
