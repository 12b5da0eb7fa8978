import type { OperationsLog } from './create-logger';

export interface DiskWatch {
  state(): DiskState;
  stop(): void;
}

export interface DiskState {
  /** From 0 to 1; null before the first look and while the disk cannot be read. */
  readonly used: number | null;
  readonly isFilling: boolean;
}

/** From here on somebody should make room (AUD-03; NIST SP 800-53 AU-5(1)). */
const FILLING = 0.8;

/**
 * Looks at the store's disk now and then, never on the way of a request, and says once when it begins to fill, when it has room again,
 * and when it cannot be read. A log without space refuses every answer: that is to be known before.
 */
export function watchDisk(options: {
  /** How full it is, from 0 to 1. */
  readonly read: () => Promise<number>;
  readonly log: Pick<OperationsLog, 'warn' | 'info'>;
  readonly everyMs?: number;
}): DiskWatch {
  const { read, log, everyMs = 30_000 } = options;
  let state: DiskState = { used: null, isFilling: false };
  let isReadable = true;
  let isLooking = false;

  const look = async (): Promise<void> => {
    if (isLooking) return;
    isLooking = true;
    try {
      const used = await read();
      const isFilling = used >= FILLING;
      const usedPercent = Math.round(used * 1000) / 10;
      if (isFilling && !state.isFilling) log.warn('store-disk-filling', { usedPercent });
      if (!isFilling && state.isFilling) log.info('store-disk-has-room', { usedPercent });
      state = { used, isFilling };
      isReadable = true;
    } catch (cause) {
      if (isReadable) log.warn('store-disk-unreadable', { cause });
      state = { ...state, used: null };
      isReadable = false;
    }
    isLooking = false;
  };

  void look();
  const timer = setInterval(() => void look(), everyMs).unref();
  return { state: () => state, stop: () => clearInterval(timer) };
}
