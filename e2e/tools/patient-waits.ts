/**
 * Set up for each unit test: `vi.waitFor` and `vi.waitUntil` give up after a second by themselves, which a busy machine
 * takes for an import. What waits for something that comes loses nothing by waiting longer.
 */
import { vi } from 'vitest';

const TIMEOUT_MS = 8_000;

type WaitOptions = Parameters<typeof vi.waitFor>[1];

const { waitFor, waitUntil } = vi;
vi.waitFor = async (callback, options) => waitFor(callback, patient(options));
vi.waitUntil = async (callback, options) => waitUntil(callback, patient(options));

function patient(options: WaitOptions): WaitOptions {
  return typeof options === 'number' ? options : { timeout: TIMEOUT_MS, ...options };
}
