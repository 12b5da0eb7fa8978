import type { WriteMethod, WriteRule } from './write-rule';

/**
 * A case-management system as its `record.yaml` describes it, compiled: words became numbers, checked and frozen.
 * `decide` reads the file and makes this; every other room only reads it.
 *
 * Bits: relation i is bit 1<<i of a relation mask, condition i bit 1<<i of a condition mask (at most 30 of each).
 * Sections are numbered by their place in `sections`.
 */
export interface CaseSystem {
  readonly name: string;
  readonly title: string;
  /** IANA zone in which the system's dates are meant. */
  readonly timeZone: string;
  /** Anchored; an id that does not match is answered as an unknown record. */
  readonly identifier: RegExp;
  /** Days besides Saturday and Sunday that are no business days, from holidays.csv: YYYY-MM-DD, ascending. */
  readonly holidays: readonly string[];
  /** Documented exceptions to windows of business days, from exceptions.csv (TO-03). */
  readonly exceptions?: readonly WindowException[];
  /** At most this many memberships a person may hold in the system (WWP-03), counted after `collapses`; more are refused. */
  readonly mostMemberships: number;
  /** Workgroups that become one where a person holds them together. */
  readonly collapses: readonly RoleCollapse[];
  readonly sections: readonly SectionName[];
  /** The section that makes a `basic` view. */
  readonly basicSection: number;
  /** The section whose holders are told of privacy, assignment and referral in Casegate-Withheld; -1 for none. */
  readonly privacySection: number;
  /** Sections whose very name speaks of privacy, assignment or referral. */
  readonly tellingSections: readonly number[];
  readonly relations: readonly Test[];
  readonly conditions: readonly Test[];
  readonly facts: readonly FactRule[];
  readonly fields: readonly FieldRule[];
  /** Other persons who stand inside a record and have records of their own. */
  readonly embedded: readonly EmbeddedPerson[];
  readonly routes: readonly Route[];
  /** sha-256 hex of record.yaml as read, with the holidays where there are any. */
  readonly version: string;
}

/** While it lasts, and for as many business days behind it as the window has, what was done meanwhile may be entered (TO-03). */
export interface WindowException {
  /** A code of the fact that the clause names, or '*'. */
  readonly where: string;
  /** First day and day of restoration, YYYY-MM-DD; null while it is not restored. */
  readonly from: string;
  readonly restored: string | null;
}

/** Whoever holds all of `these` holds `into` alone of them (WWP-03); `into` is one of these. Workgroups without their namespace. */
export interface RoleCollapse {
  readonly these: readonly string[];
  readonly into: string;
}

export type SectionName = string;
export type Action = 'read' | 'search' | 'export' | 'create' | 'update' | 'delete' | 'assign' | 'approve';
export const ACTIONS: readonly Action[] = ['read', 'search', 'export', 'create', 'update', 'delete', 'assign', 'approve'];

/** A place in a record: keys from the root, EACH for every element of an array. */
export const EACH = '*';
export type Place = readonly string[];

/**
 * plain: a value of a declared kind (name, code, date, number): passed as it stands; known SSNs are masked in it, patterns are not looked for.
 * text: free text: known SSNs and everything that looks like an SSN are masked.
 * ssn: leaves as XXX-XX-1234. ssn-last4: four digits, leaves as XXX-XX-1234.
 */
export type FieldKind = 'plain' | 'text' | 'ssn' | 'ssn-last4';

export interface FieldRule {
  readonly place: Place;
  readonly section: number;
  readonly kind: FieldKind;
}

/**
 * A person who stands inside somebody else's record and has a record of their own: decided by their own facts, and cut to what that decision
 * shows. Of a field in it both must be granted: its section in the record around it, and its section in the person's own.
 */
