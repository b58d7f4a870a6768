import { Webhook as Verifier } from 'standardwebhooks';
import type { CallWebhook } from '../../../functions/notify/call-webhook.ts';
import { Crash, type Meddler } from '../faults.ts';

export interface Received {
  readonly id: string;
  readonly body: string;
}

/** The subscribers' servers: they take what they are sent, fail now and then, or take it and their answer is lost. */
export class Subscribers {
  readonly got = new Map<string, Received[]>();
  readonly secrets = new Map<string, string>();

  /** As one process calls them. */
  caller(life: Meddler): CallWebhook {
    return async (url, headers, body) => {
      try {
        return (await life(
          () => {
            const secret = this.secrets.get(url);
            if (secret !== undefined) verified(secret, headers, body);
            const received = this.got.get(url) ?? [];
            this.got.set(url, [...received, { id: headers['webhook-id'] ?? '', body }]);
            return Promise.resolve(204);
          },
          { write: true, name: 'call webhook', input: {} },
        )) as number;
      } catch (error) {
        if (error instanceof Crash || !(error instanceof Error) || !error.message.startsWith('injected'))
          throw error;
        return error.name === 'TimeoutError' ? 'timeout' : 503;
      }
    };
  }
}

/** Times are the history's, not the computer's: only the signature is looked at. */
function verified(secret: string, headers: Readonly<Record<string, string>>, body: string): void {
  const at = new Date(Number(headers['webhook-timestamp']) * 1000);
  const signature = new Verifier(secret).sign(headers['webhook-id'] ?? '', at, body);
  if (!(headers['webhook-signature'] ?? '').split(' ').includes(signature))
    throw new Error(`${headers['webhook-id'] ?? ''} is not signed by its secret`);
}
