import { Duration } from 'aws-cdk-lib';
import { DeduplicationScope, FifoThroughputLimit, Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';

/** What every queue of ours is: encrypted, TLS only, and keeping what it could not deliver as long as SQS can. */
export const queueDefaults = {
  encryption: QueueEncryption.SQS_MANAGED,
  enforceSSL: true,
  retentionPeriod: Duration.days(14),
} as const;

export interface QueueWithDeadLettersProps {
  /** How long a message that was handed out stays hidden: at least the consumer's timeout. */
  readonly visibilityTimeout: Duration;
  /** Times a message is handed out before it goes to the dead letters. @default 5 */
  readonly maxReceiveCount?: number;
}

/**
 * A FIFO queue with its dead-letter queue (FIFO too: SQS wants both alike). Deduplication ids come from the sender,
 * and hold within a message group, so that groups neither wait for nor swallow each other's messages.
 */
export class FifoQueueWithDeadLetters extends Construct {
  readonly queue: Queue;
  readonly deadLetters: Queue;

  constructor(scope: Construct, id: string, props: QueueWithDeadLettersProps) {
    super(scope, id);
    this.deadLetters = new Queue(this, 'DeadLetters', { ...queueDefaults, fifo: true });
    this.queue = new Queue(this, 'Queue', {
      ...queueDefaults,
      fifo: true,
      contentBasedDeduplication: false,
      deduplicationScope: DeduplicationScope.MESSAGE_GROUP,
      fifoThroughputLimit: FifoThroughputLimit.PER_MESSAGE_GROUP_ID,
      // Less than the dead letters keep theirs.
      retentionPeriod: Duration.days(4),
      visibilityTimeout: props.visibilityTimeout,
      deadLetterQueue: { queue: this.deadLetters, maxReceiveCount: props.maxReceiveCount ?? 5 },
    });
  }
}
