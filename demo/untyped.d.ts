/** What the demo uses of two packages that publish no types. */
declare module 'json-server' {
  import type { RequestHandler, Express } from 'express';
  export interface JsonServerRouter {
    readonly db: {
      readonly _: { id: string };
      get(collection: string): { getById(id: string): { value(): Record<string, unknown> | undefined } };
    };
    (req: never, res: never, next: never): void;
  }
  export function create(): Express;
  export function defaults(options?: {
    logger?: boolean;
    readOnly?: boolean;
    noCors?: boolean;
    noGzip?: boolean;
    static?: string;
  }): RequestHandler[];
  export function router(data: object): JsonServerRouter;
  export function rewriter(rules: Readonly<Record<string, string>>): RequestHandler;
  export const bodyParser: readonly RequestHandler[];
}

declare module 'oidc-provider' {
  import type { IncomingMessage, ServerResponse } from 'node:http';
  export interface Grant {
    addOIDCScope(scope: string): void;
    addResourceScope(resource: string, scope: string): void;
    save(): Promise<string>;
  }
  export class Provider {
    constructor(issuer: string, configuration: Readonly<Record<string, unknown>>);
    readonly Grant: new (of: { accountId: string; clientId: string }) => Grant;
    callback(): (req: IncomingMessage, res: ServerResponse) => void;
    interactionDetails(
      req: IncomingMessage,
      res: ServerResponse,
    ): Promise<{ readonly uid: string; readonly params: { readonly client_id: string } }>;
    interactionFinished(req: IncomingMessage, res: ServerResponse, result: Readonly<Record<string, unknown>>): Promise<void>;
  }
  export namespace errors {
    class InvalidTarget extends Error {}
  }
}
