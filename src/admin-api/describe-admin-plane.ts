import { z } from 'zod';
import { ERROR_TABLE } from '../vocabulary/errors';
import { ADMIN_ROUTES, type AdminRoute } from './admin-routes';

/** The OpenAPI 3.1 document of the admin plane, made of the same schemas that check its requests. */
export function describeAdminPlane(): Readonly<Record<string, unknown>> {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const route of ADMIN_ROUTES) paths[route.path] = { ...paths[route.path], [route.method.toLowerCase()]: operation(route) };
  return {
    openapi: '3.1.0',
    info: { title: 'Casegate admin plane', version: '1', license: { name: 'Apache-2.0', identifier: 'Apache-2.0' } },
    servers: [{ url: '/' }],
    paths,
    components: {
      securitySchemes: { bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } },
      schemas: { Problem: z.toJSONSchema(PROBLEM) },
    },
    security: [{ bearer: [] }],
  };
}

const PROBLEM = z.looseObject({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  detail: z.string(),
  code: z.enum(Object.keys(ERROR_TABLE) as [string, ...string[]]),
  accessId: z.string(),
});

const problem = (description: string) => ({
  description,
  content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
});

function operation(route: AdminRoute): Readonly<Record<string, unknown>> {
  const properties = Object.entries(route.query.shape);
  const query = z.toJSONSchema(route.query, { io: 'input' }) as { readonly properties?: Readonly<Record<string, unknown>> };
  return {
    operationId: route.name,
    summary: route.says,
    description: `Needs one of these rights: ${route.rights.join(', ').replace('feed:*', 'feed:<system> for every system named')}.`,
    parameters: properties.map(([name]) => ({ name, in: 'query', required: false, schema: query.properties?.[name] ?? {} })),
    ...(route.body === null ? {} : { requestBody: { required: true, content: bodyContent(route.body) } }),
    responses: {
      '200': {
        description: 'Done.',
        content: route.answer === 'text' ? { 'text/plain': {} } : { 'application/json': { schema: z.toJSONSchema(route.answer) } },
      },
      '401': problem('No valid token of the admin audience.'),
      '403': problem('The account, or the right, is missing.'),
      '429': problem('Too many requests of this address or account; Retry-After says for how many seconds.'),
      default: problem('Anything else that was refused.'),
    },
  };
}

function bodyContent({ schema, formats }: NonNullable<AdminRoute['body']>): Readonly<Record<string, unknown>> {
  const whole = z.toJSONSchema(schema, { io: 'input' }) as Readonly<Record<string, unknown>>;
  const content: Record<string, unknown> = { 'application/json': { schema: whole } };
  if (formats.includes('ndjson'))
    content['application/x-ndjson'] = { schema: { type: 'string', description: 'One element of the array a line.' } };
  return content;
}
