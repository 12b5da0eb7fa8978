import type { IncomingMessage, ServerResponse } from 'node:http';
import helmet from 'helmet';
import type { HeaderPair } from './handlers';

/**
 * The headers that every answer carries, whatever it is. helmet is the source of the values: it runs once, at start, against a response that
 * only remembers. They are the same for each answer, so running it again for each one would buy nothing.
 */
export function fixedHeaders(): readonly HeaderPair[] {
  const headers = new Map<string, string>();
  const response = {
    setHeader: (name: string, value: string) => headers.set(name, value),
    removeHeader: (name: string) => headers.delete(name),
  };
  apiHelmet({} as IncomingMessage, response as unknown as ServerResponse, (fault?: unknown) => {
    if (fault !== undefined) throw fault;
  });
  // helmet does not set it, and a record in a shared cache is a record disclosed without an entry (PTH-31).
  headers.set('Cache-Control', 'no-store');
  headers.set('Vary', 'Origin');
  return [...headers];
}

const apiHelmet = helmet({
  contentSecurityPolicy: { useDefaults: false, directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] } },
  xFrameOptions: { action: 'deny' },
});
