import type { ParseArgsOptionsConfig } from 'node:util';
import { parseArgs } from 'node:util';
import { CannotStart } from '../local/cannot-start.ts';
import type { Where } from './place.ts';
import { whereOf } from './place.ts';

/** One administration command. */
export interface Command {
  readonly name: string;
  /** In one line. */
  readonly about: string;
  /** What `--help` prints. */
  readonly usage: string;
  /** Answers the exit code: 0 done, 1 what was asked about is not so, 2 nothing could be done. */
  readonly run: (args: readonly string[]) => Promise<number>;
}

/** What every command has beside its own options. */
const common = {
  data: { type: 'string' },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const satisfies ParseArgsOptionsConfig;

export const commonUsage = `--data DIR   the market of one machine (default .lodestone)
--json       prints one JSON object for programs
--help       prints this

Environment, unless --data is given
  DYNAMODB_ENDPOINT  the DynamoDB at this URL, with TABLE_NAME (default lodestone)
  TABLE_NAME         without an endpoint: the table on AWS, by AWS_REGION and AWS_PROFILE as the AWS CLI knows them
  BUCKET_NAME        the bucket of its documents; OBJECTS: a directory of them
`;

/** Tells a person and a program what came of it, each in its own way. */
export interface Telling {
  readonly result: (value: object, words: string) => void;
  readonly progress: (words: string) => void;
}

/** The options of a command, parsed; wrong ones throw a TypeError with a code. */
export function options<T extends ParseArgsOptionsConfig>(args: readonly string[], own: T) {
  const { values } = parseArgs({ args: [...args], options: { ...common, ...own } });
  const { data, json } = values as { data?: string; json: boolean };
  const where: Where = whereOf(data, process.env);
  const telling: Telling = {
    result: (value, words) => {
      if (process.stderr.isTTY) process.stderr.write('\n');
      process.stdout.write(json ? `${JSON.stringify(value)}\n` : `${words}\n`);
    },
    progress: (words) => {
      if (process.stderr.isTTY) process.stderr.write(`\r\u001B[K${words}`);
    },
  };
  return { values, where, telling };
}

export function needed(value: unknown, option: string): string {
  if (typeof value === 'string' && value !== '') return value;
  throw new CannotStart(`--${option} is missing: see --help.`);
}
