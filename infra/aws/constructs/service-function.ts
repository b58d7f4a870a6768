import { Duration, RemovalPolicy, Validations } from 'aws-cdk-lib';
import { Effect, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Architecture, Code, Function, Runtime, Tracing } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { logsEncrypted } from './encryption.ts';
import type { HandlerName } from '../bundle.ts';

/** The folder with a handler's bundle, as an asset; tests put a placeholder here. */
export type HandlerCode = (name: HandlerName) => Code;

export interface ServiceFunctionProps {
  /** Which handler: names the folder of the code and the service in the logs. */
  readonly handler: HandlerName;
  readonly code: HandlerCode;
  readonly description: string;
  /** @default 29 seconds, API Gateway's own limit */
  readonly timeout?: Duration;
  /** In MiB. */
  readonly memorySize: number;
  /** Beside the logger's own. Never a secret: the environment is readable with the function. @default none */
  readonly environment?: Readonly<Record<string, string>>;
}

/** Actions on resources, both by their full names: no wildcard action, ever. */
export interface Permission {
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  /** Of a table: patterns of partition keys. @default any */
  readonly partitions?: readonly string[];
  /** Forbids, whatever else allows it. @default false */
  readonly refused?: boolean;
}

/**
 * A Lambda with our defaults: Node.js 24 on arm64, a role that may write its own log group and traces and nothing
 * else, logs kept for a year. Everything further is granted by name with `allow`.
 */
export class ServiceFunction extends Construct {
  readonly function: Function;
  readonly logGroup: LogGroup;

  constructor(scope: Construct, id: string, props: ServiceFunctionProps) {
    super(scope, id);
    this.logGroup = new LogGroup(this, 'Logs', {
      retention: RetentionDays.ONE_YEAR,
      removalPolicy: RemovalPolicy.RETAIN,
    });
    // A role of our own: the managed AWSLambdaBasicExecutionRole may write to every log group of the account.
    const role = new Role(this, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    this.logGroup.grantWrite(role);
    this.function = new Function(this, 'Function', {
      description: props.description,
      code: props.code(props.handler),
      handler: 'index.handler',
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      role,
      timeout: props.timeout ?? Duration.seconds(29),
      memorySize: props.memorySize,
      tracing: Tracing.ACTIVE,
      logGroup: this.logGroup,
      environment: {
        POWERTOOLS_SERVICE_NAME: props.handler,
        POWERTOOLS_LOG_LEVEL: 'INFO',
        ...props.environment,
      },
    });
    Validations.of(role).acknowledge({
      id: 'AwsSolutions-IAM5[Resource::*]',
      reason: 'X-Ray has no resources to name: xray:PutTraceSegments and PutTelemetryRecords take only "*".',
    });
    acknowledgeFindings(this);
  }

  /** Grants exactly what each permission names, and refuses what it says is refused. */
  allow(...permissions: readonly Permission[]): void {
    for (const { actions, resources, partitions, refused = false } of permissions)
      this.function.addToRolePolicy(
        new PolicyStatement({
          effect: refused ? Effect.DENY : Effect.ALLOW,
          actions: [...actions],
          resources: [...resources],
          // All keys of a request must be among those that are allowed; one among those refused is too many.
          ...(partitions && {
            conditions: {
              [`${refused ? 'ForAnyValue' : 'ForAllValues'}:StringLike`]: {
                'dynamodb:LeadingKeys': [...partitions],
              },
            },
          }),
        }),
      );
  }
}

function acknowledgeFindings(scope: Construct): void {
  Validations.of(scope).acknowledge(
    {
      id: 'NIST.800.53.R5-LambdaInsideVPC',
      reason:
        'It talks to AWS APIs, each call signed and over TLS, and notify to webhooks on the internet. A network of its own ' +
        'would add nothing that a role does not refuse already, and a way out that has to be kept.',
    },
    {
      id: 'NIST.800.53.R5-LambdaConcurrency',
      reason:
        'Reserved concurrency on a consumer dead-letters messages that were never tried. What bounds each is before it: ' +
        'the throttle of the stage, the maximum concurrency of the queue, the shards of the stream, the schedule.',
    },
    {
      id: 'NIST.800.53.R5-LambdaDLQ',
      reason:
        'The dead-letter setting of a function serves asynchronous calls only. What calls this one has its own: the ' +
        'on-failure destination of schedule and stream, the dead letters of the queue; a caller who waits gets the error.',
    },
    {
      id: 'NIST.800.53.R5-IAMNoInlinePolicy',
      reason:
        'The policy is for this one role and goes with it: as a managed one it could be attached to others.',
    },
    {
      id: 'NIST.800.53.R5-CloudWatchLogGroupEncrypted',
      reason: logsEncrypted,
    },
  );
}
