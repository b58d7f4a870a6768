import type { APIGatewayProxyEvent, APIGatewayProxyResult } from 'aws-lambda';

/** API Gateway's REST proxy event (payload format 1.0) as the request that the client made. */
export function requestOf(event: APIGatewayProxyEvent): Request {
  const headers = new Headers();
  for (const [name, values] of Object.entries(event.multiValueHeaders))
    for (const value of values ?? []) headers.append(name, value);
  const query = new URLSearchParams();
  for (const [name, values] of Object.entries(event.multiValueQueryStringParameters ?? {}))
    for (const value of values ?? []) query.append(name, value);
  const search = query.size === 0 ? '' : `?${query.toString()}`;
  const hasBody = event.body !== null && event.httpMethod !== 'GET' && event.httpMethod !== 'HEAD';
  return new Request(`https://api${event.path}${search}`, {
    method: event.httpMethod,
    headers,
    ...(hasBody ? { body: Buffer.from(event.body ?? '', event.isBase64Encoded ? 'base64' : 'utf8') } : {}),
  });
}

/** The answer as API Gateway takes it. All of ours are text. */
export async function resultOf(response: Response): Promise<APIGatewayProxyResult> {
  const multiValueHeaders: Record<string, string[]> = {};
  response.headers.forEach((value, name) => {
    multiValueHeaders[name] = [value];
  });
  return {
    statusCode: response.status,
    multiValueHeaders,
    body: await response.text(),
    isBase64Encoded: false,
  };
}
