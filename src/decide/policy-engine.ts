import { type Enforcer, newEnforcer, newModelFromString } from 'casbin';
import { ACTIONS, type Action, type CaseSystem } from '../vocabulary/case-system';
import type { Reason } from '../vocabulary/reasons';
import type { Breathe } from './breather';
import { MODEL_TEXT } from './model-text';
import { type PolicyRow, wordsOf } from './policy-row';
import { makeHolds } from './row-holds';
import { type KeyWords, requestOf, RowReader, type RowsSay, worded, type WordedRow } from './row-reader';

export type { KeyWords };

/** What one membership may see under one action, by section number. */
export interface KeyAnswer {
  /** Casbin's answer: some row allows and none denies. */
  readonly allowed: readonly boolean[];
  /** A deny row hits; it also takes away what another membership would show. */
  readonly denied: readonly boolean[];
  /** The first line that allows; 0 where nothing is shown. */
  readonly lines: readonly number[];
  /** Why nothing is shown; null where it is. */
  readonly why: readonly (Reason | null)[];
}

export interface PolicyEngine {
  /** Asks casbin for every section. Throws where the engine fails or contradicts the rows: the caller refuses. */
  ask(key: KeyWords, action: Action): KeyAnswer;
  /** True if some row could ever allow something to this workgroup. */
  mayEver(workgroup: string, action: Action): boolean;
}

/** Above so many rows, one section's enforcer is split by workgroup: casbin walks through every row it holds (C21). */
const SPLIT_ABOVE = 64;

/**
 * Builds the enforcers of one system, one for each section and action (large ones split by workgroup), so that a cold
 * question meets few rows (C21).
 *
 * Takes   rows that the lint has passed; they go into the model by themselves, without an adapter (C03, C04, C08, C09).
 * Gives   an engine that never changes: another policy is another engine (C22, POL-01 … POL-03).
 * Fails   rejects where casbin does not take a row.
 */
export async function buildPolicyEngine(
  system: CaseSystem,
  rows: readonly PolicyRow[],
  breathe: Breathe,
  splitAbove = SPLIT_ABOVE,
): Promise<PolicyEngine> {
  const all = rows.map(worded);
  const built = new Map<Action, readonly SectionCells[]>();
  for (const action of ACTIONS) {
    const acting = all.filter((row) => row.action === '*' || row.action === action);
    if (acting.length === 0) continue;
    const sections: SectionCells[] = [];
    for (const section of system.sections) {
      const own = acting.filter((row) => row.section === '*' || row.section === section);
      sections.push(await buildSection(system, section, action, own, breathe, splitAbove));
    }
    built.set(action, sections);
  }
  return new Engine(system, rows, built);
}

/** Rows of one section under one action, and the enforcer that holds just these. */
interface Cell {
  readonly section: string;
  readonly action: Action;
  readonly rows: readonly WordedRow[];
  readonly enforcer: Enforcer;
}

/** `others` stands for every workgroup that has no cell of its own. */
interface SectionCells {
  readonly own: ReadonlyMap<string, Cell>;
  readonly others: Cell;
}

async function buildSection(
  system: CaseSystem,
  section: string,
  action: Action,
  rows: readonly WordedRow[],
  breathe: Breathe,
  splitAbove: number,
): Promise<SectionCells> {
  const build = async (some: readonly WordedRow[]): Promise<Cell> => {
    await breathe();
    return buildCell(system, section, action, some);
  };
  if (rows.length <= splitAbove) return { own: new Map(), others: await build(rows) };
  const general = rows.filter((row) => row.workgroup === '*');
  const byWorkgroup = new Map<string, WordedRow[]>();
  // In the order of the file, general rows included: the first line that allows stays the first.
  for (const row of rows) if (row.workgroup !== '*') byWorkgroup.set(row.workgroup, []);
  for (const row of rows) {
    if (row.workgroup !== '*') byWorkgroup.get(row.workgroup)?.push(row);
    else for (const list of byWorkgroup.values()) list.push(row);
  }
  const own = new Map<string, Cell>();
  for (const [workgroup, list] of byWorkgroup) own.set(workgroup, await build(list));
  return { own, others: await build(general) };
}

