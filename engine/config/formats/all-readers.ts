/** Readers of all formats that uWSGI reads, with the libraries they need (readers.ts says who does without). */
import { type FormatReaders, PLAIN_READERS } from './readers.ts';
import { readXmlSection } from './xml-format.ts';
import { readYamlSection } from './yaml-format.ts';

export const ALL_READERS: FormatReaders = new Map([
  ...PLAIN_READERS,
  ['YAML', readYamlSection],
  ['XML', readXmlSection],
]);
