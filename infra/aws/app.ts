import type { App } from 'aws-cdk-lib';
import { Tags } from 'aws-cdk-lib';
import type { HandlerCode } from './constructs/service-function.ts';
import { DataStack } from './data-stack.ts';
import { ServiceStack } from './service-stack.ts';
import { settingsOf } from './settings.ts';

/** The whole deployment: data that stays, and a service on it that can be replaced. */
export function defineStacks(app: App, code: HandlerCode): { data: DataStack; service: ServiceStack } {
  const settings = settingsOf(app.node);
  const data = new DataStack(app, 'LodestoneData', { code, settings });
  const service = new ServiceStack(app, 'LodestoneService', { code, settings, data });
  Tags.of(app).add('application', 'lodestone');
  return { data, service };
}
