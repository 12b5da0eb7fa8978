import { z } from 'zod';
import type { ApplicationGrant } from '../../../vocabulary/access';
import { ACTIONS, type Action } from '../../../vocabulary/case-system';
import type { StoreRows } from '../../../vocabulary/directory-rows';
import { CODE, ID, lookOf, NAMESPACE, oddText, RECORD_ID, SYSTEM } from '../../identifiers';
import { parseMoment } from '../../parse-moment';

/** The kinds of rows a directory import may hold: the name of a CSV file, or a key of a YAML document. In the order of their references. */
export const IMPORT_KINDS = [
  'organizations',
  'applications',
  'accounts',
  'standings',
  'memberships',
  'supervision',
  'delegations',
  'rights',
  'records',
] as const;
export type ImportKind = (typeof IMPORT_KINDS)[number];

/** A row as a file says it. Of a record the file may be silent about privacy, about codes, or about both. */
export type ImportRows = Omit<Pick<StoreRows, ImportKind>, 'records'> & {
  readonly records: Omit<StoreRows['records'], 'isPrivate' | 'codes' | 'last'> & {
    readonly isPrivate: boolean | undefined;
    readonly codes: StoreRows['records']['codes'] | undefined;
  };
};

export type ImportSchemas = { readonly [K in ImportKind]: z.ZodType<ImportRows[K]> };

/** CSV columns, and those among them that hold several values divided by `;`. */
export const CSV_COLUMNS: { readonly [K in ImportKind]: { readonly columns: readonly string[]; readonly lists: readonly string[] } } = {
  organizations: { columns: ['id', 'name'], lists: [] },
  applications: {
    columns: ['id', 'issuer', 'client_id', 'environment', 'class', 'grants', 'origins'],
    lists: ['grants', 'origins'],
  },
  accounts: { columns: ['id', 'kind', 'person', 'issuer', 'subject', 'environment', 'organization'], lists: [] },
  standings: { columns: ['of', 'id', 'standing', 'from'], lists: [] },
  memberships: {
    columns: [
      ...['id', 'account', 'system', 'environment', 'workgroup', 'staff_id', 'agency', 'counties', 'offices', 'programs'],
      ...['regions', 'privileges', 'from', 'to'],
    ],
    lists: ['counties', 'offices', 'programs', 'regions', 'privileges'],
  },
  supervision: { columns: ['supervisor', 'supervisee', 'from', 'to'], lists: [] },
  delegations: { columns: ['actor', 'account', 'from', 'to'], lists: [] },
  rights: { columns: ['account', 'right', 'from', 'to'], lists: [] },
  records: { columns: ['system', 'environment', 'record_id', 'private'], lists: [] },
};

/** What a column of records.csv that holds the codes of a fact begins with: `fact:assigned-staff`. */
export const FACT_COLUMN = 'fact:';

/** One strict schema a kind: anything it does not name is refused. Plain dates begin in the zone given. Building them takes 10 ms: the last are kept. */
export function importSchemas(timeZone: string): ImportSchemas {
  if (kept?.timeZone !== timeZone) kept = { timeZone, schemas: buildSchemas(timeZone) };
  return kept.schemas;
}

let kept: { readonly timeZone: string; readonly schemas: ImportSchemas } | undefined;

