import type { Node } from 'constructs';
import * as z from 'zod';
import type { Settings, SettingsInput, StageName } from './settings.ts';
import { settingsSchema, stageNames } from './settings.ts';

/**
 * The deployments of this marketplace, and how each differs from the defaults. This is the file to edit for what is to
 * stay; the command line is for what is to be tried (`readSettings`).
 */
export const stages: Readonly<Record<StageName, Omit<SettingsInput, 'stage'>>> = {
  /** For whoever works on the code: fits an account that AWS has not raised any limit of. */
  dev: {
    throttle: { rate: 20, burst: 40 },
    readyInstances: 0,
    rollout: 'at-once',
    concurrentClearings: 2,
    clearingMemory: 3008,
    clearingMinutes: 5,
  },
  /** What is to go to `prod` proves itself here first: sized as it, with fewer callers. */
  staging: {
    throttle: { rate: 50, burst: 100 },
    readyInstances: 1,
    concurrentClearings: 2,
  },
  prod: {},
};

/** Words of the command line for what differs most often: `cdk deploy --all -c stage=prod -c email=duty@…`. */
const shortcutsSchema = z.object({
  stage: z.enum(stageNames).default('dev'),
  email: z.string().optional(),
  domain: z.string().optional(),
  certificate: z.string().optional(),
  region: z.string().optional(),
  replicas: z
    .string()
    .transform((list) => list.split(',').filter((each) => each !== ''))
    .optional(),
});

/**
 * The settings of one deployment: what `stages` says of the stage that the CDK context names, under `lodestone` of the
 * context (an object in `cdk.json`, or JSON with `-c lodestone='{…}'`), under the words above. Throws zod's error on
 * a setting that is misspelt or out of range.
 */
export function readSettings(node: Node): Settings {
  const names = Object.keys(shortcutsSchema.shape);
  const { stage, email, domain, certificate, region, replicas } = shortcutsSchema.parse(
    Object.fromEntries(names.map((name) => [name, node.tryGetContext(name) as unknown])),
  );
  const context: unknown = node.tryGetContext('lodestone') ?? {};
  const given = z
    .record(z.string(), z.unknown())
    .parse(typeof context === 'string' ? JSON.parse(context) : context);
  return settingsSchema.parse({
    ...stages[stage],
    ...given,
    stage,
    ...(email === undefined ? {} : { alarmEmail: email }),
    ...(domain === undefined && certificate === undefined
      ? {}
      : { domain: { name: domain, certificateArn: certificate } }),
    ...(region === undefined ? {} : { region }),
    ...(replicas === undefined ? {} : { tableReplicas: replicas }),
  });
}

/** What is wrong with the settings that were given, for whoever gave them; nothing where they are right. */
export function wrongSettings(node: Node): string | undefined {
  try {
    readSettings(node);
    return undefined;
  } catch (error) {
    if (!(error instanceof z.ZodError) && !(error instanceof SyntaxError)) throw error;
    const what = error instanceof z.ZodError ? z.prettifyError(error) : `-c lodestone: ${error.message}`;
    return `These settings cannot be deployed:\n${what}\nWhat there is to set: docs/deploy.md, infra/aws/settings.ts.`;
  }
}