export interface EmbeddedPerson {
  readonly name: string;
  /** From the root of the record; its last step is EACH or a key, and there stands an object. */
  readonly place: Place;
  /** The person's own record number, below `place`. */
  readonly idPlace: Place;
  /** Where the person's own facts stand, below `place`, by fact number; null: this source is silent. */
  readonly factPlaces: readonly (Place | null)[];
  /** By field number: the section in the person's own record; -1 for a field that does not stand in them. */
  readonly sections: readonly number[];
}

/** Where one fact about a record stands. Several sources must agree (design.md, One request). */
export interface FactRule {
  readonly name: string;
  /** `privacy` alone is 'flag'; the others are sets of codes. 'dates' are codes of which a clause asks that every one be a date in a window. */
  readonly kind: 'flag' | 'codes' | 'dates';
  readonly place: Place | null;
  /** For a flag: which JSON scalars mean private, which open. Anything else is silence. */
  readonly privateWords: readonly string[];
  readonly openWords: readonly string[];
  /** 'none' not a source; 'may-speak' counts when it has a value; 'must-speak' silent means private (flag) or hidden (codes). */
  readonly body: 'none' | 'may-speak' | 'must-speak';
  readonly registry: 'none' | 'may-speak' | 'must-speak';
}

/** A relation or a condition: all its clauses must hold; a missing value never holds. */
export interface Test {
  readonly word: string;
  readonly clauses: readonly Clause[];
}

/**
 * fact-is-caller: one of the fact's codes is the membership's staff id.
 * fact-is-supervised: one of the codes is the staff id of an account that the caller supervises directly, now.
 * fact-in-scope: one of the codes is in that scope of the membership ('*' in the scope covers every code, but a code there must be).
 * workgroup: the membership's workgroup is one of these. privilege: the membership carries it.
 * fact-has: one of the fact's codes is one of these words.
 * fact-within-business-days: there is a code, and every code is a date not farther back than so many business days before today, or one that an
 * exception covers: of those for everybody, and for the codes of the fact `exceptionsBy`.
 */
export type Clause =
  | { readonly test: 'fact-is-caller'; readonly fact: number }
  | { readonly test: 'fact-is-supervised'; readonly fact: number }
  | { readonly test: 'fact-in-scope'; readonly fact: number; readonly scope: Scope }
  | { readonly test: 'fact-has'; readonly fact: number; readonly words: readonly string[] }
  | { readonly test: 'fact-within-business-days'; readonly fact: number; readonly days: number; readonly exceptionsBy?: number }
  | { readonly test: 'workgroup'; readonly workgroups: readonly string[] }
  | { readonly test: 'privilege'; readonly privilege: string };

export type Scope = 'agency' | 'counties' | 'offices' | 'programs' | 'regions';

/** What a route answers; each kind has its own way through the gateway. */
export type Route = RecordRoute | ListRoute | StreamRoute;

interface AnyRoute {
  /** Place in CaseSystem.routes. */
  readonly index: number;
  readonly name: string;
  /** Path below /<system>: a literal segment, or null where the record id stands. */
  readonly segments: readonly (string | null)[];
  readonly action: Action;
  /** Numbers of the sections this route can show. */
  readonly sections: readonly number[];
  /** registry: decided before the fetch and checked again on the body. body: fetched first. */
  readonly factsFrom: 'body' | 'registry';
  /** Where the record's own id stands in the record. */
  readonly idPlace: Place;
  readonly mediaTypes: readonly string[];
  /** Largest body taken from the case system, bytes, counted after decoding. */
  readonly maxBodyBytes: number;
}

/** One record; its id stands in the path and must stand in the body. */
export interface RecordRoute extends AnyRoute {
  readonly answer: 'record';
  readonly method: 'GET' | WriteMethod;
  /** Of a route that writes; `sections` are then those that may be written on it. */
  readonly write?: WriteRule;
  /** Answers carry an ETag of what is shown, because a route that writes asks for it. */
  readonly isTagged?: boolean;
}

