/** All machines that instances are on, by their id; each is made once. */
import { localMachine } from './local-machine.ts';
import { LOCAL, type Machine, type MachineId } from './machine.ts';

export class Machines {
  readonly #makeRemote: (id: MachineId) => Machine;
  readonly #remote = new Map<MachineId, Machine>();

  constructor(makeRemote: (id: MachineId) => Machine) {
    this.#makeRemote = makeRemote;
  }

  get(id: MachineId): Machine {
    if (id === LOCAL) return localMachine;
    const known = this.#remote.get(id);
    if (known !== undefined) return known;
    const made = this.#makeRemote(id);
    this.#remote.set(id, made);
    return made;
  }
}
