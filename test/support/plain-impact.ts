import type { AccessEntry, EntryKey } from '../../src/vocabulary/access-entry';

/*
 * An independent count of what a policy would have changed: a plain loop over the JSON of entries, and rows read and evaluated by their
 * words in a way of its own. Nothing of src decides here.
 */
export interface PlainRow {
  readonly workgroup: string;
  readonly relation: string;
  readonly privacy: string;
  readonly when: readonly string[];
  readonly section: string;
  readonly action: string;
  readonly isAllow: boolean;
}

export const plainRows = (policyCsv: string): readonly PlainRow[] =>
  policyCsv
    .split('\n')
    .filter((line) => line.startsWith('p,'))
    .map((line) => {
      const [, workgroup = '', relation = '', privacy = '', when = '', section = '', action = '', effect = ''] = line.split(', ');
      return {
        workgroup,
        relation,
        privacy,
        when: when === 'always' ? [] : when.split(' & '),
        section,
        action,
        isAllow: effect === 'allow',
      };
    });

/** Some membership is allowed, and none denied. */
export function plainlySees(rows: readonly PlainRow[], keys: readonly EntryKey[], section: string, action: string): boolean {
  const hits = (row: PlainRow, key: EntryKey): boolean =>
    (row.workgroup === '*' || row.workgroup === `group:${key.workgroup}`) &&
    (row.relation === '*' || (row.relation === 'none' ? key.relations.length === 0 : key.relations.includes(row.relation))) &&
    (row.privacy === '*' || row.privacy === key.privacy) &&
    (row.section === '*' || row.section === section) &&
    (row.action === '*' || row.action === action) &&
    row.when.every((word) => key.when.includes(word));
  const isDenied = keys.some((key) => rows.some((row) => !row.isAllow && hits(row, key)));
  return !isDenied && keys.some((key) => rows.some((row) => row.isAllow && hits(row, key)));
}

export interface PlainFigure {
  readonly whose: Readonly<Record<string, unknown>>;
  readonly change: 'gained' | 'lost';
  readonly decisions: number;
  readonly sections: Readonly<Record<string, number>>;
}

export interface PlainImpact {
  readonly decisions: number;
  readonly changed: number;
  readonly neverDecided: number;
  readonly workgroups: readonly PlainFigure[];
  readonly people: readonly PlainFigure[];
  readonly records: readonly PlainFigure[];
}

/** `texts`: the bytes of entries as the store keeps them. `sections`: all that a route shows. record.yaml is the same on both sides. */
export function plainImpact(texts: readonly string[], rows: readonly PlainRow[], sections: readonly string[]): PlainImpact {
  let [decisions, changed, neverDecided] = [0, 0, 0];
  const all = {
    workgroups: new Map<string, PlainFigure>(),
    people: new Map<string, PlainFigure>(),
    records: new Map<string, PlainFigure>(),
  };
  const count = (
    into: Map<string, PlainFigure>,
    whose: PlainFigure['whose'],
    change: PlainFigure['change'],
    names: readonly string[],
  ): void => {
    const name = JSON.stringify([whose, change]);
    const before = into.get(name) ?? { whose, change, decisions: 0, sections: {} };
    const counts: Record<string, number> = { ...before.sections };
    for (const section of names) counts[section] = (counts[section] ?? 0) + 1;
    into.set(name, { ...before, decisions: before.decisions + 1, sections: counts });
  };
  for (const text of texts) {
    const { kind, system, environment, action, records, who } = JSON.parse(text) as AccessEntry;
    if (kind !== 'access') continue;
    for (const { keys, narrowing, disclosed, id } of records) {
      if (keys.length === 0) {
        neverDecided += 1;
        continue;
      }
      decisions += 1;
      const carries = narrowing?.carries ?? ['*'];
      const actorKeys = narrowing?.actorKeys ?? null;
      const after = sections.filter(
        (section) =>
          plainlySees(rows, keys, section, action ?? '') &&
          (carries.includes('*') || carries.includes(section)) &&
          (actorKeys === null || plainlySees(rows, actorKeys, section, action ?? '')),
      );
      const gained = after.filter((section) => !(section in disclosed));
      const lost = Object.keys(disclosed).filter((section) => !after.includes(section));
      if (gained.length + lost.length > 0) changed += 1;
      for (const [change, names] of [
        ['gained', gained],
        ['lost', lost],
      ] as const) {
        if (names.length === 0) continue;
        const words = keys.map(({ workgroup, relations, privacy, when }) => ({ workgroup, relations, privacy, when }));
        count(all.workgroups, { system, environment, keys: words }, change, names);
        count(all.people, { system, account: who?.account, person: who?.person }, change, names);
        count(all.records, { system, environment, record: id }, change, names);
      }
    }
  }
  const list = (map: Map<string, PlainFigure>): readonly PlainFigure[] => sortedFigures([...map.values()]);
  return { decisions, changed, neverDecided, workgroups: list(all.workgroups), people: list(all.people), records: list(all.records) };
}

/** In one order, whatever order they were counted in. */
export const sortedFigures = (figures: readonly PlainFigure[]): readonly PlainFigure[] =>
  figures
    .map((figure) => ({
      ...figure,
      sections: Object.fromEntries(Object.entries(figure.sections).sort(([one], [other]) => (one < other ? -1 : 1))),
    }))
    .sort((one, other) => (JSON.stringify([one.whose, one.change]) < JSON.stringify([other.whose, other.change]) ? -1 : 1));

/** A line of `casegate policy impact --json` in the form of the plain count. */
export function asPlain({
  change,
  decisions,
  sections,
  examples: _examples,
  ...whose
}: {
  readonly change: 'gained' | 'lost';
  readonly decisions: number;
  readonly sections: readonly { readonly section: string; readonly decisions: number }[];
  readonly examples: readonly string[];
}): PlainFigure {
  return { whose, change, decisions, sections: Object.fromEntries(sections.map((one) => [one.section, one.decisions])) };
}
