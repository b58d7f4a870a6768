import { Validations } from 'aws-cdk-lib';
import { CfnTable } from 'aws-cdk-lib/aws-dynamodb';
import { AwsSolutionsChecks, NIST80053R5Checks } from 'cdk-nag';
import { describe, expect, it } from 'vitest';
import { stageNames } from '../../infra/aws/settings.ts';
import { exampleSettings, stacks } from '../support/stacks.ts';

const packs = { AwsSolutions: new AwsSolutionsChecks(), 'NIST 800-53 R5': new NIST80053R5Checks() };
type Pack = keyof typeof packs;

const findings = (
  pack: Pack,
  { data, identity, service, observability }: ReturnType<typeof stacks>,
): string[] =>
  [data, identity, service, observability].flatMap((stack) =>
    packs[pack]
      .validateScope(stack)
      .violations.map(({ ruleName, violatingResources }) =>
        [ruleName, ...violatingResources.map(({ resourceLogicalId }) => resourceLogicalId)].join(' '),
      ),
  );

/** Cross-stack names, which acknowledgements of IAM resources contain, are settled by synthesis. */
const synthesised = (...given: Parameters<typeof stacks>): ReturnType<typeof stacks> => {
  const deployment = stacks(...given);
  deployment.app.synth();
  return deployment;
};
const deployments = {
  ...Object.fromEntries(stageNames.map((stage) => [stage, synthesised({}, stage)])),
  'prod with everything': synthesised(exampleSettings),
};

describe.each(Object.keys(packs) as Pack[])('cdk-nag, %s', (pack) => {
  it.each(Object.entries(deployments))('finds nothing in %s', (_name, deployment) => {
    expect(findings(pack, deployment)).toEqual([]);
  });
});

describe('cdk-nag', () => {
  it('would find something', () => {
    const deployment = stacks();
    new CfnTable(deployment.data, 'Careless', { keySchema: [{ attributeName: 'pk', keyType: 'HASH' }] });
    expect(findings('AwsSolutions', deployment).join()).toContain('AwsSolutions-DDB3');
    expect(findings('NIST 800-53 R5', deployment).join()).toContain('NIST.800.53.R5-DynamoDBInBackupPlan');
  });

  it('is silenced only with a reason in words', () => {
    const silenced = deployments['prod with everything'].app.node
      .findAll()
      .flatMap((construct) => construct.node.metadata)
      .filter(({ type }) => type === Validations.ACKNOWLEDGED_RULES_METADATA_KEY)
      .map(({ data }) => JSON.stringify(data));
    expect(silenced.length).toBeGreaterThan(5);
    for (const entry of silenced) expect(entry).toMatch(/[a-z]+( [^ ]+){5}/);
  });
});