function buildSchemas(timeZone: string): ImportSchemas {
  const moment = word('expected a date or a moment with its offset (RFC 3339)').transform((text, context) => {
    const atMs = parseMoment(text, timeZone);
    if (atMs !== undefined) return atMs;
    context.addIssue({ code: 'custom', message: 'expected a date (2026-01-31) or a moment with its offset (2026-01-31T08:00:00-06:00)' });
    return z.NEVER;
  });
  const span = { from: moment, to: moment.nullish().transform((toMs) => toMs ?? null) };

  return {
    organizations: z.strictObject({ id, name: text(255) }).transform((row) => ({ id: row.id, look: lookOf(row.id), name: row.name })),
    applications: z
      .strictObject({
        id,
        issuer,
        client_id: foreign,
        environment,
        class: id,
        grants: z.array(grant),
        origins: z.array(origin).default([]),
      })
      .transform((row) => ({
        id: row.id,
        look: lookOf(row.id),
        issuer: row.issuer,
        clientId: row.client_id,
        environment: row.environment,
        applicationClass: row.class,
        grants: row.grants,
        origins: sorted(row.origins),
      })),
    accounts: z
      .strictObject({ id, kind: z.enum(['person', 'service']), person: id, issuer, subject: foreign, environment, organization: id })
      .transform((row) => ({ ...row, look: lookOf(row.id), subjectLook: lookOf(row.subject) })),
    standings: z
      .strictObject({
        of: z.enum(['organization', 'application', 'account']),
        id,
        standing: z.enum(['pending', 'active', 'suspended', 'terminated']),
        from: moment,
      })
      .transform((row) => ({ of: row.of, id: row.id, standing: row.standing, fromMs: row.from })),
    memberships: z
      .strictObject({
        id,
        account: id,
        system,
        environment,
        workgroup: id,
        staff_id: z.union([z.literal(''), foreign]).default(''),
        agency: z.union([z.literal(''), codeOrAll]).default(''),
        counties: codes,
        offices: codes,
        programs: codes,
        regions: codes,
        privileges: z.array(id).default([]).transform(sorted),
        ...span,
      })
      .superRefine(endsAfterItBegins)
      .transform((row) => ({
        id: row.id,
        look: lookOf(row.id),
        account: row.account,
        system: row.system,
        environment: row.environment,
        workgroup: row.workgroup,
        staffId: row.staff_id,
        staffLook: lookOf(row.staff_id),
        scopes: {
          agency: row.agency === '' ? [] : [row.agency],
          counties: row.counties,
          offices: row.offices,
          programs: row.programs,
          regions: row.regions,
        },
        privileges: row.privileges,
        fromMs: row.from,
        toMs: row.to,
      })),
    supervision: z
      .strictObject({ supervisor: id, supervisee: id, ...span })
      .superRefine(endsAfterItBegins)
      .transform((row) => ({ supervisor: row.supervisor, supervisee: row.supervisee, fromMs: row.from, toMs: row.to })),
    delegations: z
      .strictObject({ actor: id, account: id, ...span })
      .superRefine(endsAfterItBegins)
      .transform((row) => ({ actor: row.actor, account: row.account, fromMs: row.from, toMs: row.to })),
    rights: z
      .strictObject({ account: id, right, ...span })
      .superRefine(endsAfterItBegins)
      .transform((row) => ({ account: row.account, right: row.right, fromMs: row.from, toMs: row.to })),
    records: z
      .strictObject({
        system,
        environment,
        record_id: word('expected a record id').regex(RECORD_ID, 'expected letters, digits, - and _, at most 64'),
        private: z.union([z.boolean(), z.enum(['true', 'false']).transform((said) => said === 'true')], 'expected true or false').nullish(),
        codes: z.record(factName, z.array(recordCode).transform(sorted)).optional(),
      })
      .transform((row) => ({
        system: row.system,
        environment: row.environment,
        recordId: row.record_id,
        isPrivate: row.private ?? undefined,
        codes: row.codes === undefined ? undefined : spoken(row.codes),
      })),
  };
}

const word = (otherwise: string): z.ZodString =>
  z.string({ error: (issue) => (issue.input === undefined ? 'is missing' : `${otherwise}; text in quotes`) });

const id = word('expected an id').superRefine((value, context) => {
  if (NAMESPACE.test(value)) refuse(context, 'an id is written without its namespace (user:, group:, org:)');
  else if (!ID.test(value)) refuse(context, 'expected letters, digits and . _ @ -, beginning with a letter or digit, at most 128');
});

const foreign = word('expected text').superRefine((value, context) => {
  const odd = oddText(value);
  if (odd !== null) refuse(context, odd);
});

const text = (most: number): z.ZodType<string> =>
  word('expected text').superRefine((value, context) => {
    const odd = value.length > most ? `must have at most ${most} characters` : oddText(value);
    if (odd !== null) refuse(context, odd);
  });

