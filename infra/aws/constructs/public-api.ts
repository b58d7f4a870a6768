import { Duration, RemovalPolicy, Validations } from 'aws-cdk-lib';
import {
  AccessLogField,
  AccessLogFormat,
  EndpointType,
  LambdaIntegration,
  LogGroupLogDestination,
  MethodLoggingLevel,
  RestApi,
  SecurityPolicy,
} from 'aws-cdk-lib/aws-apigateway';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { Settings } from '../settings.ts';
import { logsEncrypted } from './encryption.ts';
import { Firewall } from './firewall.ts';
import { answerInProblemDetails } from './gateway-responses.ts';

/** Stands in the URL only while the API has no host name of its own. */
const stageName = 'live';

export interface PublicApiProps {
  /** Answers every path and method. */
  readonly handler: IFunction;
  /** Names the API in lists and metrics; unique in the account. */
  readonly name: string;
  readonly throttle: Settings['throttle'];
  readonly requestsPerAddress: number;
  /** @default API Gateway's own host name */
  readonly domain?: Settings['domain'];
}

/**
 * A regional REST API that hands every request to one function, behind a firewall and a throttle. Access logs hold
 * who, what, how long and with what result; never a header, a query or a body.
 */
export class PublicApi extends Construct {
  readonly api: RestApi;
  readonly accessLogs: LogGroup;

  constructor(scope: Construct, id: string, props: PublicApiProps) {
    super(scope, id);
    this.accessLogs = new LogGroup(this, 'AccessLogs', {
      retention: RetentionDays.ONE_YEAR,
      removalPolicy: RemovalPolicy.RETAIN,
    });
    this.api = new RestApi(this, 'Api', {
      restApiName: props.name,
      description: 'Offtake and stockpile marketplace for critical minerals',
      endpointTypes: [EndpointType.REGIONAL],
      // With a name of its own, the API answers under that name only.
      disableExecuteApiEndpoint: props.domain !== undefined,
      ...(props.domain === undefined
        ? {}
        : {
            domainName: {
              domainName: props.domain.name,
              certificate: Certificate.fromCertificateArn(this, 'Certificate', props.domain.certificateArn),
              endpointType: EndpointType.REGIONAL,
              securityPolicy: SecurityPolicy.TLS_1_2,
            },
          }),
      // Logs of an API need a role that is set once per account and region; it outlives the stack.
      cloudWatchRole: true,
      cloudWatchRoleRemovalPolicy: RemovalPolicy.RETAIN,
      deployOptions: {
        stageName,
        throttlingRateLimit: props.throttle.rate,
        throttlingBurstLimit: props.throttle.burst,
        tracingEnabled: true,
        metricsEnabled: true,
        loggingLevel: MethodLoggingLevel.ERROR,
        // Would log bodies: bids are sealed, from operators too.
        dataTraceEnabled: false,
        accessLogDestination: new LogGroupLogDestination(this.accessLogs),
        accessLogFormat: accessLogFormat,
      },
    });
    // API Gateway would make this group by itself at the first error, and keep it for ever.
    const executionLogs = new LogGroup(this, 'ExecutionLogs', {
      logGroupName: `API-Gateway-Execution-Logs_${this.api.restApiId}/${stageName}`,
      retention: RetentionDays.ONE_YEAR,
      removalPolicy: RemovalPolicy.RETAIN,
    });
    this.api.deploymentStage.node.addDependency(executionLogs);
    const integration = new LambdaIntegration(props.handler, {
      proxy: true,
      allowTestInvoke: false,
      timeout: Duration.seconds(29),
    });
    this.api.root.addMethod('ANY', integration);
    this.api.root.addProxy({ anyMethod: true, defaultIntegration: integration });
    answerInProblemDetails(this.api);
    new Firewall(this, 'Firewall', {
      stageArn: this.api.deploymentStage.stageArn,
      requestsPerAddress: props.requestsPerAddress,
    });
    acknowledgeFindings(this.api);
    Validations.of(this).acknowledge({
      id: 'NIST.800.53.R5-CloudWatchLogGroupEncrypted',
      reason: logsEncrypted,
    });
  }
}

const accessLogFormat = AccessLogFormat.custom(
  JSON.stringify({
    requestId: AccessLogField.contextRequestId(),
    time: AccessLogField.contextRequestTimeEpoch(),
    address: AccessLogField.contextIdentitySourceIp(),
    method: AccessLogField.contextHttpMethod(),
    path: AccessLogField.contextPath(),
    status: AccessLogField.contextStatus(),
    milliseconds: AccessLogField.contextResponseLatency(),
    bytes: AccessLogField.contextResponseLength(),
    integrationStatus: AccessLogField.contextIntegrationStatus(),
    integrationMilliseconds: AccessLogField.contextIntegrationLatency(),
    firewall: AccessLogField.contextWafResponseCode(),
    trace: AccessLogField.contextXrayTraceId(),
  }),
);

function acknowledgeFindings(api: RestApi): void {
  const inFunction =
    'The function verifies issuer, signature, token_use, client and expiry itself, the same code on every host; ' +
    'some paths are public, and a gateway authoriser answers in a shape of its own.';
  Validations.of(api).acknowledge(
    { id: 'AwsSolutions-APIG4', reason: inFunction },
    { id: 'AwsSolutions-COG4', reason: inFunction },
    {
      id: 'AwsSolutions-APIG2',
      reason: 'The function validates every request against its schema and names the field at fault.',
    },
    {
      id: 'AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs]',
      reason: 'The account-wide role for the logs of API Gateway, with the policy AWS publishes for it.',
    },
    {
      id: 'NIST.800.53.R5-APIGWCacheEnabledAndEncrypted',
      reason:
        'Answers depend on who asks, and a book that is a minute old is a wrong one: nothing is cached.',
    },
    {
      id: 'NIST.800.53.R5-APIGWSSLEnabled',
      reason:
        'A client certificate shows a server on the network who calls. Behind this API is a function, by its role.',
    },
  );
}
