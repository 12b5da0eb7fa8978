"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.describeAdminPlane = describeAdminPlane;
const zod_1 = require("zod");
const errors_1 = require("../vocabulary/errors");
const admin_routes_1 = require("./admin-routes");
/** The OpenAPI 3.1 document of the admin plane, made of the same schemas that check its requests. */
function describeAdminPlane() {
    const paths = {};
    for (const route of admin_routes_1.ADMIN_ROUTES)
        paths[route.path] = { ...paths[route.path], [route.method.toLowerCase()]: operation(route) };
    return {
        openapi: '3.1.0',
        info: { title: 'Casegate admin plane', version: '1', license: { name: 'Apache-2.0', identifier: 'Apache-2.0' } },
        servers: [{ url: '/' }],
        paths,
        components: {
            securitySchemes: { bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } },
            schemas: { Problem: zod_1.z.toJSONSchema(PROBLEM) },
        },
        security: [{ bearer: [] }],
    };
}
const PROBLEM = zod_1.z.looseObject({
    type: zod_1.z.string(),
    title: zod_1.z.string(),
    status: zod_1.z.int(),
    detail: zod_1.z.string(),
    code: zod_1.z.enum(Object.keys(errors_1.ERROR_TABLE)),
    accessId: zod_1.z.string(),
});
const problem = (description) => ({
    description,
    content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
});
function operation(route) {
    const properties = Object.entries(route.query.shape);
    const query = zod_1.z.toJSONSchema(route.query, { io: 'input' });
    return {
        operationId: route.name,
        summary: route.says,
        description: `Needs one of these rights: ${route.rights.join(', ').replace('feed:*', 'feed:<system> for every system named')}.`,
        parameters: properties.map(([name]) => ({ name, in: 'query', required: false, schema: query.properties?.[name] ?? {} })),
        ...(route.body === null ? {} : { requestBody: { required: true, content: bodyContent(route.body) } }),
        responses: {
            '200': {
                description: 'Done.',
                content: route.answer === 'text' ? { 'text/plain': {} } : { 'application/json': { schema: zod_1.z.toJSONSchema(route.answer) } },
            },
            '401': problem('No valid token of the admin audience.'),
            '403': problem('The account, or the right, is missing.'),
            default: problem('Anything else that was refused.'),
        },
    };
}
function bodyContent({ schema, formats }) {
    const whole = zod_1.z.toJSONSchema(schema, { io: 'input' });
    const content = { 'application/json': { schema: whole } };
    if (formats.includes('ndjson'))
        content['application/x-ndjson'] = { schema: { type: 'string', description: 'One element of the array a line.' } };
    return content;
}
