import { createClient } from 'redis';
import type { EdgeLog } from './handlers';
import type { SharedCounts } from './limit-counts';

/**
 * Connects to the Redis that holds the counts of all processes. Does not wait for it: whenever it is gone `send`
 * rejects at once and the limiters count by themselves; while the first connection is being made it waits for that. It reconnects for ever, at most two seconds apart.
 */
export function connectSharedCounts(options: { readonly url: string; readonly log: EdgeLog }): SharedCounts & { close(): Promise<void> } {
  const client = createClient({
    url: options.url,
    disableOfflineQueue: true,
    socket: { connectTimeout: 2_000, reconnectStrategy: (tries) => Math.min(50 * 2 ** tries, 2_000) },
  });
  let isLost = false;
  let hasBeenThere = false;
  client.on('error', (cause: unknown) => {
    if (isLost) return;
    isLost = true;
    options.log.warn('redis-lost', { cause: cause instanceof Error ? cause.message : 'unknown' });
  });
  client.on('ready', () => {
    isLost = false;
    hasBeenThere = true;
  });
  const connecting = client.connect().catch(() => undefined);
  const send = (command: readonly string[]): Promise<unknown> => client.sendCommand([...command]);
  return {
    send: (command) => {
      if (client.isReady) return send(command);
      // The first look comes while the connection is still being made: no reason for an alarm.
      if (!hasBeenThere && !isLost) return connecting.then(() => send(command));
      return Promise.reject(new Error('no connection to Redis'));
    },
    close: async () => {
      client.destroy();
      await connecting;
    },
  };
}
