import type { StackProps } from 'aws-cdk-lib';
import { Duration, Stack, Validations } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { Identity } from './constructs/identity.ts';
import type { HandlerCode } from './constructs/service-function.ts';
import { ServiceFunction } from './constructs/service-function.ts';
import { memoryOf } from './memory.ts';
import type { Settings } from './settings.ts';

export interface IdentityStackProps extends StackProps {
  readonly code: HandlerCode;
  readonly settings: Settings;
}

/** Who may call. It outlives every deployment: a pool that is replaced takes everybody's password with it. */
export class IdentityStack extends Stack {
  readonly identity: Identity;
  readonly preToken: ServiceFunction;

  constructor(scope: Construct, id: string, props: IdentityStackProps) {
    super(scope, id, { ...props, terminationProtection: true });
    const { code, settings } = props;
    this.preToken = new ServiceFunction(this, 'PreToken', {
      handler: 'pre-token',
      code,
      description: 'Writes organisation and roles into access tokens',
      // Cognito gives up on a trigger after five seconds, and asks again.
      timeout: Duration.seconds(5),
      memorySize: memoryOf['pre-token'],
    });
    this.identity = new Identity(this, 'Identity', {
      preToken: this.preToken.function,
      stage: settings.stage,
      machineClients: settings.machineClients,
    });
    const essentials =
      'Threat protection is all that the Plus plan adds. Everybody needs an authenticator app beside the password, ' +
      'nobody signs up by themselves, and a token lasts a quarter of an hour.';
    Validations.of(this.identity).acknowledge(
      { id: 'AwsSolutions-COG3', reason: essentials },
      { id: 'AwsSolutions-COG8', reason: essentials },
    );
  }
}
