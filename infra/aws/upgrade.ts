import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { gunzipSync } from 'node:zlib';
import * as z from 'zod';

/**
 * What a deployment must never lose: resources that hold something or that others know by name, with all that would
 * make CloudFormation replace them. Named `<stack>/<logical id>`.
 */
const outlineSchema = z.record(
  z.string(),
  z.strictObject({ type: z.string(), kept: z.boolean(), fixed: z.record(z.string(), z.unknown()) }),
);
export type Outline = z.output<typeof outlineSchema>;

/**
 * Types that hold something, or whose identifier others were given. To each, what CloudFormation's own list of
 * replacing properties leaves out though it can never change, or not without a loss.
 */
const lasting: Readonly<Record<string, readonly string[]>> = {
  // An index that changes its key is filled anew while its readers find nothing; a stream that changes is a new one.
  'AWS::DynamoDB::GlobalTable': ['GlobalSecondaryIndexes', 'StreamSpecification', 'TimeToLiveSpecification'],
  'AWS::Cognito::UserPool': ['AliasAttributes', 'UsernameAttributes', 'UsernameConfiguration', 'Schema'],
  'AWS::Cognito::UserPoolClient': [],
  'AWS::Cognito::UserPoolDomain': [],
  'AWS::Cognito::UserPoolGroup': [],
  'AWS::Cognito::UserPoolResourceServer': [],
  'AWS::S3::Bucket': ['VersioningConfiguration'],
  'AWS::KMS::Key': ['KeySpec', 'KeyUsage', 'MultiRegion'],
  'AWS::Logs::LogGroup': [],
  'AWS::SQS::Queue': [],
  'AWS::Events::EventBus': [],
  'AWS::SNS::Topic': [],
  // Its host name is what callers know, as long as there is no domain.
  'AWS::ApiGateway::RestApi': ['EndpointConfiguration'],
  'AWS::ApiGateway::DomainName': [],
};

const stackSchema = z.object({
  stackName: z.string(),
  template: z.object({
    Resources: z
      .record(
        z.string(),
        z.object({
          Type: z.string(),
          DeletionPolicy: z.string().optional(),
          UpdateReplacePolicy: z.string().optional(),
          Properties: z.record(z.string(), z.unknown()).default({}),
        }),
      )
      .default({}),
  }),
});

/** The outline of synthesised stacks (`CloudAssembly.stacks`, or whatever has a name and a template). */
export function outlineOf(stacks: readonly unknown[]): Outline {
  const replacing = replacingProperties();
  const outline: Outline = {};
  for (const { stackName, template } of z.array(stackSchema).parse(stacks))
    for (const [id, resource] of Object.entries(template.Resources)) {
      const more = lasting[resource.Type];
      if (more === undefined) continue;
      const names = [...(replacing.get(resource.Type) ?? []), ...more].filter(
        (name) => name in resource.Properties,
      );
      outline[`${stackName}/${id}`] = {
        type: resource.Type,
        kept: resource.DeletionPolicy === 'Retain' && resource.UpdateReplacePolicy === 'Retain',
        fixed: Object.fromEntries(names.sort().map((name) => [name, resource.Properties[name]])),
      };
    }
  return outline;
}

/** What deploying `after` over `before` would lose, in words; empty if nothing. What is added is no loss. */
export function whatIsLost(before: Outline, after: Outline): string[] {
  return Object.entries(before).flatMap(([name, was]) => {
    const is = after[name];
    if (is === undefined) return [`${name} (${was.type}) is removed or renamed`];
    const changed = [...new Set([...Object.keys(was.fixed), ...Object.keys(is.fixed)])].filter(
      (property) => !isAsBefore(property, was.fixed[property], is.fixed[property]),
    );
    return [
      ...(is.type === was.type ? [] : [`${name} was ${was.type} and becomes ${is.type}`]),
      ...(was.kept && !is.kept ? [`${name} (${was.type}) is no longer kept when it is removed`] : []),
      ...changed.map((property) => `${name} (${was.type}) is replaced by a change of ${property}`),
    ];
  });
}

/** Lists to which something may be added in place: attributes of users, indexes. */
const mayGrow: readonly string[] = ['Schema', 'GlobalSecondaryIndexes'];

const isAsBefore = (property: string, was: unknown, is: unknown): boolean =>
  isDeepStrictEqual(was, is) ||
  (mayGrow.includes(property) &&
    Array.isArray(was) &&
    Array.isArray(is) &&
    was.every((each) => is.some((other) => isDeepStrictEqual(each, other))));

/** The outline of the release before, which `npm run baseline` renews. */
export const baselineFile = new URL('./baseline.json', import.meta.url);
export const readBaseline = (): Outline =>
  outlineSchema.parse(JSON.parse(readFileSync(baselineFile, 'utf8')));

const databaseSchema = z.object({
  schema: z.object({
    resource: z.object({
      entities: z.array(z.object({ cloudFormationType: z.string(), properties: z.unknown() })),
    }),
  }),
});
const propertiesSchema = z.record(z.string(), z.object({ causesReplacement: z.string().optional() }));

/** What replaces a resource when it changes, by type: from the copy of CloudFormation's specification in the CDK. */
function replacingProperties(): ReadonlyMap<string, readonly string[]> {
  const file = join(dirname(createRequire(import.meta.url).resolve('aws-cdk/package.json')), 'db.json.gz');
  const { schema } = databaseSchema.parse(JSON.parse(gunzipSync(readFileSync(file)).toString()));
  return new Map(
    schema.resource.entities
      .filter(({ cloudFormationType }) => cloudFormationType in lasting)
      .map(({ cloudFormationType, properties }) => [
        cloudFormationType,
        Object.entries(propertiesSchema.parse(properties))
          .filter(([, { causesReplacement = 'no' }]) => causesReplacement !== 'no')
          .map(([name]) => name),
      ]),
  );
}
