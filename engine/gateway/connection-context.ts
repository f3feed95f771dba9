/** What all clients' connections of a gateway share: its options, the way to the workers, and whom to tell of what. */
import type { ClientConnection } from './client-connection.ts';
import type { Dispatcher } from './dispatcher.ts';
import type { GatewayOptions } from './messages.ts';
import type { OutboxLimits } from './outbox.ts';
import type { ProtocolContext } from './protocol.ts';

export interface ConnectionContext extends ProtocolContext {
  options: GatewayOptions;
  readonly bodyFolder: string;
  readonly dispatcher: Pick<Dispatcher, 'submit' | 'abandon'>;
  readonly outboxLimits: OutboxLimits;
  nextSerial(): number;
  /** A line for the log: something that the operator should know. */
  trouble(text: string): void;
  /** A request that gets no line of its own in the log. */
  refused(status: number, reason: string | undefined, client: string): void;
  closed(connection: ClientConnection): void;
}
