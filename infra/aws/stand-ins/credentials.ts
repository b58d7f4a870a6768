/** A setting that Lambda or the service stack gives. */
export function setting(name: string): string {
  const value = process.env[name];
  if (value === undefined || value === '') throw new Error(`${name} is not set`);
  return value;
}

interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/**
 * Lambda puts a function's credentials into its environment, for as long as the instance lives: read once, when something is
 * first signed. Profiles, single sign-on, processes and instance metadata are never asked there.
 */
export function environmentCredentials(): () => Promise<Credentials> {
  let found: Credentials | undefined;
  return () => {
    const sessionToken = process.env['AWS_SESSION_TOKEN'];
    found ??= {
      accessKeyId: setting('AWS_ACCESS_KEY_ID'),
      secretAccessKey: setting('AWS_SECRET_ACCESS_KEY'),
      ...(sessionToken === undefined ? {} : { sessionToken }),
    };
    return Promise.resolve(found);
  };
}
