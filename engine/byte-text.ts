/** Text of the configuration as the bytes that requests and files are made of: latin-1, a character a byte. */
import { encodeText } from './config/text-bytes.ts';

/** UTF-8 bytes as a latin-1 string; bytes that were no UTF-8 come back as they were (config/text-bytes.ts). */
export function bytesOf(text: string): string {
  return Buffer.from(encodeText(text)).toString('latin1');
}
