import type { App } from 'aws-cdk-lib';
import { Tags } from 'aws-cdk-lib';
import type { HandlerCode } from './constructs/service-function.ts';
import { DataStack } from './data-stack.ts';
import { IdentityStack } from './identity-stack.ts';
import { ObservabilityStack } from './observability-stack.ts';
import { ServiceStack } from './service-stack.ts';
import { readSettings } from './stages.ts';

/** The stacks of one deployment, in the order in which they are deployed. */
export interface Deployment {
  readonly data: DataStack;
  readonly identity: IdentityStack;
  readonly service: ServiceStack;
  readonly observability: ObservabilityStack;
}

/**
 * The whole deployment of a stage: data and people that stay, a service on them that can be replaced, and what watches
 * all of it.
 */
export function defineStacks(app: App, code: HandlerCode): Deployment {
  const settings = readSettings(app.node);
  const { stage, region, account } = settings;
  const props = {
    code,
    settings,
    env: { ...(region === undefined ? {} : { region }), ...(account === undefined ? {} : { account }) },
  };
  const data = new DataStack(app, `lodestone-${stage}-data`, props);
  const identity = new IdentityStack(app, `lodestone-${stage}-identity`, props);
  const service = new ServiceStack(app, `lodestone-${stage}-service`, { ...props, data, identity });
  const observability = new ObservabilityStack(app, `lodestone-${stage}-observability`, {
    ...props,
    watched: service.watched,
  });
  Tags.of(app).add('application', 'lodestone');
  Tags.of(app).add('stage', stage);
  return { data, identity, service, observability };
}
