import { dirname } from 'node:path';
import { App, Validations } from 'aws-cdk-lib';
import { Code } from 'aws-cdk-lib/aws-lambda';
import { AwsSolutionsChecks, NIST80053R5Checks } from 'cdk-nag';
import { defineStacks } from './app.ts';
import type { HandlerName } from './bundle.ts';
import { bundleHandler, handlerNames } from './bundle.ts';
import { wrongSettings } from './stages.ts';

/** The CDK app: bundles the handlers, then defines the stacks. Synthesis fails on a finding of cdk-nag. */
const app = new App();
// Before the handlers are bundled, for which whoever has misspelt a setting need not wait.
const wrong = wrongSettings(app.node);
if (wrong !== undefined) {
  process.stderr.write(`${wrong}\n`);
  process.exit(1);
}
const folders = new Map<HandlerName, string>();
for (const name of handlerNames) folders.set(name, dirname((await bundleHandler(name)).entry));

defineStacks(app, (name) => Code.fromAsset(folders.get(name)!));
Validations.of(app).addPlugins(new AwsSolutionsChecks(app), new NIST80053R5Checks(app));
app.synth();
