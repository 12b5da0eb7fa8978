import { Agent, createServer } from 'node:http';
import { join } from 'node:path';
import { newEnforcer, newModelFromString } from 'casbin';
import type { Enforcer } from 'casbin';
import express from 'express';
import type { Request } from 'express';
import { createProxyMiddleware, responseInterceptor } from 'http-proxy-middleware';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import type { JWTPayload } from 'jose';
import { createLogger, format, transports } from 'winston';
import { runAsChild } from '../../demo/start-child';
import { listen } from './listen';
import { maskSsns } from './mask-ssns';
import type { SubjectInput, SubjectReady } from './listen';

/**
 * What a team would put together from the parts' own readmes: Express, a token check on every request, http-proxy-middleware
 * with responseInterceptor, JSON.parse, casbin enforce for each field, a regular expression for SSNs, winston to a file.
 * Its log line is handed to a stream, not waited for: it promises less than Casegate does.
 */
async function start({ upstreamPort, folder, issuer, audience, jwksUrl, shownFields }: SubjectInput): Promise<{ ready: SubjectReady }> {
  const enforcer = await policyOf(shownFields);
  const keys = createRemoteJWKSet(new URL(jwksUrl));
  const log = createLogger({
    format: format.combine(format.timestamp(), format.json()),
    transports: [new transports.File({ filename: join(folder, 'access.log') })],
  });
  const claimsOf = new WeakMap<object, JWTPayload>();
  const app = express();
  app.use(async (req: Request, res, next) => {
    try {
      const token = (req.headers.authorization ?? '').replace(/^Bearer /, '');
      const { payload } = await jwtVerify(token, keys, { issuer, audience, typ: 'at+jwt', algorithms: ['RS256'] });
      claimsOf.set(req, payload);
      next();
    } catch {
      res.sendStatus(401);
    }
  });
  app.use(
    createProxyMiddleware({
      target: `http://127.0.0.1:${upstreamPort}`,
      pathRewrite: { '^/workforce-one': '' },
      agent: new Agent({ keepAlive: true, maxSockets: 64 }),
      selfHandleResponse: true,
      on: {
        // eslint-disable-next-line @typescript-eslint/no-misused-promises -- the library types its own interceptor so
        proxyRes: responseInterceptor(async (body, _proxyRes, req) => {
          const record = JSON.parse(body.toString('utf8')) as Record<string, unknown>;
          const shown: Record<string, unknown> = {};
          const left: string[] = [];
          for (const [field, value] of Object.entries(record)) {
            if (await enforcer.enforce('case-manager', field, 'read')) shown[field] = maskSsns(value);
            else left.push(field);
          }
          const who = claimsOf.get(req);
          log.info('access', {
            who: who?.sub,
            application: who?.['client_id'],
            path: req.url,
            shown: Object.keys(shown),
            left,
            status: 200,
          });
          return JSON.stringify(shown);
        }),
      },
    }),
  );
  return { ready: { port: await listen(createServer(app)) } };
}

/** One row a field that is shown, as the readme of casbin has it. */
async function policyOf(fields: readonly string[]): Promise<Enforcer> {
  const model = newModelFromString(`
[request_definition]
r = sub, obj, act
[policy_definition]
p = sub, obj, act
[policy_effect]
e = some(where (p.eft == allow))
[matchers]
m = r.sub == p.sub && r.obj == p.obj && r.act == p.act
`);
  const enforcer = await newEnforcer(model);
  await enforcer.addPolicies(fields.map((field) => ['case-manager', field, 'read']));
  return enforcer;
}
runAsChild(start);
