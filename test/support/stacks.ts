import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Code } from 'aws-cdk-lib/aws-lambda';
import { defineStacks } from '../../infra/aws/app.ts';
import type { StageName } from '../../infra/aws/settings.ts';

interface CdkJson {
  readonly context: Readonly<Record<string, unknown>>;
}
const cdkJson = JSON.parse(readFileSync(join(import.meta.dirname, '../../cdk.json'), 'utf8')) as CdkJson;

/** A deployment with everything that is optional. */
export const exampleSettings = {
  machineClients: [
    { name: 'mine-erp', organisation: 'org-1', roles: ['producer'] },
    { name: 'trader', organisation: 'org-2', roles: ['producer', 'buyer'] },
  ],
  domain: {
    name: 'api.lodestone.example',
    certificateArn: 'arn:aws:acm:eu-central-1:111122223333:certificate/5d1c1fd0-0000-4000-8000-000000000000',
  },
  alarmEmail: 'duty@lodestone.example',
};

/** The stacks under the flags of `cdk.json`, with a placeholder where the handlers' bundles go. */
export function stacks(settings: Readonly<Record<string, unknown>> = {}, stage: StageName = 'prod') {
  const app = new App({ context: { ...cdkJson.context, stage, lodestone: settings } });
  return { app, ...defineStacks(app, () => Code.fromInline('export const handler = () => {};')) };
}

/** Synthesising takes seconds: do it once in a test file. */
export function templates(settings?: Readonly<Record<string, unknown>>, stage?: StageName) {
  const { data, identity, service, observability } = stacks(settings, stage);
  return {
    data: Template.fromStack(data),
    identity: Template.fromStack(identity),
    service: Template.fromStack(service),
    observability: Template.fromStack(observability),
  };
}

/** A resource as the template has it. */
export interface Resource {
  readonly Type: string;
  readonly Properties: Readonly<Record<string, unknown>>;
  readonly DeletionPolicy?: string;
  readonly UpdateReplacePolicy?: string;
}

/** Every resource of a type, by logical id. */
export const resourcesOf = (template: Template, type: string): Readonly<Record<string, Resource>> =>
  template.findResources(type) as Record<string, Resource>;

/** The logical id of the one resource of a type whose properties contain these. */
export function idOf(template: Template, type: string, properties: Record<string, unknown> = {}): string {
  const [id, ...others] = Object.keys(template.findResources(type, { Properties: properties }));
  if (id === undefined || others.length > 0) throw new Error(`${String(others.length + 1)} of ${type}`);
  return id;
}
