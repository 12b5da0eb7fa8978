import type { CaseSystem, Route, Scope, StreamFormat } from './case-system';
import type { Reason } from './reasons';
import type { WriteMethod, Written } from './write-rule';

export type Environment = 'production' | 'training';

/** One request as the edge understood it: canonical, matched to a route, nothing in it still to be parsed. */
export interface Ask {
  readonly accessId: string;
  readonly receivedAtMs: number;
  readonly method: 'GET' | 'HEAD' | WriteMethod;
  readonly system: string;
  readonly environment: Environment;
  /** Index into the system's routes, valid for `caseSystem`. */
  readonly caseSystem: CaseSystem;
  readonly route: Route;
  /** As in the path; ASCII, [A-Za-z0-9][A-Za-z0-9_-]{0,63}. '' for a list, whose records are named by the answer. */
  readonly recordId: string;
  /** For a list: the query, decoded, each word once, none of it looked at. */
  readonly query?: readonly QueryPair[];
  /** For a stream: what the client asked for, by Accept. */
  readonly format?: StreamFormat;
  /** The one bearer token, or undefined where none was sent. */
  readonly bearer: string | undefined;
  /** One object for as long as one connection sends the same token: what is worked out from the token may be kept with it. */
  readonly bearerKey?: object | undefined;
  readonly source: Source;
  /** W3C trace context as sent, where it has the right form. */
  readonly traceparent?: string;
  /** What is to be written, where the route writes. */
  readonly written?: Written;
}

/** One word of a query and its value. */
export type QueryPair = readonly [word: string, value: string];

/** Where the request came from. `address` is the peer, or what a configured front proxy says; `forwardedFor` what was claimed. */
export interface Source {
  readonly address: string;
  readonly forwardedFor?: string;
}

export type Standing = 'pending' | 'active' | 'suspended' | 'terminated';

/** A standing and the moment it begins, epoch ms. The last that has begun is in force. */
export interface StandingSpan {
  readonly standing: Standing;
  readonly fromMs: number;
}

export interface Organization {
  readonly id: string;
  readonly name: string;
  readonly standings: readonly StandingSpan[];
}

/** What a registered application may carry, per system. '*' is all. */
export interface ApplicationGrant {
  readonly system: string;
  readonly actions: readonly string[];
  readonly sections: readonly string[];
}

export interface Application {
  readonly id: string;
  readonly issuer: string;
  readonly clientId: string;
  readonly environment: Environment;
  /** The word that stands for it in the decision key. */
  readonly applicationClass: string;
  readonly grants: readonly ApplicationGrant[];
  /** Origins that CORS admits, exact. */
  readonly origins: readonly string[];
  readonly standings: readonly StandingSpan[];
}

export interface Membership {
  readonly id: string;
  readonly account: string;
  readonly system: string;
  readonly environment: Environment;
  /** Without its namespace `group:`. */
  readonly workgroup: string;
  /** The person's own id in the case system; '' when there is none, which relates to nothing. */
  readonly staffId: string;
  /** Codes by kind of scope; '*' covers all; empty covers none. `agency` has at most one. */
  readonly scopes: Readonly<Record<Scope, readonly string[]>>;
  readonly privileges: readonly string[];
  readonly fromMs: number;
  /** Exclusive; null is open-ended. */
  readonly toMs: number | null;
}

export interface Account {
  /** Without its namespace `user:`. */
  readonly id: string;
  readonly kind: 'person' | 'service';
  readonly person: string;
  readonly issuer: string;
  readonly subject: string;
  readonly environment: Environment;
  readonly organization: string;
  readonly standings: readonly StandingSpan[];
}

/** Who asks, as the directory knows them at `directoryVersion`. Only memberships of the asked system that hold now. */
export interface Caller {
  readonly account: Account;
  readonly application: Application;
  readonly memberships: readonly [Membership, ...Membership[]];
  /** A registered service that acts for the person (RFC 8693 `act`); it narrows. */
  readonly actor: Actor | null;
  readonly directoryVersion: number;
  /** The moment from which time alone makes it another caller: a dated fact behind it begins or ends, or the token expires. */
  readonly holdsUntilMs: number;
}

