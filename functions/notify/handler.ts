import type { Context, DynamoDBStreamEvent } from 'aws-lambda';
import { measured, metrics } from '../lambda/emf.ts';
import { clock, logger, putItems, setting, table } from '../lambda/surroundings.ts';
import { webhookCaller } from './call-webhook.ts';
import type { NotifyDependencies } from './dependencies.ts';
import { notifySettings } from './dependencies.ts';
import { eventBus } from './event-bus.ts';
import { sendNotices, sendWhatIsDue } from './send-what-is-due.ts';

const standing: Omit<NotifyDependencies, 'remainingMilliseconds'> = {
  ...{ table: table(), clock, logger, metrics, random: Math.random, settings: notifySettings },
  call: webhookCaller(),
  publish: eventBus(setting('EVENT_BUS_NAME')),
};

/** Records of notices, by the table's stream; or, each minute, nothing. Fails on a fault of ours. */
export const handler = measured(
  async (event: Partial<DynamoDBStreamEvent>, context: Context): Promise<void> => {
    const dependencies = {
      ...standing,
      remainingMilliseconds: () => context.getRemainingTimeInMillis(),
    };
    if (event.Records !== undefined) {
      const notices = putItems(event.Records).map(({ pk, sk }) => ({ pk: String(pk), sk: String(sk) }));
      await sendNotices(dependencies, notices);
      return;
    }
    const { failed } = await sendWhatIsDue(dependencies);
    if (failed > 0) throw new Error(`${failed} things could not be sent; see the log`);
  },
);
