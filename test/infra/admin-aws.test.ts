import {
  DescribeExportCommand,
  DescribeTableCommand,
  DynamoDBClient,
  ExportTableToPointInTimeCommand,
} from '@aws-sdk/client-dynamodb';
import {
  GetQueueAttributesCommand,
  ListDeadLetterSourceQueuesCommand,
  ListQueuesCommand,
  SQSClient,
  StartMessageMoveTaskCommand,
} from '@aws-sdk/client-sqs';
import { mockClient } from 'aws-sdk-client-mock';
import { describe, expect, it } from 'vitest';
import { onQueues } from '../../infra/admin/dead-letters.ts';
import { exportOnAws } from '../../infra/admin/export.ts';

const told: { value: object; words: string }[] = [];
const telling = {
  result: (value: object, words: string) => void told.push({ value, words }),
  progress: () => undefined,
};
const region = { region: 'eu-central-1' };

describe('admin dead-letters on AWS', () => {
  const queues: Readonly<Record<string, { messages: number; sources: string[] }>> = {
    'https://sqs/1/lodestone-prod-service-ClearingsDeadLetters.fifo': { messages: 3, sources: ['Clearings'] },
    'https://sqs/1/lodestone-prod-service-Clearings.fifo': { messages: 9, sources: [] },
    'https://sqs/1/lodestone-prod-service-MissedTicks': { messages: 1, sources: [] },
  };
  const asked = async (replay: boolean, stage = 'lodestone-prod-') => {
    const client = new SQSClient(region);
    const mock = mockClient(client);
    mock.on(ListQueuesCommand).callsFake(({ QueueNamePrefix: prefix }: { QueueNamePrefix: string }) => ({
      QueueUrls: Object.keys(queues).filter((url) => url.includes(`/${prefix}`)),
    }));
    mock.on(ListDeadLetterSourceQueuesCommand).callsFake(({ QueueUrl: url }: { QueueUrl: string }) => ({
      queueUrls: queues[url]?.sources,
    }));
    mock.on(GetQueueAttributesCommand).callsFake(({ QueueUrl: url }: { QueueUrl: string }) => ({
      Attributes: { ApproximateNumberOfMessages: String(queues[url]?.messages), QueueArn: `arn of ${url}` },
    }));
    mock.on(StartMessageMoveTaskCommand).resolves({});
    const code = await onQueues(client, stage, replay, telling);
    const moved = mock.commandCalls(StartMessageMoveTaskCommand).map(({ args }) => args[0].input.SourceArn);
    return { code, moved, ...told.at(-1) };
  };

  it('tells what lies in dead-letter queues and in those of missed invocations, and moves nothing unasked', async () => {
    const { code, moved, value } = await asked(false);
    expect({ code, moved }).toEqual({ code: 1, moved: [] });
    expect(value).toEqual({
      queues: [
        { queue: 'lodestone-prod-service-ClearingsDeadLetters.fifo', messages: 3, replayed: false },
        { queue: 'lodestone-prod-service-MissedTicks', messages: 1, replayed: false },
      ],
    });
  });

  it('sends back what came from a queue, and says what it cannot', async () => {
    const { code, moved } = await asked(true);
    expect(moved).toEqual(['arn of https://sqs/1/lodestone-prod-service-ClearingsDeadLetters.fifo']);
    expect(code).toBe(1);
  });

  it('says what to do where there is no such stage', async () => {
    expect(await asked(false, 'lodestone-elsewhere-')).toMatchObject({
      code: 2,
      words: expect.stringContaining('AWS_REGION') as string,
    });
  });
});

describe('admin export on AWS', () => {
  const exported = async (last: 'COMPLETED' | 'FAILED') => {
    const client = new DynamoDBClient(region);
    const mock = mockClient(client);
    mock.on(DescribeTableCommand).resolves({ Table: { TableArn: 'arn:table' } });
    const ExportArn = 'arn:table/export/0123';
    mock.on(ExportTableToPointInTimeCommand).resolves({
      ExportDescription: { ExportArn, ExportStatus: 'IN_PROGRESS' },
    });
    mock
      .on(DescribeExportCommand)
      .resolvesOnce({ ExportDescription: { ExportStatus: 'IN_PROGRESS' } })
      .resolves({ ExportDescription: { ExportStatus: last } });
    let waited = 0;
    const wait = () => {
      waited += 1;
      return Promise.resolve();
    };
    const code = await exportOnAws({ client, name: 'market' }, 'backups', telling, wait);
    const [call] = mock.commandCalls(ExportTableToPointInTimeCommand);
    return { code, waited, input: call?.args[0].input, words: told.at(-1)?.words };
  };

  it('has DynamoDB export the table as of one instant, and waits for it', async () => {
    expect(await exported('COMPLETED')).toMatchObject({
      ...{ code: 0, waited: 2, input: { TableArn: 'arn:table', S3Bucket: 'backups' } },
      words: expect.stringContaining('s3://backups/AWSDynamoDB/0123') as string,
    });
    await expect(exported('FAILED')).rejects.toThrow('could not export');
  });
});
