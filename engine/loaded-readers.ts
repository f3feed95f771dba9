/**
 * The readers of configuration formats that this engine has loaded. The libraries for YAML and XML are left out of a
 * start that reads neither: they take 50 ms and 10 MB. The first file of such a format asks for its reader, and
 * everything is read again once that is there.
 */
import type { FormatName, SectionReader } from './config/formats/config-document.ts';
import { type FormatReaders, PLAIN_READERS } from './config/formats/readers.ts';

export class LoadedReaders {
  readonly #readers = new Map(PLAIN_READERS);

  get all(): FormatReaders {
    return this.#readers;
  }

  async load(format: FormatName): Promise<void> {
    const reader = await importReader(format);
    if (reader !== null) this.#readers.set(format, reader);
  }

  /** A reload can not wait for a reader: the text says what to do instead. */
  loadForNextTime(format: FormatName): string {
    void this.load(format);
    return `The configuration names a ${format} file now, as it did not at the start, and its reader is loaded. Reload once more.`;
  }
}

async function importReader(format: FormatName): Promise<SectionReader | null> {
  switch (format) {
    case 'YAML':
      return (await import('./config/formats/yaml-format.ts')).readYamlSection;
    case 'XML':
      return (await import('./config/formats/xml-format.ts')).readXmlSection;
    case 'INI':
    case 'JSON':
      return null;
  }
}