export interface Actor {
  readonly account: Account;
  readonly memberships: readonly Membership[];
}

/** What a verified token says; only who it is, nothing of what they may. */
export interface VerifiedToken {
  readonly issuer: string;
  readonly subject: string;
  readonly clientId: string | undefined;
  readonly actor: { readonly issuer: string; readonly subject: string } | undefined;
  readonly expiresAtMs: number;
  /** Authentication context and methods, for the admin plane. */
  readonly acr: string | undefined;
  /** sha-256 hex of the token; for the log never, for memory only. */
  readonly digest: string;
}

/** What one source says of one fact: the scalars found at its place. Empty: silent. */
export type FactReading = readonly (string | boolean | null)[];

/** The record as it stands in the registry. */
export interface RegistryRow {
  readonly system: string;
  readonly environment: Environment;
  readonly recordId: string;
  /** null: the registry says nothing about privacy. */
  readonly isPrivate: boolean | null;
  /** Codes by fact name; a name that is missing is silence. */
  readonly codes: Readonly<Record<string, readonly string[]>>;
  readonly registryVersion: number;
}

/**
 * The record as decided on: privacy settled, codes per fact number. `hidden` names why nothing may be said of it.
 */
export type RecordFacts =
  | { readonly known: true; readonly isPrivate: boolean; readonly codes: readonly (readonly string[])[] }
  | { readonly known: false; readonly why: Reason };

/** What Casbin is asked about, per membership: the closed vocabulary of design.md. Masks as in CaseSystem. */
export interface DecisionKey {
  readonly environment: Environment;
  readonly application: string;
  readonly workgroup: string;
  readonly relations: number;
  readonly isPrivate: boolean;
  readonly conditions: number;
}

/** What takes away from that which the caller's own keys are granted. With the keys it is all that a decision stands on. */
export interface Narrowing {
  /** Sections that the calling application may carry under the action, as registered; '*' is all. */
  readonly carries: readonly string[];
  /** One per membership of the acting service; null where nobody acts for the caller. */
  readonly actorKeys: readonly DecisionKey[] | null;
}

export type Disclosure = 'full' | 'partial' | 'basic' | 'none';

/** One record, one caller, one route: what leaves. Arrays run over `CaseSystem.sections`. */
export interface Decision {
  readonly disclosure: Disclosure;
  /** True where the section is shown on this route. */
  readonly granted: readonly boolean[];
  /** For a granted section the line of policy.csv that allowed it; 0 otherwise. */
  readonly ruleLines: readonly number[];
  /** For a section of the route that is withheld, why; null otherwise. */
  readonly withheld: readonly (Reason | null)[];
  readonly reasons: readonly [Reason, ...Reason[]];
  readonly keys: readonly DecisionKey[];
  /** What narrowed the keys; null where the application may carry every section and nobody acts for the caller. */
  readonly narrowing: Narrowing | null;
  /** sha-256 hex of the policy set that decided. */
  readonly policyVersion: string;
}

/**
 * What one membership could meet in all the records that a query could touch: words that hold on each of them, and words that may hold on some.
 * Masks as in CaseSystem.
 */
export interface Reach {
  readonly workgroup: string;
  readonly relationsAlways: number;
  readonly relationsPerhaps: number;
  readonly conditionsAlways: number;
  readonly conditionsPerhaps: number;
  readonly privacy: 'open' | 'any';
}

/** The case system's answer, decoded and under the cap; status 200 or 404, anything else was thrown. */
export interface UpstreamReply {
  readonly status: 200 | 404;
  readonly mediaType: string;
  readonly body: Buffer;
  readonly durationMs: number;
  /** Of a list whose route names a header for it: how many records the case system says there are; null where it says nothing sound. */
  readonly total?: number | null;
  /** As the case system sent it, where it was asked for. Never leaves. */
  readonly etag?: string | null;
}
