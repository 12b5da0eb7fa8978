import { createHash } from 'node:crypto';
import { rawReply, type RawAnswer, type RawRequest, type RawUpstream } from '../support/raw-upstream';

type Tree = Record<string, unknown>;

/** How the case system behaves; every word may be changed while it runs. */
export interface Behaviour {
  /** Refuses a wrong If-Match with 412. One that does not looks the same until it is tried. */
  honoursIfMatch?: boolean;
  /** Refuses a body whose member of this name is not the stored one with 409, and counts it up. */
  versionMember?: string;
  /** Answers 200 to a merge patch and changes nothing, as json-server does. */
  ignoresMergePatch?: boolean;
  /** In place of what would be answered to a write; `apply` does it first. */
  onWrite?: (request: RawRequest, apply: () => RawAnswer) => RawAnswer | undefined;
}

export interface WritingCaseSystem {
  /** Records by path, such as `/records/A`; to be looked at and changed by the test. */
  readonly records: Record<string, Tree>;
  behaviour: Behaviour;
  /** Last segments under which a part of a record is written, and the record. */
  sections: Readonly<Record<string, string>>;
  /** Requests that are no GET, since the test began. */
  writes(): readonly RawRequest[];
  /** Puts these records in the place of all others. */
  begin(records: Readonly<Record<string, Tree>>, behaviour: Behaviour): void;
}

const MISSING = rawReply('{"error":"no such record"}', { status: '404 Not Found' });

/** A case system that takes writes, over raw sockets: ETags, versions, patches, lists of a record as addresses of their own. */
export function serveWritable(
  upstream: RawUpstream,
  records: Record<string, Tree>,
  lists: Readonly<Record<string, string>> = {},
): WritingCaseSystem {
  let from = 0;
  const system: WritingCaseSystem = {
    records,
    behaviour: {},
    sections: {},
    writes: () => upstream.requests.slice(from).filter((one) => one.method !== 'GET'),
    begin: (fresh, behaviour) => {
      for (const key of Object.keys(records)) delete records[key];
      Object.assign(records, fresh);
      system.behaviour = behaviour;
      from = upstream.requests.length;
    },
  };
  const answerTo = (request: RawRequest): RawAnswer | undefined => {
    const place = placeOf(records, lists, system.sections, request.target);
    if (place === null) return MISSING;
    if (request.method === 'GET') return shown(records[place.key] as Tree);
    const apply = (): RawAnswer => applied(system, request, place);
    return system.behaviour.onWrite === undefined ? apply() : system.behaviour.onWrite(request, apply);
  };
  upstream.answers((request: RawRequest) => answerTo(request));
  return system;
}

const tagOf = (record: Tree): string => `"${createHash('sha1').update(JSON.stringify(record)).digest('hex')}"`;
const shown = (record: Tree): RawAnswer => rawReply(JSON.stringify(record), { headers: [`ETag: ${tagOf(record)}`] });

interface Found {
  readonly key: string;
  /** The member to whose list an element is added; null for the record. */
  readonly list: string | null;
}

function placeOf(
  records: Record<string, Tree>,
  lists: Readonly<Record<string, string>>,
  sections: WritingCaseSystem['sections'],
  target: string,
): Found | null {
  if (Object.hasOwn(records, target)) return { key: target, list: null };
  const cut = target.lastIndexOf('/');
  const [key, last] = [target.slice(0, cut), target.slice(cut + 1)];
  if (Object.hasOwn(sections, last)) return { key: sections[last] as string, list: null };
  return Object.hasOwn(records, key) && Object.hasOwn(lists, last) ? { key, list: lists[last] as string } : null;
}

function applied({ records, behaviour }: WritingCaseSystem, request: RawRequest, { key, list }: Found): RawAnswer {
  const record = records[key] as Tree;
  const header = (name: string): string | undefined => request.headers.find(([given]) => given.toLowerCase() === name)?.[1];
  const ifMatch = header('if-match');
  if (behaviour.honoursIfMatch === true && ifMatch !== undefined && ifMatch !== tagOf(record)) return status('412 Precondition Failed');
  const body = request.body === '' ? undefined : (JSON.parse(Buffer.from(request.body, 'latin1').toString('utf8')) as unknown);
  const { versionMember } = behaviour;
  if (versionMember !== undefined && !Array.isArray(body)) {
    if ((body as Tree)[versionMember] !== record[versionMember]) return status('409 Conflict');
  }
  if (request.method === 'DELETE') {
    delete records[key];
    return status('200 OK');
  }
  let next: unknown = body;
  if (request.method === 'POST') next = { ...record, [list ?? '']: [...((record[list ?? ''] as unknown[] | undefined) ?? []), body] };
  if (request.method === 'PATCH') next = patched(record, body, header('content-type') ?? '', behaviour);
  if (next === null) return status('409 Conflict');
  records[key] = versionMember === undefined ? (next as Tree) : { ...(next as Tree), [versionMember]: Number(record[versionMember]) + 1 };
  return request.method === 'POST' ? status('201 Created') : shown(records[key]);
}

const status = (line: string): RawAnswer => rawReply('{}', { status: line });

function patched(record: Tree, body: unknown, type: string, behaviour: Behaviour): unknown {
  if (type.startsWith('application/json-patch+json'))
    return operated(structuredClone(record), body as { op: string; path: string; value?: unknown }[]);
  if (type.startsWith('application/merge-patch+json')) return behaviour.ignoresMergePatch === true ? record : merged(record, body);
  return { ...record, ...(body as Tree) };
}

function merged(target: unknown, patch: unknown): unknown {
  if (typeof patch !== 'object' || patch === null || Array.isArray(patch)) return patch;
  const result: Tree = typeof target === 'object' && target !== null && !Array.isArray(target) ? { ...(target as Tree) } : {};
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) delete result[name];
    else result[name] = merged(result[name], value);
  }
  return result;
}

function operated(record: Tree, operations: readonly { op: string; path: string; value?: unknown }[]): unknown {
  for (const { op, path, value } of operations) {
    const steps = path.slice(1).split('/');
    const last = steps.pop() as string;
    const parent = steps.reduce<unknown>((at, step) => (at as Tree)[step], record) as Tree | unknown[];
    if (op === 'test') {
      if (JSON.stringify((parent as Tree)[last]) !== JSON.stringify(value)) return null;
    } else if (op === 'remove') {
      if (Array.isArray(parent)) parent.splice(Number(last), 1);
      else delete parent[last];
    } else if (Array.isArray(parent)) {
      if (op === 'add') parent.splice(last === '-' ? parent.length : Number(last), 0, value);
      else parent[Number(last)] = value;
    } else parent[last] = value;
  }
  return record;
}
