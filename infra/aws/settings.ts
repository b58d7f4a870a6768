import * as z from 'zod';
import { nameIdSchema } from '../../shared/kernel/ids.ts';
import { roles } from '../../shared/reference/role.ts';
import { isOrigin, originExpected } from '../../functions/api/access-settings.ts';

export const stageNames = ['dev', 'staging', 'prod'] as const;
export type StageName = (typeof stageNames)[number];

const regionSchema = z.string().regex(/^[a-z]{2}(-[a-z]+)+-\d$/, 'expected a region such as "eu-central-1"');

/** What differs between deployments. Everything has a default, and nothing here is secret. */
const settingsShape = {
  /** Part of the name of every stack, so that stages can share an account. */
  stage: z.enum(stageNames).default('dev'),
  /** Where everything runs. Default: the region and account of whoever deploys. */
  region: regionSchema.optional(),
  account: z
    .string()
    .regex(/^\d{12}$/)
    .optional(),
  /** Further regions, each with a live copy of the table to go on from when the first is lost. Default: none. */
  tableReplicas: z.array(regionSchema).default([]),
  /** Systems that call the API by themselves, each for one organisation. Default: none. */
  machineClients: z
    .array(
      z.strictObject({
        name: nameIdSchema,
        organisation: nameIdSchema,
        roles: z.array(z.enum(roles)).min(1),
      }),
    )
    .refine(
      (clients) => new Set(clients.map(({ name }) => name)).size === clients.length,
      'names must differ',
    )
    .default([]),
  /** The API's own host name, with a certificate of the same region. Default: API Gateway's, under `/live`. */
  domain: z
    .strictObject({
      name: z.string({ error: 'a certificate is for a domain: -c domain=…' }).min(1),
      certificateArn: z
        .string({ error: 'a domain needs the ARN of its certificate: -c certificate=…' })
        .regex(/^arn:/, 'expected the ARN of a certificate: arn:aws:acm:…'),
    })
    .optional(),
  /** Where whoever is woken by an alarm finds the runbook, to click on. Default: its path in this repository. */
  runbook: z.string().min(1).default('docs/runbook.md'),
  /** Who is told of alarms. Default: the topic has no subscriber. */
  alarmEmail: z.email().optional(),
  /** Requests a second over all callers, and the burst above it. */
  throttle: z
    .strictObject({ rate: z.int().positive(), burst: z.int().positive() })
    .default({ rate: 200, burst: 400 }),
  /**
   * Requests of one organisation a second, and at once. Counted for all instances of the function together, give or take
   * a twentieth of `burst` for each.
   */
  organisationThrottle: z
    .strictObject({ rate: z.number().positive(), burst: z.int().positive() })
    .default({ rate: 20, burst: 100 }),
  /** Origins whose scripts browsers let read answers, such as "https://market.example". Default: none. */
  corsOrigins: z
    .array(z.string().refine(isOrigin, { error: originExpected }))
    .max(20)
    .default([]),
  /** Requests from one address in five minutes, above which the firewall refuses it. */
  requestsPerAddress: z.int().min(10).default(10_000),
  /** Instances of the API kept started, so that few calls wait for a start. Each costs whether it is called or not. */
  readyInstances: z.int().min(0).max(1000).default(2),
  /**
   * How a new version of the API takes over: all at once; a tenth of the calls for a quarter of an hour, then all; or a
   * tenth more every three minutes. Meanwhile an alarm takes it back.
   */
  rollout: z.enum(['at-once', 'canary', 'linear']).default('canary'),
  /** Products cleared at the same time. */
  concurrentClearings: z.int().min(2).max(1000).default(10),
  /**
   * Memory of the Lambda that clears, in MiB: how large a market it can take. The default, the most that Lambda gives,
   * clears a million orders. AWS gives new accounts 3,008 at most until it is asked for more.
   */
  clearingMemory: z.int().min(1769).max(10_240).default(10_240),
  /** Its timeout. After a crash the market stands still for a minute more; a large market needs most of it to decide. */
  clearingMinutes: z.int().min(2).max(15).default(15),
};

export const settingsSchema = z
  .strictObject(settingsShape)
  .refine(({ region, tableReplicas }) => tableReplicas.length === 0 || region !== undefined, {
    path: ['region'],
    error: 'copies of the table need a region of its own to be named',
  })
  .refine(({ region, tableReplicas: copies }) => new Set([region, ...copies]).size === copies.length + 1, {
    path: ['tableReplicas'],
    error: 'each region once, and none that the table is in already',
  });
export type Settings = z.output<typeof settingsSchema>;
export type SettingsInput = z.input<typeof settingsSchema>;
