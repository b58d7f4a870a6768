import { parseArgs } from 'node:util';

/** What `npm start` was asked for. */
export interface StartOptions {
  readonly port: number;
  /** Where the market is kept; in memory if `undefined`. */
  readonly data: string | undefined;
  /** No sample market on an empty store. */
  readonly empty: boolean;
  /** Machine-readable lines instead of text for people. */
  readonly json: boolean;
  /** Hosts, as `name:port`, that webhooks may call beside the public internet, also by http. */
  readonly webhookHosts: readonly string[];
}

export type ParsedOptions =
  { readonly start: StartOptions } | { readonly help: true } | { readonly mistake: string };

export const usage = `Lodestone on one machine: the marketplace, its database and its clearing.

  npm start -- [options]

  --port <number>    port of the HTTP server; 0 takes a free one (default 3000)
  --data <directory> where the market is kept (default .lodestone)
  --memory           keep nothing: the market is gone when it stops
  --empty            do not load the sample market into an empty store
  --json             print one JSON object per line, for programs
  --webhook-host <name:port>
                     lets webhooks call this host, too, also by http (may be repeated)
  --help             print this

Environment
  DYNAMODB_ENDPOINT  use the DynamoDB at this URL instead of the embedded one
  TABLE_NAME         the table to use there (default lodestone)
  CORS_ORIGINS       origins whose scripts may call, separated by commas (default none)
  RATE_LIMIT         requests of one organisation per second, and at once: "20,100" (default no limit)

On one machine only
  POST /dev/token    a token for whoever you say you are
  GET /dev/metrics   what has been counted since it was started
  POST /dev/clock    moves the market's clock ahead, for good: {"now": "2027-04-01T00:00:00.000Z"}
`;

export function parseOptions(args: readonly string[]): ParsedOptions {
  let values;
  try {
    ({ values } = parseArgs({
      args: [...args],
      options: {
        port: { type: 'string', default: '3000' },
        data: { type: 'string' },
        memory: { type: 'boolean', default: false },
        empty: { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
        'webhook-host': { type: 'string', multiple: true, default: [] },
        help: { type: 'boolean', default: false },
      },
    }));
  } catch (error) {
    return { mistake: error instanceof Error ? error.message : String(error) };
  }
  if (values.help) return { help: true };
  if (!/^\d{1,5}$/.test(values.port) || Number(values.port) > 65_535)
    return { mistake: `--port must be a number from 0 to 65535, not ${JSON.stringify(values.port)}.` };
  if (values.memory && values.data !== undefined)
    return { mistake: '--memory keeps nothing, so it cannot go with --data.' };
  const webhookHosts = values['webhook-host'].map((host) => host.toLowerCase());
  const odd = webhookHosts.find((host) => !/^[a-z0-9.-]+:\d{1,5}$/.test(host));
  if (odd !== undefined)
    return { mistake: `--webhook-host must be a name and a port, as in localhost:9000, not ${odd}.` };
  if (values.data === '') return { mistake: '--data needs a directory.' };
  return {
    start: {
      port: Number(values.port),
      data: values.memory ? undefined : (values.data ?? '.lodestone'),
      empty: values.empty,
      json: values.json,
      webhookHosts,
    },
  };
}
