import { HttpRequest } from '@smithy/core/protocols';
import { isThrottlingError, isTransientError, StandardRetryStrategy } from '@smithy/core/retry';
import { SignatureV4 } from '@smithy/signature-v4';
import type { BinaryLike } from 'node:crypto';
import { createHash, createHmac } from 'node:crypto';
import { agentFor, exchange } from './exchange.ts';
import { environmentCredentials, setting } from './credentials.ts';

/** A service of AWS that speaks JSON, as its API reference names its parts. */
export interface Service {
  /** As signatures and hosts have it: `dynamodb`. */
  readonly id: string;
  /** Of the header X-Amz-Target: `DynamoDB_20120810`. */
  readonly target: string;
  readonly version: '1.0' | '1.1';
  /** Of the setting that points elsewhere: `AWS_ENDPOINT_URL_DYNAMODB`. */
  readonly endpoint: string;
  /** Errors that are told apart by their class. */
  readonly errors?: Readonly<
    Record<string, new (name: string, fields: ErrorFields, status: number) => Error>
  >;
}

export interface ErrorFields {
  readonly message?: string;
  readonly Message?: string;
}

/** An error that a service has answered, its fields as they came. */
export class ServiceError extends Error {
  readonly $metadata: { readonly httpStatusCode: number };

  constructor(name: string, fields: ErrorFields, httpStatusCode: number) {
    super(fields.message ?? fields.Message ?? `answered ${httpStatusCode}`);
    Object.assign(this, fields, { name, message: this.message });
    this.$metadata = { httpStatusCode };
  }
}

export interface Command {
  readonly operation: string;
  readonly input: object;
}

/** The class of an operation's commands, as the SDK has one for each. */
export const commandOf = (operation: string): new (input: object) => Command =>
  class {
    readonly operation = operation;
    readonly input: object;
    constructor(input: object) {
      this.input = input;
    }
  };

const attempts = 3;

/**
 * A client of a service that stands in bundles for the SDK's: the SDK's own signatures and rules for trying again, without
 * its machinery of middleware, schemas, endpoint rules and settings of a user's machine, which a start of a function
 * pays for and a function never uses. What is told by the environment is the region, the credentials, another endpoint.
 */
export class AwsJsonClient {
  readonly #service: Service;
  readonly #url: URL;
  readonly #patience: { readonly connectionTimeout?: number; readonly requestTimeout?: number };
  readonly #signer: SignatureV4;
  readonly #retries = new StandardRetryStrategy(attempts);

  constructor(service: Service, { requestHandler = {} }: { readonly requestHandler?: object } = {}) {
    const region = setting('AWS_REGION');
    this.#service = service;
    this.#url = new URL(
      process.env[service.endpoint] ??
        process.env['AWS_ENDPOINT_URL'] ??
        `https://${service.id}.${region}.amazonaws.com`,
    );
    this.#patience = requestHandler;
    const credentials = environmentCredentials();
    this.#signer = new SignatureV4({ service: service.id, region, credentials, sha256: Sha256 });
    // While the function starts, rather than while one waits.
    agentFor(this.#url);
  }

  async send({ operation, input }: Command): Promise<unknown> {
    const body = JSON.stringify(input, jsonValue);
    let token = await this.#retries.acquireInitialRetryToken(this.#service.id);
    for (;;)
      try {
        const answer = await this.#once(operation, body);
        this.#retries.recordSuccess(token);
        return answer;
      } catch (error) {
        const next = await this.#retryAfter(error as SdkError, token);
        if (next === undefined) throw error;
        token = next;
      }
  }

