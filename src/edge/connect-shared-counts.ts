import { createClient } from 'redis';
import type { EdgeLog } from './handlers';
import type { SharedCounts } from './limit-counts';

/**
 * Connects to the Redis that holds the counts of all processes. Does not wait for it: until it is there, and whenever it is gone, `send`
 * rejects at once and the limiters count by themselves. It reconnects for ever, at most two seconds apart.
 */
export function connectSharedCounts(options: { readonly url: string; readonly log: EdgeLog }): SharedCounts & { close(): Promise<void> } {
  const client = createClient({
    url: options.url,
    disableOfflineQueue: true,
    socket: { connectTimeout: 2_000, reconnectStrategy: (tries) => Math.min(50 * 2 ** tries, 2_000) },
  });
  let isLost = false;
  client.on('error', (cause: unknown) => {
    if (isLost) return;
    isLost = true;
    options.log.warn('redis-lost', { cause: cause instanceof Error ? cause.message : 'unknown' });
  });
  client.on('ready', () => {
    isLost = false;
  });
  const connecting = client.connect().catch(() => undefined);
  return {
    send: (command) => (client.isReady ? client.sendCommand([...command]) : Promise.reject(new Error('no connection to Redis'))),
    close: async () => {
      client.destroy();
      await connecting;
    },
  };
}
