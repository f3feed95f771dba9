/** Entry of the gateway's worker thread: connects a Gateway to the master's messages, and nothing else. */
import { parentPort, workerData } from 'node:worker_threads';
import { Gateway } from './gateway.ts';
import type { GatewayBoot, MasterToGateway } from './messages.ts';

if (parentPort === null) throw new Error('gateway-thread.ts is started by the engine as a worker thread.');
const port = parentPort;
const boot: GatewayBoot = workerData;
const gateway = new Gateway(boot, (message) => port.postMessage(message));
port.on('message', (message: MasterToGateway) => {
  gateway.handle(message);
  if (message.type === 'stop') port.close();
});
await gateway.start();
