/** What the options of websockets say (`websockets-*`). */

export interface WebSocketSettings {
  /** Time between two pings; 0: none. */
  pingSeconds: number;
  /** Longest silence after a ping; 0: for ever. */
  pongToleranceSeconds: number;
  /** Of a message from a client, all its frames together. */
  maxMessageBytes: number;
}

/** Larger messages do not go through to a worker in one piece. */
export const MAX_MESSAGE_KIB = 32 * 1024;

export const defaultWebSockets = (): WebSocketSettings => ({
  pingSeconds: 30,
  pongToleranceSeconds: 3,
  maxMessageBytes: 1024 * 1024,
});
