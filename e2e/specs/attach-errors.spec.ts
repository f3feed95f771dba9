/** Addresses that are no stats address: each is answered with what it is and what to do. */
import { freePort } from '../fixtures/ports.ts';
import { expect, test } from '../fixtures/shared-console.ts';
import { garbageStranger, httpStranger, type Stranger, silentStranger, sshStranger } from '../fixtures/strangers.ts';

const STRANGERS: [name: string, start: () => Promise<Stranger>, message: RegExp][] = [
  ['a web server', httpStranger, /HTTP|web server/i],
  ['an SSH server', sshStranger, /SSH|not .*uWSGI/i],
  ['a silent server', silentStranger, /silent|no answer|did not answer|nothing|within/i],
  ['a server that sends 50 MB of garbage', garbageStranger, /sent more than 16 MiB/],
];

for (const [name, start, message] of STRANGERS) {
  test(`${name} is refused with a reason`, async ({ console }) => {
    const stranger = await start();
    try {
      const dialog = await console.tryAttach(stranger.address);
      await expect(dialog.getByRole('alert')).toContainText(message);
    } finally {
      await stranger.close();
    }
  });
}

test('a closed port and a text that is no address are refused with a reason', async ({ console }) => {
  const dialog = await console.tryAttach(`127.0.0.1:${await freePort()}`);
  await expect(dialog.getByRole('alert')).toContainText(/refused|nothing listens/i);
  await console.tryAttach('not an address');
  await expect(dialog.getByRole('alert')).toContainText(/address/i);
});
