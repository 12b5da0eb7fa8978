import type { Clock } from '../../vocabulary/clock';
import type { DriftRow, Holds } from '../../vocabulary/drift';
import type { DriftStore } from './drift-store';
import { mergeDrift, MOST_PLACES } from './merge-drift';

export interface DriftListOptions {
  readonly store: DriftStore;
  readonly clock: Clock;
  readonly isDrift: (row: DriftRow) => boolean;
  /** Called where the store failed; what was noted stays in memory and is tried again. */
  readonly onFault: (cause: unknown) => void;
  /** From a note to the write at most; for a place that this process meets for the first time, and for the others. */
  readonly newPlaceMs?: number;
  readonly everyMs?: number;
}

/** Counts unclassified fields in memory, and adds them to what is kept, now and then and never on the way of a request. */
export interface DriftList {
  /** What counts for one system; cheap enough to be called with every record. */
  of(system: string): SystemDrift;
  /** Writes what was noted so far. Never rejects. */
  write(): Promise<void>;
  /** Writes the rest. */
  close(): Promise<void>;
}

const DAY_MS = 86_400_000;
/** A place that has not been seen for so long is forgotten. */
const REMEMBERED_DAYS = 90;

export function createDriftList(options: DriftListOptions): DriftList {
  const { store, clock, isDrift, onFault, newPlaceMs = 250, everyMs = 5_000 } = options;
  const systems = new Map<string, SystemDrift>();
  let timer: NodeJS.Timeout | null = null;
  let isSoon = false;
  let isClosed = false;
  let last: Promise<void> = Promise.resolve();

  const arm = (isNew: boolean): void => {
    if (isClosed || (timer !== null && (isSoon || !isNew))) return;
    if (timer !== null) clearTimeout(timer);
    isSoon = isNew;
    timer = setTimeout(() => void write(), isNew ? newPlaceMs : everyMs).unref();
  };

  const write = (): Promise<void> => (last = last.then(writeOnce));

  const writeOnce = async (): Promise<void> => {
    if (timer !== null) clearTimeout(timer);
    timer = null;
    const noted = new Map<string, readonly DriftRow[]>();
    for (const [system, drift] of systems) {
      const rows = drift.take();
      if (rows.length > 0) noted.set(system, rows);
    }
    if (noted.size === 0) return;
    const rules = { isDrift, forgetBeforeMs: clock() - REMEMBERED_DAYS * DAY_MS };
    try {
      await store.change([...noted.keys()].sort(), (system, rows) => mergeDrift(rows, noted.get(system) ?? [], rules));
    } catch (cause) {
      for (const [system, rows] of noted) systems.get(system)?.giveBack(rows);
      onFault(cause);
      arm(false);
    }
  };

  return {
    of(system) {
      let drift = systems.get(system);
      if (drift === undefined) systems.set(system, (drift = new SystemDrift(system, clock, arm)));
      return drift;
    },
    write,
    async close() {
      isClosed = true;
      await write();
    },
  };
}

interface Noted {
  count: number;
  readonly firstSeenMs: number;
  lastSeenMs: number;
  inside: Set<string> | null;
}

/** The fields of one system that were noted since the last write: at most MOST_PLACES places. */
export class SystemDrift {
  private places = new Map<string, Partial<Record<Holds, Noted>>>();
  private readonly met = new Set<string>();

  constructor(
    private readonly system: string,
    private readonly clock: Clock,
    private readonly onNote: (isNew: boolean) => void,
  ) {}

  /** `place` null: fields that are counted and not told. */
  add(place: string | null, holds: Holds, fields: number, inside: readonly string[]): void {
    const nowMs = this.clock();
    const noted = this.notedAt(place, holds, nowMs);
    noted.count += fields;
    noted.lastSeenMs = nowMs;
    for (const leaf of inside) (noted.inside ??= new Set()).add(leaf);
    this.onNote(place !== null && this.isNew(place));
  }

  take(): readonly DriftRow[] {
    const rows = [...this.places].flatMap(([place, kinds]) =>
      Object.entries(kinds).map(([holds, { count, firstSeenMs, lastSeenMs, inside }]): DriftRow => ({
        system: this.system,
        place,
        holds: holds as Holds,
        inside: [...(inside ?? [])].sort(),
        count,
        firstSeenMs,
        lastSeenMs,
      })),
    );
    this.places = new Map();
    return rows;
  }

  giveBack(rows: readonly DriftRow[]): void {
    for (const row of rows) {
      const noted = this.notedAt(row.place, row.holds, row.firstSeenMs);
      noted.count += row.count;
      noted.lastSeenMs = Math.max(noted.lastSeenMs, row.lastSeenMs);
      for (const leaf of row.inside) (noted.inside ??= new Set()).add(leaf);
    }
  }

  private isNew(place: string): boolean {
    if (this.met.has(place) || this.met.size >= 2 * MOST_PLACES) return false;
    this.met.add(place);
    return true;
  }

  private notedAt(wanted: string | null, holds: Holds, nowMs: number): Noted {
    const place = wanted !== null && (this.places.has(wanted) || this.places.size < MOST_PLACES) ? wanted : '';
    let kinds = this.places.get(place);
    if (kinds === undefined) this.places.set(place, (kinds = {}));
    const kind = place === '' ? 'value' : holds;
    return (kinds[kind] ??= { count: 0, firstSeenMs: nowMs, lastSeenMs: nowMs, inside: null });
  }
}
