/**
 * Websockets: how long a silent client is believed to be there, and how much it may send at once.
 */
import { wholeNumber } from '../values.ts';
import { MAX_MESSAGE_KIB } from '../websocket-settings.ts';
import { type Draft, type OptionSection, readNumber } from './section.ts';

export const websocketsOptions: OptionSection = {
  data: `
websockets-ping-freq | seconds | works | 30 | Time between two pings on a websocket; 0: none are sent.
websockets-pong-tolerance | seconds | works | 3 | Longest silence after a ping, then the websocket is closed; 0: for ever.
websockets-max-size | int | works | 1024 | Largest message on a websocket. | unit=KiB
`,
  readers: {
    'websockets-ping-freq': readNumber(({ websockets }, seconds) => {
      websockets.pingSeconds = seconds;
    }),
    'websockets-pong-tolerance': readNumber(({ websockets }, seconds) => {
      websockets.pongToleranceSeconds = seconds;
    }),
    'websockets-max-size': readMaxSize,
  },
};

function readMaxSize({ settings }: Draft, value: string): string | null {
  const kibibytes = wholeNumber(value);
  if (kibibytes === null || kibibytes < 1 || kibibytes > MAX_MESSAGE_KIB) {
    return `needs a whole number of KiB from 1 to ${MAX_MESSAGE_KIB}, without a unit.`;
  }
  settings.websockets.maxMessageBytes = kibibytes * 1024;
  return null;
}
