/** Plays a gateway that tells what it was started with and dies when it is told to retire worker 13. */
import { parentPort, workerData } from 'node:worker_threads';
import type { GatewayBoot, GatewayToMaster, MasterToGateway } from '../../gateway/messages.ts';

const boot: GatewayBoot = workerData;
const port = parentPort;
const say = (message: GatewayToMaster): void => port?.postMessage(message);

if (boot.workerEndpoint === 'never') throw new Error('it can not start');
port?.on('message', (message: MasterToGateway) => {
  if (message.type === 'stop') port.close();
  if (message.type === 'retire') throw new Error(`it met worker ${message.spawnId}`);
});
say({ type: 'trouble', text: `hostname ${boot.options.hostname}` });
say({ type: 'ready', gatewayId: boot.gatewayId, workerEndpoint: boot.workerEndpoint });