async function buildCell(system: CaseSystem, section: string, action: Action, rows: readonly WordedRow[]): Promise<Cell> {
  const model = newModelFromString(MODEL_TEXT);
  for (const row of rows) {
    if (!model.addPolicy('p', 'p', wordsOf(row))) throw new Error(`casbin does not take line ${row.line}`);
  }
  const enforcer = await newEnforcer(model);
  await enforcer.addFunction('holds', makeHolds(system));
  return { section, action, rows, enforcer };
}

const NOTHING: readonly SectionCells[] = [];
const SILENT: RowsSay = { allowLine: 0, denyLine: 0, why: 'not-granted' };

class Engine implements PolicyEngine {
  private readonly reader;
  /** Workgroups that some row could allow something, by action; asked on every request. */
  private readonly ever: ReadonlyMap<Action, ReadonlySet<string>>;
  private readonly all: KeyWords;

  constructor(
    private readonly system: CaseSystem,
    rows: readonly PolicyRow[],
    private readonly cells: ReadonlyMap<Action, readonly SectionCells[]>,
  ) {
    this.reader = new RowReader(system);
    const allowing = rows.filter((row) => row.effect === 'allow');
    this.ever = new Map(
      ACTIONS.map((action) => {
        const own = allowing.filter((row) => row.action === '*' || row.action === action);
        return [action, new Set(own.map((row) => row.workgroup.slice('group:'.length)))];
      }),
    );
    this.all = {
      workgroup: '',
      relations: 2 ** system.relations.length - 1,
      isPrivate: false,
      conditions: 2 ** system.conditions.length - 1,
    };
  }

  mayEver(workgroup: string, action: Action): boolean {
    return this.ever.get(action)?.has(workgroup) === true;
  }

  ask(key: KeyWords, action: Action): KeyAnswer {
    this.check(key);
    const cells = this.cells.get(action) ?? NOTHING;
    const allowed: boolean[] = [];
    const denied: boolean[] = [];
    const lines: number[] = [];
    const why: (Reason | null)[] = [];
    for (const number of this.system.sections.keys()) {
      const cell = cells[number]?.own.get(`group:${key.workgroup}`) ?? cells[number]?.others;
      const said = cell === undefined ? SILENT : this.reader.read(cell.rows, key, cell.section, action);
      const isAllowed = cell !== undefined && this.enforce(cell, key);
      // Two readers of the same rows that differ: one of them is broken, and nobody knows which.
      if (isAllowed !== (said.why === null)) throw new Error(`casbin and the rows differ on section ${number}`);
      allowed.push(isAllowed);
      denied.push(said.denyLine !== 0);
      lines.push(isAllowed ? said.allowLine : 0);
      why.push(said.why);
    }
    return Object.freeze({
      allowed: Object.freeze(allowed),
      denied: Object.freeze(denied),
      lines: Object.freeze(lines),
      why: Object.freeze(why),
    });
  }

  /** C14: a list of one word equals the word, and 1 equals '1', to casbin; so nothing of another type comes near it. */
  private check(key: KeyWords): void {
    const { workgroup, relations, isPrivate, conditions } = key;
    if (typeof workgroup !== 'string' || workgroup === '' || typeof isPrivate !== 'boolean') throw new Error('the key is malformed');
    for (const [mask, most] of [
      [relations, this.all.relations],
      [conditions, this.all.conditions],
    ] as const) {
      if (typeof mask !== 'number' || !Number.isInteger(mask) || mask < 0 || mask > most)
        throw new Error('the key speaks of words that the system does not have');
    }
  }

  private enforce(cell: Cell, key: KeyWords): boolean {
    return cell.enforcer.enforceSync(...requestOf(key, cell.section, cell.action)) === true;
  }
}
