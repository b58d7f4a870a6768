import { Match } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { problemCodes } from '../../shared/kernel/problem.ts';
import { exampleSettings, idOf, resourcesOf, templates } from '../support/stacks.ts';

const { service } = templates(exampleSettings);

describe('the API', () => {
  it('is regional and hands every path and method to one function', () => {
    service.hasResourceProperties('AWS::ApiGateway::RestApi', {
      EndpointConfiguration: { Types: ['REGIONAL'] },
    });
    const methods = Object.values(resourcesOf(service, 'AWS::ApiGateway::Method'));
    expect(methods).toHaveLength(2);
    for (const method of methods)
      expect(method.Properties).toMatchObject({
        HttpMethod: 'ANY',
        Integration: { Type: 'AWS_PROXY', TimeoutInMillis: 29_000 },
      });
    service.hasResourceProperties('AWS::ApiGateway::Resource', { PathPart: '{proxy+}' });
  });

  it('may be called by this API only', () => {
    for (const permission of Object.values(resourcesOf(service, 'AWS::Lambda::Permission')))
      expect(permission.Properties['SourceArn']).toBeDefined();
  });

  it('is throttled, and logs neither bodies nor headers nor queries', () => {
    service.hasResourceProperties('AWS::ApiGateway::Stage', {
      MethodSettings: [
        Match.objectLike({ ThrottlingRateLimit: 200, ThrottlingBurstLimit: 400, DataTraceEnabled: false }),
      ],
      AccessLogSetting: { DestinationArn: Match.anyValue() },
    });
    const [stage] = Object.values(resourcesOf(service, 'AWS::ApiGateway::Stage'));
    const { Format } = stage?.Properties['AccessLogSetting'] as { Format: string };
    expect(Object.keys(JSON.parse(Format) as object)).toEqual(
      expect.arrayContaining(['requestId', 'status', 'path', 'milliseconds']),
    );
    expect(Format).not.toMatch(/authori[sz]er|header|query|body|input/i);
  });

  it('answers under its own name only, in TLS 1.2 and above, when it has one', () => {
    service.hasResourceProperties('AWS::ApiGateway::RestApi', { DisableExecuteApiEndpoint: true });
    service.hasResourceProperties('AWS::ApiGateway::DomainName', {
      DomainName: exampleSettings.domain.name,
      SecurityPolicy: 'TLS_1_2',
    });
  });
});

describe('what the gateway answers by itself', () => {
  const answers = Object.values(resourcesOf(service, 'AWS::ApiGateway::GatewayResponse'));
  const types = answers.map((answer) => String(answer.Properties['ResponseType']));

  it('covers every way of failing', () => {
    expect(types).toEqual(
      expect.arrayContaining([
        'DEFAULT_4XX',
        'DEFAULT_5XX',
        'THROTTLED',
        'REQUEST_TOO_LARGE',
        'INTEGRATION_TIMEOUT',
        'WAF_FILTERED',
      ]),
    );
  });

  it.each(answers.map((answer) => [String(answer.Properties['ResponseType']), answer.Properties] as const))(
    '%s is a problem with a code, the status that it is sent with, and the request id',
    (_type, properties) => {
      expect(properties['ResponseParameters']).toMatchObject({
        'gatewayresponse.header.Content-Type': "'application/problem+json'",
        'gatewayresponse.header.X-Request-Id': 'context.requestId',
      });
      const templates = properties['ResponseTemplates'] as Record<string, string>;
      const problem = JSON.parse(templates['application/json'] ?? '') as Record<string, unknown>;
      expect(problem).toMatchObject({
        type: expect.any(String) as string,
        title: expect.any(String) as string,
        detail: expect.any(String) as string,
        status: Number(properties['StatusCode']),
        instance: expect.stringContaining('$context.requestId') as string,
      });
      expect(problemCodes).toContain(problem['code']);
    },
  );

  it.each(['THROTTLED', 'INTEGRATION_TIMEOUT', 'INTEGRATION_FAILURE'])(
    '%s says when to come back',
    (type) => {
      service.hasResourceProperties('AWS::ApiGateway::GatewayResponse', {
        ResponseType: type,
        ResponseParameters: { 'gatewayresponse.header.Retry-After': Match.stringLikeRegexp("^'\\d+'$") },
      });
    },
  );
});

describe('the firewall', () => {
  it('stands before the stage', () => {
    service.hasResourceProperties('AWS::WAFv2::WebACLAssociation', {
      ResourceArn: {
        'Fn::Join': ['', Match.arrayWith(['/stages/', { Ref: idOf(service, 'AWS::ApiGateway::Stage') }])],
      },
    });
  });

  it('limits each address and blocks by managed rules', () => {
    service.hasResourceProperties('AWS::WAFv2::WebACL', {
      Scope: 'REGIONAL',
      Rules: Match.arrayWith([
        Match.objectLike({
          Action: { Block: {} },
          Statement: { RateBasedStatement: Match.objectLike({ AggregateKeyType: 'IP', Limit: 10_000 }) },
        }),
        ...['AmazonIpReputationList', 'KnownBadInputsRuleSet', 'CommonRuleSet'].map((name) =>
          Match.objectLike({
            Name: `AWSManagedRules${name}`,
            // `Count` here would switch off the whole group.
            OverrideAction: { None: {} },
          }),
        ),
      ]),
    });
  });

  it('logs no token', () => {
    service.hasResourceProperties('AWS::WAFv2::LoggingConfiguration', {
      RedactedFields: [{ SingleHeader: { Name: 'authorization' } }],
    });
  });
});
