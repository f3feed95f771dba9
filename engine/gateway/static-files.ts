/**
 * The stage of the gate that serves files: `static-map`, `check-static` and their kin. What is no request for a file, or for
 * none that is there and may be read, goes on to the application, as on uWSGI.
 */

import { bytesOf } from '../byte-text.ts';
import type { StaticSettings } from '../config/static-settings.ts';
import { FileServer } from './file-server.ts';
import type { GateStage, GateVisit } from './request-gate.ts';
import { type StaticCandidate, StaticPaths } from './static-paths.ts';

export class StaticFiles implements GateStage {
  readonly #paths: StaticPaths;
  readonly #indexes: readonly string[];
  readonly #server: FileServer;

  constructor(settings: StaticSettings, server: FileServer) {
    this.#paths = new StaticPaths(settings);
    this.#indexes = settings.indexes.map(bytesOf);
    this.#server = server;
  }

  visit(visit: GateVisit): void {
    const { variables } = visit;
    const method = variables.get('REQUEST_METHOD');
    if (method === 'GET' || method === 'HEAD') {
      const candidates = this.#paths.candidates(variables.get('PATH_INFO') ?? '', variables.get('DOCUMENT_ROOT'));
      if (candidates.some((candidate) => this.#serve(visit, candidate))) return;
    }
    visit.proceed();
  }

  #serve(visit: GateVisit, { path, root }: StaticCandidate): boolean {
    if (this.#paths.skips(path)) return false;
    const result = this.#server.serve(visit, path, root, 'static');
    if (result !== 'folder') return result === 'answered';
    return this.#indexes.some((index) => {
      const file = `${path.replace(/\/$/, '')}/${index}`;
      return !this.#paths.skips(file) && this.#server.serve(visit, file, root, 'static') === 'answered';
    });
  }
}
