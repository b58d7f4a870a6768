import { Validations } from 'aws-cdk-lib';
import { CfnTable } from 'aws-cdk-lib/aws-dynamodb';
import { AwsSolutionsChecks } from 'cdk-nag';
import { describe, expect, it } from 'vitest';
import { exampleSettings, stacks } from '../support/stacks.ts';

const findings = (deployment: ReturnType<typeof stacks>): string[] =>
  [deployment.data, deployment.identity, deployment.service, deployment.observability].flatMap((stack) =>
    new AwsSolutionsChecks()
      .validateScope(stack)
      .violations.map(({ ruleName, violatingResources }) =>
        [ruleName, ...violatingResources.map(({ resourceLogicalId }) => resourceLogicalId)].join(' '),
      ),
  );

describe('cdk-nag, AwsSolutions', () => {
  it.each([
    ['the least', {}],
    ['everything', exampleSettings],
  ])('finds nothing in a deployment with %s', (_name, settings) => {
    const deployment = stacks(settings);
    // Cross-stack names, which acknowledgements of IAM resources contain, are settled by synthesis.
    deployment.app.synth();
    expect(findings(deployment)).toEqual([]);
  });

  it('would find something', () => {
    const deployment = stacks();
    new CfnTable(deployment.data, 'Careless', { keySchema: [{ attributeName: 'pk', keyType: 'HASH' }] });
    expect(findings(deployment).join()).toContain('AwsSolutions-DDB3');
  });

  it('is silenced only with a reason in words', () => {
    const { app } = stacks(exampleSettings);
    const silenced = app.node
      .findAll()
      .flatMap((construct) => construct.node.metadata)
      .filter(({ type }) => type === Validations.ACKNOWLEDGED_RULES_METADATA_KEY)
      .map(({ data }) => JSON.stringify(data));
    expect(silenced.length).toBeGreaterThan(5);
    for (const entry of silenced) expect(entry).toMatch(/[a-z]+( [^ ]+){5}/);
  });
});
