/** `static`, `file`, `fastfile` and `sendfile`: a file as the answer. As uWSGI, without `-next` none there ends the request. */
import type { Value } from '../../config/routing-values.ts';
import type { FileServer } from '../file-server.ts';
import type { ResponseHead } from '../frames.ts';
import { headerText, writeHead } from './answer-head.ts';
import { type Fields, field } from './route-actions.ts';
import type { RouteContext, Verdict } from './route-context.ts';
import type { LongActions } from './route-program.ts';
import { withStatus } from './status-answer.ts';

type LongAction = LongActions['actions'][string];

export function fileActions(server: FileServer): Record<string, LongAction> {
  const sendStatic =
    (otherwise: Verdict): LongAction =>
    (context, fields) =>
      serve(server, context, field(context, fields), folderOf(fields.value), undefined, otherwise);
  const sendFile =
    (otherwise: Verdict): LongAction =>
    (context, fields) => {
      const path = field(context, fields, 'filename');
      const root = folderOf(fields.filename);
      if (fields.status !== undefined || fields.no_content_type !== undefined) {
        return serveWhole(server, context, fields, path, root, otherwise);
      }
      return serve(server, context, path, root, typeOf(context, fields, path), otherwise);
    };
  return {
    static: sendStatic('break'),
    'static-next': sendStatic('next'),
    file: sendFile('break'),
    'file-next': sendFile('next'),
    fastfile: sendFile('break'),
    'fastfile-next': sendFile('next'),
    sendfile: sendFile('break'),
    'sendfile-next': sendFile('next'),
  };
}

/** The folder that a rule names before it names anything of the request: files are served from there only. */
export function folderOf(value: Value | undefined): string | null {
  const [first, ...more] = value ?? [];
  if (more.length === 0 || first?.type !== 'text') return null;
  const folder = first.text.slice(0, first.text.lastIndexOf('/'));
  return folder === '' ? null : folder;
}

function serve(
  server: FileServer,
  context: RouteContext,
  path: string,
  root: string | null,
  type: string | undefined,
  otherwise: Verdict,
): Verdict {
  const { visit } = context;
  if (visit === null || !isPlain(path)) return otherwise;
  if (server.serve(visit, path, root, 'routed', type) !== 'answered') return otherwise;
  context.isTaken = true;
  return 'break';
}

function typeOf(context: RouteContext, fields: Fields, path: string): string {
  const given = field(context, fields, 'content_type');
  if (given !== '') return headerText(given);
  return (fields.mime === undefined ? null : context.host.mediaTypes().of(path)) ?? 'text/html';
}

/** With a status of its own it is no file to be asked for in ranges: it goes out whole. */
function serveWhole(
  server: FileServer,
  context: RouteContext,
  fields: Fields,
  path: string,
  root: string | null,
  otherwise: Verdict,
): Verdict {
  const { visit } = context;
  if (visit === null || !isPlain(path)) return otherwise;
  const status = field(context, fields, 'status');
  const lines = fields.no_content_type === undefined ? [`Content-Type: ${typeOf(context, fields, path)}`] : [];
  const head = { ...withStatus(status === '' ? '200 OK' : status), lines };
  const headFor = (size: number): ResponseHead =>
    writeHead({ ...head, lines: [...lines, `Content-Length: ${size}`] }, 1);
  if (server.serveWhole(visit, path, root, 'routed', headFor) !== 'answered') return otherwise;
  context.isTaken = true;
  return 'break';
}

export function isPlain(path: string): boolean {
  return path !== '' && !path.includes('\0') && !/(?:^|\/)\.\.(?:\/|$)/.test(path);
}
