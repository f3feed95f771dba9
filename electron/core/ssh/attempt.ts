/** What hop-login.ts and the makers of things to try (key-methods.ts, interactive-methods.ts) have in common. */
import type { AnyAuthMethod, AuthenticationType } from 'ssh2';
import type { SshAnswer, SshQuestion } from '../../contract/hosts-model.ts';

/** One thing to try. */
export interface Attempt {
  type: AuthenticationType;
  /** Ends a sentence: `signed in with …`. */
  name: string;
  /** null: it turned out to be of no use. */
  make(): Promise<AnyAuthMethod | null>;
  /** The server took it, and may have wanted more besides. */
  mayBePartial?: () => boolean;
  onRefused?: () => Promise<void>;
}

export type SecretsAsked = Omit<Extract<SshQuestion['about'], { kind: 'secrets' }>, 'kind'>;

export interface Asker {
  /** null: nobody answers, and no one is to be asked again. */
  ask(about: SecretsAsked, subject: string): Promise<Extract<SshAnswer, { kind: 'secrets' }> | null>;
}
