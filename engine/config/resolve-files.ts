/**
 * Files that bring lines in: bare arguments, `include`, `inherit`, `ini`, `yaml`, `json`, `xml`, with a section by name,
 * the file read last (`:section`) and what `inject-before` and `inject-after` put around them. Which formats there
 * are and how they are read is loaders.ts; what the lines do is resolve-lines.ts.
 */
import { COMMAND_LINE, ENVIRONMENT } from './argv.ts';
import { findForeignFormat } from './foreign-format.ts';
import type { FormatName } from './formats/config-document.ts';
import { joinSources, loadSection, type SourceText } from './loaders.ts';
import type { MagicFile } from './magic.ts';
import { type AddLine, countRepetition, fail, type State } from './resolve-state.ts';
import type { Origin } from './settings.ts';
import { formatByExtension, magicFileOf, readSource, splitFileName } from './sources.ts';
import { decodeText } from './text-bytes.ts';

/** Files within files. */
const MAX_DEPTH = 32;

export interface FileRequest {
  name: string;
  format: FormatName;
  origin: Origin;
  /** The option that names the file; null: a bare argument. */
  option: string | null;
  /** A colon in the name begins the name of a section. */
  splits: boolean;
}

/** `app.py`, `app.py:callable` and `package.module:callable` are the application; anything else is a file of options. */
export function readBareArgument(state: State, word: string, add: AddLine): void {
  const { path, section } = splitFileName(word);
  if (!state.asUwsgi && path.endsWith('.py')) {
    add(state, 'wsgi-file', path, COMMAND_LINE);
    if (section !== null) add(state, 'callable', section, COMMAND_LINE);
  } else if (
    !state.asUwsgi &&
    section !== null &&
    /^[A-Za-z_]\w*(\.\w+)+$/.test(path) &&
    formatByExtension(path) === null
  ) {
    add(state, 'module', word, COMMAND_LINE);
  } else {
    loadByExtension(state, word, COMMAND_LINE, null, add);
  }
}

/** `include`, `inherit` and bare arguments: the name's end says the format, and no section can be named. */
export function loadByExtension(state: State, name: string, origin: Origin, option: string | null, add: AddLine): void {
  const format = formatByExtension(name);
  if (format !== null) {
    loadFile(state, { name, format, origin, option, splits: false }, add);
    return;
  }
  const message = `'${name}' is not known as a configuration file.`;
  const known = formatByExtension(splitFileName(name).path);
  const hint =
    known === null
      ? 'The name has to end in .ini, .yaml, .yml, .json, .js or .xml.'
      : `Write ${option === null ? '--' : ''}${known.toLowerCase()}${option === null ? ' ' : ' = '}${name}.`;
  throw fail('format-not-supported', message, origin, option, hint, `unable to load configuration from ${name}`);
}

