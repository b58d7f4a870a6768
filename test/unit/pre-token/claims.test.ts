import { describe, expect, it } from 'vitest';
import type { TokenRequest } from '../../../functions/pre-token/claims.ts';
import { handler } from '../../../functions/pre-token/handler.ts';

/** Cognito's version 3 event, as it comes. */
const event = (triggerSource: string, request: TokenRequest['request'] & Record<string, unknown>) => ({
  version: '3',
  triggerSource,
  region: 'eu-central-1',
  userPoolId: 'eu-central-1_example',
  userName: '53f4e8c2',
  callerContext: { awsSdkVersion: 'aws-sdk-unknown-unknown', clientId: '7lhlkkfbfb4q5kpp90urffao' },
  request,
  response: { claimsAndScopeOverrideDetails: null },
});

const person = (
  userAttributes: Record<string, string>,
  groups: string[] | null = [],
  more: Record<string, unknown> = {},
) =>
  event('TokenGeneration_Authentication', {
    userAttributes,
    groupConfiguration: { groupsToOverride: groups },
    ...more,
  });

const machine = (scopes: string[], more: Record<string, unknown> = {}) =>
  event('TokenGeneration_ClientCredentials', { userAttributes: {}, scopes, ...more });

const claimsIn = async (asked: ReturnType<typeof event>) =>
  (await handler(asked)).response.claimsAndScopeOverrideDetails.accessTokenGeneration.claimsToAddOrOverride;

describe('a person', () => {
  it('gets the organisation of its attribute and the roles of its groups', async () => {
    expect(await claimsIn(person({ 'custom:organisation': 'org-1' }, ['producer', 'auditor']))).toEqual({
      organisation: 'org-1',
      roles: ['auditor', 'producer'],
    });
  });

  it.each([
    'TokenGeneration_HostedAuth',
    'TokenGeneration_NewPasswordChallenge',
    'TokenGeneration_AuthenticateDevice',
    'TokenGeneration_RefreshTokens',
  ])('gets the same by way of %s', async (triggerSource) => {
    const asked = { ...person({ 'custom:organisation': 'org-1' }, ['buyer']), triggerSource };
    expect(await claimsIn(asked)).toEqual({ organisation: 'org-1', roles: ['buyer'] });
  });

  it('gets no role from a group that is none', async () => {
    const asked = person({ 'custom:organisation': 'org-1' }, [
      'eu-central-1_x_Google',
      'Administrator',
      'buyer',
    ]);
    expect((await claimsIn(asked)).roles).toEqual(['buyer']);
  });

  it('gets an empty list of roles without groups, so that a client always finds an array', async () => {
    expect((await claimsIn(person({ 'custom:organisation': 'org-1' }, null))).roles).toEqual([]);
  });

  it('gets no role or organisation from scopes or from what its client sends along', async () => {
    const asked = person({ 'custom:organisation': 'org-1' }, ['buyer'], {
      scopes: ['lodestone/role.administrator', 'lodestone/organisation.org-2'],
      clientMetadata: { organisation: 'org-2', roles: 'administrator' },
    });
    expect(await claimsIn(asked)).toEqual({ organisation: 'org-1', roles: ['buyer'] });
  });

  it('gets no token without an organisation', async () => {
    await expect(handler(person({ organisation: 'org-1' }, ['administrator']))).rejects.toThrow(
      'this user belongs to no organisation yet',
    );
  });

  it.each(['', 'org 1', 'org-1#contract', 'a'.repeat(65)])(
    'gets no token for the organisation %j, which is no id',
    async (organisation) => {
      await expect(handler(person({ 'custom:organisation': organisation }))).rejects.toThrow(
        'not a valid id',
      );
    },
  );
});

describe('a machine', () => {
  it('gets what its scopes say', async () => {
    const asked = machine([
      'lodestone/organisation.org-1',
      'lodestone/role.producer',
      'lodestone/role.buyer',
    ]);
    expect(await claimsIn(asked)).toEqual({ organisation: 'org-1', roles: ['buyer', 'producer'] });
  });

  it('gets fewer roles when it asks for fewer scopes', async () => {
    expect(await claimsIn(machine(['lodestone/organisation.org-1']))).toEqual({
      organisation: 'org-1',
      roles: [],
    });
  });

  it('may have its organisation on a further resource server', async () => {
    const asked = machine(['lodestone-2/organisation.ministry.of-trade', 'lodestone/role.auditor']);
    expect(await claimsIn(asked)).toEqual({ organisation: 'ministry.of-trade', roles: ['auditor'] });
  });

  it('gets nothing from metadata or attributes that it sends itself', async () => {
    const asked = machine(['lodestone/organisation.org-1', 'lodestone/role.buyer'], {
      clientMetadata: { organisation: 'org-2', roles: 'administrator', 'custom:organisation': 'org-2' },
      userAttributes: { 'custom:organisation': 'org-2' },
      groupConfiguration: { groupsToOverride: ['administrator'] },
    });
    expect(await claimsIn(asked)).toEqual({ organisation: 'org-1', roles: ['buyer'] });
  });

  it.each([
    [['lodestone/role.producer'], 'no organisation scope'],
    [['lodestone/organisation.org-1', 'lodestone/organisation.org-2'], 'more than one organisation'],
    [['elsewhere/organisation.org-1', 'xlodestone/organisation.org-1'], 'no organisation scope'],
    [['lodestone/organisation.'], 'no organisation scope'],
    [['lodestone/organisation.org 1'], 'not a valid id'],
    [[], 'no organisation scope'],
  ])('gets no token for %j', async (scopes, reason) => {
    await expect(handler(machine(scopes))).rejects.toThrow(reason);
  });

  it('gets no role that does not exist', async () => {
    const asked = machine(['lodestone/organisation.org-1', 'lodestone/role.owner', 'elsewhere/role.buyer']);
    expect((await claimsIn(asked)).roles).toEqual([]);
  });
});

it('refuses a way of getting tokens that nobody has looked at', async () => {
  await expect(handler(event('TokenGeneration_Telepathy', { scopes: [] }))).rejects.toThrow('not issued');
});

it('leaves the rest of the event as it came', async () => {
  const asked = person({ 'custom:organisation': 'org-1' });
  expect({ ...(await handler(asked)), response: undefined }).toEqual({ ...asked, response: undefined });
});
