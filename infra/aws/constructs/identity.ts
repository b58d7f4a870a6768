import { Aws, Duration, RemovalPolicy } from 'aws-cdk-lib';
import type { UserPoolClient } from 'aws-cdk-lib/aws-cognito';
import {
  AccountRecovery,
  ClientAttributes,
  FeaturePlan,
  LambdaVersion,
  Mfa,
  OAuthScope,
  ResourceServerScope,
  StringAttribute,
  UserPool,
  UserPoolOperation,
} from 'aws-cdk-lib/aws-cognito';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import {
  organisationAttributeName,
  organisationScope,
  resourceServer,
  roleScope,
} from '../../../functions/pre-token/names.ts';
import { roles } from '../../../shared/reference/role.ts';
import type { Settings } from '../settings.ts';

export interface IdentityProps {
  /** Writes organisation and roles into access tokens. */
  readonly preToken: IFunction;
  readonly stage: Settings['stage'];
  /** @default none */
  readonly machineClients?: Settings['machineClients'];
}

/**
 * Who may call: a user pool without self sign-up, one group per role, one client for people, and one client per
 * machine. A machine's organisation and roles are the scopes its client is allowed; nothing that a caller sends
 * decides them.
 */
export class Identity extends Construct {
  readonly userPool: UserPool;
  /** Who signs the tokens. */
  readonly issuer: string;
  /** The clients whose tokens the API accepts, separated by commas. */
  readonly clientIds: string;

  constructor(scope: Construct, id: string, props: IdentityProps) {
    super(scope, id);
    this.userPool = new UserPool(this, 'Users', {
      // Essentials is the least plan whose trigger may write access tokens, of machines too.
      featurePlan: FeaturePlan.ESSENTIALS,
      deletionProtection: true,
      removalPolicy: RemovalPolicy.RETAIN,
      selfSignUpEnabled: false,
      signInAliases: { email: true },
      signInCaseSensitive: false,
      customAttributes: {
        [organisationAttributeName]: new StringAttribute({ mutable: true, minLen: 1, maxLen: 64 }),
      },
      passwordPolicy: {
        minLength: 14,
        requireLowercase: true,
        requireUppercase: true,
        requireDigits: true,
        requireSymbols: true,
        passwordHistorySize: 10,
        tempPasswordValidity: Duration.days(3),
      },
      // A stolen password alone must not post a bid. By authenticator app, since text messages can be intercepted.
      mfa: Mfa.REQUIRED,
      mfaSecondFactor: { otp: true, sms: false },
      accountRecovery: AccountRecovery.EMAIL_ONLY,
    });
    this.userPool.addTrigger(
      UserPoolOperation.PRE_TOKEN_GENERATION_CONFIG,
      props.preToken,
      LambdaVersion.V3_0,
    );
    for (const role of roles)
      this.userPool.addGroup(`Group-${role}`, { groupName: role, description: `May act as ${role}` });
    this.issuer = this.userPool.userPoolProviderUrl;
    this.clientIds = [this.#clientForPeople(), ...this.#clientsForMachines(props)]
      .map((client) => client.userPoolClientId)
      .join(',');
  }

  #clientForPeople(): UserPoolClient {
    return this.userPool.addClient('People', {
      authFlows: { userSrp: true },
      disableOAuth: true,
      generateSecret: false,
      preventUserExistenceErrors: true,
      enableTokenRevocation: true,
      // Roles and organisation are read when a token is made: this is how long a withdrawn one lasts.
      accessTokenValidity: Duration.minutes(15),
      idTokenValidity: Duration.minutes(15),
      refreshTokenValidity: Duration.hours(12),
      // Whoever could write the organisation could join any: only administrators of the pool can.
      readAttributes: new ClientAttributes()
        .withStandardAttributes({ email: true, givenName: true, familyName: true })
        .withCustomAttributes(organisationAttributeName),
      writeAttributes: new ClientAttributes().withStandardAttributes({ givenName: true, familyName: true }),
    });
  }

  #clientsForMachines({ stage, machineClients: machines = [] }: IdentityProps): UserPoolClient[] {
    const organisations = [...new Set(machines.map(({ organisation }) => organisation))].sort();
    const named = (name: string, description: string) => ({
      name,
      scope: new ResourceServerScope({ scopeName: name, scopeDescription: description }),
    });
    const scopes = [
      ...roles.map((role) => named(roleScope(role), `May act as ${role}`)),
      ...organisations.map((id) => named(organisationScope(id), `Acts for ${id}`)),
    ];
    const server = this.userPool.addResourceServer('Scopes', {
      identifier: resourceServer,
      scopes: scopes.map(({ scope }) => scope),
    });
    // Machines get their tokens at the domain's /oauth2/token. The account's number makes the prefix unique.
    this.userPool.addDomain('Domain', {
      cognitoDomain: { domainPrefix: `${resourceServer}-${stage}-${Aws.ACCOUNT_ID}` },
    });
    return machines.map((machine) => {
      const allowed = [organisationScope(machine.organisation), ...machine.roles.map(roleScope)];
      return this.userPool.addClient(`Machine-${machine.name}`, {
        generateSecret: true,
        // Left out, Cognito would let people sign in through this client too.
        authFlows: { userSrp: false },
        oAuth: {
          flows: { clientCredentials: true },
          scopes: scopes
            .filter(({ name }) => allowed.includes(name))
            .map(({ scope }) => OAuthScope.resourceServer(server, scope)),
        },
        enableTokenRevocation: true,
        accessTokenValidity: Duration.hours(1),
      });
    });
  }
}
