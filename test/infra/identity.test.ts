import { Match } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { roles } from '../../shared/reference/role.ts';
import { exampleSettings, idOf, resourcesOf, templates } from '../support/stacks.ts';

const { identity, service } = templates(exampleSettings);
const clients = Object.values(resourcesOf(identity, 'AWS::Cognito::UserPoolClient'));

describe('the user pool', () => {
  it('is kept, and guards who comes in', () => {
    identity.hasResource('AWS::Cognito::UserPool', {
      DeletionPolicy: 'Retain',
      UpdateReplacePolicy: 'Retain',
    });
    identity.hasResourceProperties('AWS::Cognito::UserPool', {
      UserPoolTier: 'ESSENTIALS',
      DeletionProtection: 'ACTIVE',
      AdminCreateUserConfig: { AllowAdminCreateUserOnly: true },
      MfaConfiguration: 'ON',
      EnabledMfas: ['SOFTWARE_TOKEN_MFA'],
      Policies: {
        PasswordPolicy: {
          MinimumLength: 14,
          RequireLowercase: true,
          RequireUppercase: true,
          RequireNumbers: true,
          RequireSymbols: true,
        },
      },
    });
  });

  it('asks the pre-token function, in the version that machines reach too, and only this pool may', () => {
    const trigger = idOf(identity, 'AWS::Lambda::Function');
    identity.hasResourceProperties('AWS::Cognito::UserPool', {
      LambdaConfig: {
        PreTokenGenerationConfig: { LambdaArn: { 'Fn::GetAtt': [trigger, 'Arn'] }, LambdaVersion: 'V3_0' },
      },
    });
    identity.hasResourceProperties('AWS::Lambda::Permission', {
      Principal: 'cognito-idp.amazonaws.com',
      SourceArn: { 'Fn::GetAtt': [idOf(identity, 'AWS::Cognito::UserPool'), 'Arn'] },
    });
  });

  it('answers a token before Cognito gives up on the trigger', () => {
    identity.hasResourceProperties('AWS::Lambda::Function', { Timeout: 5 });
  });

  it('has a group for each role', () => {
    const groups = Object.values(resourcesOf(identity, 'AWS::Cognito::UserPoolGroup'));
    expect(groups.map((group) => group.Properties['GroupName']).sort()).toEqual([...roles].sort());
  });
});

describe('the client for people', () => {
  const people = clients.filter((client) => client.Properties['GenerateSecret'] === false);

  it('cannot write the organisation, nor the address that passwords are recovered by', () => {
    expect(people).toHaveLength(1);
    expect(people[0]?.Properties['WriteAttributes']).toEqual(['family_name', 'given_name']);
  });

  it('never sees the password, tells nobody who exists, and gives tokens that soon end', () => {
    expect(people[0]?.Properties).toMatchObject({
      ExplicitAuthFlows: ['ALLOW_USER_SRP_AUTH', 'ALLOW_REFRESH_TOKEN_AUTH'],
      AllowedOAuthFlowsUserPoolClient: false,
      PreventUserExistenceErrors: 'ENABLED',
      AccessTokenValidity: 15,
      TokenValidityUnits: { AccessToken: 'minutes' },
    });
  });
});

describe('a client for a machine', () => {
  const machines = clients.filter((client) => client.Properties['GenerateSecret'] === true);
  const scopesOf = (index: number) => JSON.stringify(machines[index]?.Properties['AllowedOAuthScopes']);

  it('signs in as itself only: no person can use it', () => {
    expect(machines).toHaveLength(2);
    for (const machine of machines)
      expect(machine.Properties).toMatchObject({
        AllowedOAuthFlows: ['client_credentials'],
        ExplicitAuthFlows: ['ALLOW_REFRESH_TOKEN_AUTH'],
      });
  });

  it('is allowed its own organisation and roles, and no others', () => {
    const names = machines.map((_, index) =>
      scopesOf(index)
        .match(/(role|organisation)\.[\w-]+/g)
        ?.sort(),
    );
    expect(names).toEqual([
      ['organisation.org-1', 'role.producer'],
      ['organisation.org-2', 'role.buyer', 'role.producer'],
    ]);
  });

  it('draws on scopes that exist', () => {
    identity.hasResourceProperties('AWS::Cognito::UserPoolResourceServer', {
      Identifier: 'lodestone',
      Scopes: Match.arrayWith([
        Match.objectLike({ ScopeName: 'role.stockpile-operator' }),
        Match.objectLike({ ScopeName: 'organisation.org-1' }),
        Match.objectLike({ ScopeName: 'organisation.org-2' }),
      ]),
    });
  });
});

it('tells the API who signs tokens, and for which clients, separated by commas', () => {
  const functions = Object.values(resourcesOf(service, 'AWS::Lambda::Function'));
  const api = functions.find(({ Properties }) => JSON.stringify(Properties).includes('CLIENT_IDS'));
  const { Variables } = api?.Properties['Environment'] as { Variables: Record<string, unknown> };
  expect(JSON.stringify(Variables['ISSUER'])).toContain('ProviderURL');
  expect(JSON.stringify(Variables['CLIENT_IDS'])).toMatch(/People\w+"},",",\{.*mineerp\w+"},",",\{.*trader/);
});
