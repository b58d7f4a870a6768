const required = (name: string): string => {
  const value = process.env[name];
  if (value === undefined || value === '') throw new Error(`${name} is not set`);
  return value;
};

/**
 * Stands in bundles for `@aws-sdk/credential-provider-node`, the SDK's chain of credential providers. Lambda puts a function's
 * credentials into its environment; profiles, single sign-on, processes and instance metadata, with the three service
 * clients that they bring (110 KB), are never asked there.
 */
export const defaultProvider = () => () => {
  const sessionToken = process.env['AWS_SESSION_TOKEN'];
  return Promise.resolve({
    accessKeyId: required('AWS_ACCESS_KEY_ID'),
    secretAccessKey: required('AWS_SECRET_ACCESS_KEY'),
    ...(sessionToken === undefined ? {} : { sessionToken }),
  });
};