/** Many records in one buffered body, each decided by its own facts. No segment is null. */
export interface ListRoute extends AnyRoute {
  readonly answer: 'list';
  readonly method: 'GET';
  readonly write?: undefined;
  readonly isTagged?: undefined;
  /** Where the array of records stands; empty: the body is the array. No step is EACH. */
  readonly listPlace: Place;
  readonly page: PageRule;
  /** Where the case system says how many records there are in all; null: it does not. */
  readonly total: TotalRule | null;
  readonly words: readonly QueryWord[];
  readonly narrowings: readonly Narrowing[];
  /** How a second query asks for the caller's own records, where a narrowed one leaves them out; null: it cannot. */
  readonly ownRecords: OwnRecords | null;
}

/** Records of any number, each decided by its own facts and leaving while the next ones come. No segment is null. */
export interface StreamRoute extends AnyRoute {
  readonly answer: 'stream';
  readonly method: 'GET';
  readonly write?: undefined;
  readonly isTagged?: undefined;
  /** Where the array of records stands in a JSON body; empty: the body is the array. No step is EACH. */
  readonly listPlace: Place;
  /** What clients may ask for; the first is what is given where they do not say. */
  readonly formats: readonly [StreamFormat, ...StreamFormat[]];
  /** Of CSV, both ways. */
  readonly delimiter: CsvDelimiter;
  /** Largest record taken from the case system, bytes as it comes. */
  readonly maxRecordBytes: number;
  /** How many records one answer may show at most, by workgroup. A workgroup that is not in it exports nothing. */
  readonly mostRecords: Readonly<Record<string, number>>;
  /** Workgroups that may export records of which they see basic information alone; others do not find those in the answer. */
  readonly basicViews: readonly string[];
}

export type StreamFormat = 'json' | 'ndjson' | 'csv';
export type CsvDelimiter = ',' | ';' | '\t' | '|';

/** The media type of each format, both ways. */
export const STREAM_MEDIA_TYPES: Readonly<Record<StreamFormat, string>> = {
  json: 'application/json',
  ndjson: 'application/x-ndjson',
  csv: 'text/csv',
};

/** Query words that cut a list into pages; pages are counted from 1. */
export interface PageRule {
  readonly size: string;
  readonly number: string;
  /** Records of a page where the caller names no size. */
  readonly usualSize: number;
  readonly mostSize: number;
}

export type TotalRule = { readonly in: 'header'; readonly header: string } | { readonly in: 'body'; readonly place: Place };

/** Words of a query that choose a field by name, and those that compare its value. */
export type ChoiceHow = 'sort' | 'project' | 'group' | 'expand';
export type CompareHow = 'equals' | 'not' | 'from' | 'to' | 'like' | 'search';

/**
 * One query word that callers may write, and the fields whose values its answer depends on.
 * order: goes with a sort, and says asc or desc. The others see `fields`, numbers into CaseSystem.fields, in a way that tells of their values.
 */
export type QueryWord =
  | { readonly word: string; readonly how: 'order' }
  | { readonly word: string; readonly how: CompareHow; readonly fields: readonly number[] }
  | { readonly word: string; readonly how: ChoiceHow; readonly choices: readonly QueryChoice[] };

/** What a choosing word may say, and the fields that are touched then. */
export interface QueryChoice {
  readonly value: string;
  readonly fields: readonly number[];
}

/**
 * How the case system is asked for such records alone: open ones, or those on which a condition holds.
 * `asks`: all of them go along. A value is what is sent; a scope stands for the codes of the membership, of which one must match.
 */
export interface Narrowing {
  readonly to: { readonly privacy: 'open' } | { readonly condition: number };
  readonly asks: readonly NarrowingAsk[];
}

export interface NarrowingAsk {
  readonly word: string;
  readonly values: readonly string[];
  readonly scope: Scope | null;
  /** Where the scope is '*': what is asked instead, so that a record without a code is left out. null: it cannot be asked. */
  readonly any: { readonly word: string; readonly value: string } | null;
}

/** The records that stand in `relation` to the caller: those at which `word` is the caller's staff id. */
export interface OwnRecords {
  readonly relation: number;
  readonly word: string;
}