  async #retryAfter(error: SdkError, token: RetryToken): Promise<RetryToken | undefined> {
    const errorType = isThrottlingError(error)
      ? 'THROTTLING'
      : isTransientError(error)
        ? 'TRANSIENT'
        : 'CLIENT_ERROR';
    try {
      // Waits as long as it says.
      return await this.#retries.refreshRetryTokenForRetry(token, { error, errorType });
    } catch {
      return undefined;
    }
  }

  async #once(operation: string, body: string): Promise<unknown> {
    const { protocol, host, hostname, port, pathname } = this.#url;
    const { target, version, errors = {} } = this.#service;
    const request = new HttpRequest({
      ...{ method: 'POST', protocol, hostname, path: pathname, body },
      ...(port === '' ? {} : { port: Number(port) }),
      headers: {
        host,
        'content-type': `application/x-amz-json-${version}`,
        'x-amz-target': `${target}.${operation}`,
        ...traceHeaders(),
      },
    });
    const { headers } = await this.#signer.sign(request);
    const length = { 'content-length': String(Buffer.byteLength(body)) };
    const answer = await exchange({
      ...{ url: this.#url, method: 'POST', headers: { ...headers, ...length }, body },
      ...this.#patience,
    });
    const text = answer.body.toString();
    if (answer.status < 300) return text === '' ? {} : valueOf(text);
    const fields = fieldsOf(text);
    const unnamed = answer.status < 500 ? 'UnknownError' : 'ServiceUnavailable';
    const type = String(answer.headers['x-amzn-errortype'] ?? fields.__type ?? unnamed);
    const name = type.split(':')[0]?.split('#').at(-1) ?? type;
    throw new (errors[name] ?? ServiceError)(name, fields, answer.status);
  }
}

/** As the signer asks for one. The SDK's own lies beside other checksums, which load zlib. */
class Sha256 {
  readonly #hash: ReturnType<typeof createHash> | ReturnType<typeof createHmac>;

  constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    const key = secret instanceof ArrayBuffer ? new Uint8Array(secret) : secret;
    this.#hash = key === undefined ? createHash('sha256') : createHmac('sha256', key as BinaryLike);
  }

  update(data: Uint8Array): void {
    this.#hash.update(data);
  }

  /** Asked of what hashes many texts; the signer makes a new one for each. */
  reset(): never {
    throw new Error('a hash of one text');
  }

  digest(): Promise<Uint8Array> {
    return Promise.resolve(this.#hash.digest());
  }
}

type RetryToken = Awaited<ReturnType<StandardRetryStrategy['acquireInitialRetryToken']>>;
type SdkError = Parameters<typeof isTransientError>[0];

/** What goes by a service belongs to the trace of the call that it is made for. */
function traceHeaders(): Record<string, string> {
  const { AWS_LAMBDA_FUNCTION_NAME: name = '', _X_AMZN_TRACE_ID: trace = '' } = process.env;
  return name === '' || trace === '' ? {} : { 'X-Amzn-Trace-Id': trace };
}

/** An error page of something between here and there is no JSON. */
function fieldsOf(text: string): ErrorFields & { readonly __type?: string } {
  try {
    return valueOf(text) as ErrorFields;
  } catch {
    return {};
  }
}

/** Binary values are Base64, instants seconds since 1970. */
function jsonValue(this: Readonly<Record<string, unknown>>, name: string, value: unknown): unknown {
  // What was given, and not what its own toJSON makes of it.
  const given = this[name];
  if (given instanceof Uint8Array) return Buffer.from(given).toString('base64');
  return given instanceof Date ? given.getTime() / 1000 : value;
}

/** Looked through value by value only where something may be binary. */
const valueOf = (text: string): unknown =>
  /"BS?":["[]/.test(text) ? JSON.parse(text, binaryValue) : JSON.parse(text);

/** A text under these names is binary: an attribute that is called so has an object there, which names its type. */
const binaryValue = (name: string, value: unknown): unknown =>
  name === 'B' && typeof value === 'string'
    ? new Uint8Array(Buffer.from(value, 'base64'))
    : name === 'BS' && Array.isArray(value)
      ? value.map((each: string) => new Uint8Array(Buffer.from(each, 'base64')))
      : value;
