/** How the reader is started on a host: in Python or in Perl, whichever is there. Pure. */
import { PERL_READER, PYTHON_READER } from './reader-programs.ts';
import { quote } from './remote-command.ts';

/** Neither Python 3 nor Perl is there. */
export const NO_READER_CODE = 126;

export const READER_SCRIPT = `
PATH=$PATH:/usr/libexec:/usr/local/bin
for p in python3 platform-python; do
  if "$p" -c 'import os, select; os.set_blocking' 2>/dev/null; then exec "$p" -c ${quote(PYTHON_READER)}; fi
done
if perl -MSocket=getaddrinfo -MIO::Handle -e 1 2>/dev/null; then exec perl -e ${quote(PERL_READER)}; fi
exit ${NO_READER_CODE}
`;
