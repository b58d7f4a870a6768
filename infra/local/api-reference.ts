import type { Hono } from 'hono/tiny';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Env } from '../../functions/api/answer.ts';

/**
 * The API reference at /docs: Swagger UI from node_modules, so that it needs no outside host. Nothing on the
 * page is inline, and the policy it is served under allows only what comes from here.
 */
const assets = {
  'swagger-ui.css': 'text/css; charset=utf-8',
  'swagger-ui-bundle.js': 'text/javascript; charset=utf-8',
  'favicon-32x32.png': 'image/png',
} as const;

const page = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <title>Lodestone API reference</title>
    <link rel="icon" type="image/png" href="/docs/favicon-32x32.png" />
    <link rel="stylesheet" href="/docs/swagger-ui.css" />
  </head>
  <body>
    <div id="reference"></div>
    <noscript>The same reference, for programs: <a href="/openapi.json">/openapi.json</a></noscript>
    <script src="/docs/swagger-ui-bundle.js"></script>
    <script src="/docs/open.js"></script>
  </body>
</html>
`;

const open = `SwaggerUIBundle({
  url: '/openapi.json',
  dom_id: '#reference',
  deepLinking: true,
  persistAuthorization: true,
  validatorUrl: null,
});
`;

const policy = [
  "default-src 'none'",
  "script-src 'self'",
  // Swagger UI sets style attributes from its scripts.
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** Adds /docs to the app, without a token as /openapi.json. */
export function addApiReference(app: Hono<Env>): void {
  app.get('/docs', (context) => context.html(page, 200, { 'Content-Security-Policy': policy }));
  app.get('/docs/', (context) => context.redirect('/docs'));
  app.get('/docs/open.js', (context) =>
    context.body(open, 200, { 'Content-Type': 'text/javascript; charset=utf-8' }),
  );
  const { resolve } = createRequire(import.meta.url);
  for (const [name, type] of Object.entries(assets)) {
    const file = resolve(`swagger-ui-dist/${name}`);
    app.get(`/docs/${name}`, (context) =>
      context.body(readFileSync(file), 200, { 'Content-Type': type, 'Cache-Control': 'max-age=3600' }),
    );
  }
}