const environment = z.enum(['production', 'training'], 'expected production or training');
const system = word('expected a system').regex(SYSTEM, 'expected the name of a system: small letters, digits and -');
const codeOrAll = word('expected a code').refine((value) => value === '*' || CODE.test(value), 'expected a code, or * for all');
const recordCode = foreign.refine((value) => value !== '*' && !value.includes(';'), 'a record carries codes, not * or ;');
const factName = z.string().regex(/^[a-z][a-z0-9-]{0,62}$/, 'expected the name of a fact: small letters, digits and -');

const codes = z
  .array(codeOrAll)
  .default([])
  .superRefine((values, context) => {
    if (values.includes('*') && values.length > 1) refuse(context, '* stands for all and must stand alone');
  })
  .transform(sorted);

const issuer = foreign.refine(isIssuer, 'expected the issuer as in its tokens: an https address (http on this machine alone)');
const origin = word('expected an origin').refine(isOrigin, 'expected an origin such as https://apps.example.gov, without a path');

const right = word('expected a right').superRefine((value, context) => {
  const [name, of, ...rest] = value.split(':');
  const isPlain = of === undefined && ['policy-admin', 'directory-admin', 'auditor', 'metrics'].includes(name ?? '');
  const isFeed = name === 'feed' && of !== undefined && SYSTEM.test(of) && rest.length === 0;
  const isOfficer = name === 'security-officer' && of !== undefined && ID.test(of) && rest.length === 0;
  if (isPlain || isFeed || isOfficer) return;
  refuse(context, 'expected policy-admin, directory-admin, auditor, metrics, feed:<system> or security-officer:<organization>');
});

/** In a cell `system:action|action:section|section`; in YAML the three by name. */
const grant = z
  .union(
    [
      z.string().transform((value, context) => {
        const [name, actions, sections, ...rest] = value.split(':').map((part) => part.trim());
        if (name !== undefined && actions !== undefined && sections !== undefined && rest.length === 0) {
          return { system: name, actions: actions.split('|'), sections: sections.split('|') };
        }
        refuse(context, 'expected system:actions:sections, such as workforce-one:read|search:*');
        return z.NEVER;
      }),
      z.strictObject({ system: z.string(), actions: z.array(z.string()), sections: z.array(z.string()) }),
    ],
    'expected system:actions:sections, such as workforce-one:read|search:*',
  )
  .superRefine((value: ApplicationGrant, context) => {
    if (!SYSTEM.test(value.system)) refuse(context, 'a grant names one system');
    if (value.actions.length === 0 || !value.actions.every((one) => one === '*' || ACTIONS.includes(one as Action))) {
      refuse(context, `a grant names actions: * or some of ${ACTIONS.join(', ')}`);
    }
    if (value.sections.length === 0 || !value.sections.every((one) => one === '*' || /^[a-z][a-z0-9-]{0,62}$/.test(one))) {
      refuse(context, 'a grant names sections: * or their names');
    }
  });

function isIssuer(value: string): boolean {
  if (!URL.canParse(value)) return false;
  const { protocol, hostname, hash, search } = new URL(value);
  const isLocal = ['localhost', '127.0.0.1', '[::1]'].includes(hostname);
  return (protocol === 'https:' || (protocol === 'http:' && isLocal)) && hash === '' && search === '';
}

function isOrigin(value: string): boolean {
  return URL.canParse(value) && /^https?:/.test(value) && new URL(value).origin === value;
}

function endsAfterItBegins(row: { from: number; to: number | null }, context: z.RefinementCtx): void {
  if (row.to !== null && row.to <= row.from) context.addIssue({ code: 'custom', path: ['to'], message: 'must be later than from' });
}

function refuse(context: z.RefinementCtx, message: string): void {
  context.addIssue({ code: 'custom', message });
}

function sorted(values: readonly string[]): readonly string[] {
  return [...new Set(values)].sort();
}

/** A fact without codes is silence, and silence is not written down. */
function spoken(codesByFact: Readonly<Record<string, readonly string[]>>): Readonly<Record<string, readonly string[]>> {
  const kept = Object.entries(codesByFact).filter(([, values]) => values.length > 0);
  return Object.fromEntries(kept.sort(([one], [other]) => (one < other ? -1 : 1)));
}
