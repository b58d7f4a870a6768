import { dirname } from 'node:path';
import { App, Validations } from 'aws-cdk-lib';
import { Code } from 'aws-cdk-lib/aws-lambda';
import { AwsSolutionsChecks, NIST80053R5Checks } from 'cdk-nag';
import { defineStacks } from './app.ts';
import type { HandlerName } from './bundle.ts';
import { bundleHandler, handlerNames } from './bundle.ts';

/** The CDK app: bundles the handlers, then defines the stacks. Synthesis fails on a finding of cdk-nag. */
const folders = new Map<HandlerName, string>();
for (const name of handlerNames) folders.set(name, dirname((await bundleHandler(name)).entry));

const app = new App();
defineStacks(app, (name) => Code.fromAsset(folders.get(name)!));
Validations.of(app).addPlugins(new AwsSolutionsChecks(app), new NIST80053R5Checks(app));
app.synth();