/** Reads one section of a file, line by line. Throws ConfigFailure when it cannot be read. */
export function loadFile(state: State, request: FileRequest, add: AddLine): void {
  const { name, format, origin, option, splits } = request;
  const split = splits ? splitFileName(name) : { path: name, section: null };
  const section = split.section ?? '';
  const last = format === 'INI' && split.path === '' && split.section !== null ? state.lastFile : null;
  const path = last?.path ?? split.path;
  if (state.reading.length >= MAX_DEPTH) {
    throw fail('logic', `'${name}' is included ${MAX_DEPTH} levels deep; it includes itself.`, origin, option, null);
  }
  if (path === '') {
    const hint = 'Write the name of the file before the colon.';
    if (split.section !== null && format === 'XML') checkXmlId(state, request, section);
    else if (split.section !== null && format !== 'INI')
      state.notices.push(`[uWSGI] getting ${format} configuration from `);
    const asUwsgi =
      split.section === null || format === 'INI'
        ? 'realpath() of  failed: No such file or directory'
        : 'open(""): No such file or directory';
    throw fail('file-not-read', `'${name}' names no file.`, origin, option, hint, asUwsgi);
  }
  const missing = `realpath() of ${path} failed: No such file or directory`;
  const own = readSource(path, state.host, origin, option, missing);
  if (format === 'XML' && split.section !== null) checkXmlId(state, request, section);
  const file = magicFileOf(path, split.section, state.host);
  if (last !== null) {
    file.given = '';
    if (state.reading.at(-1) !== last.path) {
      state.remarks.push(
        `*** WARNING: "${option ?? ''} = ${name}" reads ${last.path}, the file that was read last ***`,
      );
    }
  }
  if (format !== 'XML' && split.path !== '') state.notices.push(`[uWSGI] getting ${format} configuration from ${path}`);
  const source = sourceOf(state, file, own, request);
  const shown = last?.name ?? path;
  if (format === 'INI') state.lastFile = { path: file.path, name: shown };
  // The upper-case magic variables speak of the first file, and of none when that was a bare argument.
  if (state.filesRead === 0 && option !== null && splits) state.outer = file;
  state.filesRead++;
  const isAgain = state.files.has(file.path);
  state.files.add(file.path);
  const loaded = loadSection(format, { file, outer: state.outer, source, section, host: state.host });
  if (format === 'XML') state.notices.push(`[uWSGI] parsing config file ${path}`);
  if (loaded.status === 'no-section') {
    missSection(state, request, shown, section === '' ? 'uwsgi' : section, source.text, file);
    return;
  }
  const isOwn = option === null || origin === COMMAND_LINE || origin === ENVIRONMENT;
  const via = isOwn ? null : { option, value: name, origin };
  state.reading.push(file.path);
  for (const line of loaded.options) {
    if (isAgain) countRepetition(state, line.origin, line.key);
    add(state, line.key, line.value, via === null ? line.origin : { ...line.origin, via });
  }
  state.reading.pop();
  if (loaded.notice !== null) state.notices.push(loaded.notice);
}

/** uWSGI asks for the id when it knows that the file is there. */
function checkXmlId(state: State, { origin, option, name }: FileRequest, id: string): void {
  if (id === '') {
    const message = `'${name}' names no id of an element.`;
    throw fail(
      'bad-value',
      message,
      origin,
      option,
      'Leave the colon out, or write the id behind it.',
      'invalid xml id',
    );
  }
  state.notices.push(`[uWSGI] using xml uwsgi id: ${id}`);
}

/** The file's own text between those that are put around it. */
function sourceOf(state: State, file: MagicFile, own: Uint8Array, request: FileRequest): SourceText {
  const injected = (paths: readonly string[]) =>
    paths.map((other) => ({
      text: decodeText(readSource(other, state.host, request.origin, request.option)),
      path: magicFileOf(other, null, state.host).path,
    }));
  for (const other of [...state.injectBefore, ...state.injectAfter]) {
    state.files.add(magicFileOf(other, null, state.host).path);
  }
  return joinSources([
    ...injected(state.injectBefore),
    { text: decodeText(own), path: file.path },
    ...injected(state.injectAfter),
  ]);
}

/** INI and YAML without the section are empty, with a warning for INI; JSON and XML end the start. */
function missSection(state: State, request: FileRequest, path: string, section: string, text: string, file: MagicFile) {
  const { format, origin, option } = request;
  const place = { file: file.path, line: 0 };
  const hint = `Name the section that you mean, or call it ${section}.`;
  switch (format) {
    case 'INI': {
      const foreign = state.asUwsgi ? null : findForeignFormat(text);
      if (foreign !== null) throw fail('not-ini', foreign, place, null, null);
      state.notices.push(`*** WARNING: Can't find section "${section}" in INI configuration file ${path} ***`);
      return;
    }
    case 'JSON': {
      const asUwsgi = `you must define a object named ${section} in your JSON data`;
      throw fail('no-section', `${path} has no object "${section}".`, origin, option, hint, asUwsgi);
    }
    case 'XML': {
      const asUwsgi = '[uWSGI] invalid xml root element, <uwsgi> expected.';
      const wanted = request.splits && section !== 'uwsgi' ? `<uwsgi id="${section}">` : '<uwsgi>';
      throw fail('no-section', `${path} has no element ${wanted}.`, origin, option, hint, asUwsgi);
    }
    case 'YAML':
      return;
  }
}
