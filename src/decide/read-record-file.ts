import { createHash } from 'node:crypto';
import { readText } from '../reading/read-text';
import { readYaml, type YamlFile, type YamlPath } from '../reading/read-yaml';
import {
  EACH,
  type Action,
  type CaseSystem,
  type Clause,
  type EmbeddedPerson,
  type FactRule,
  type FieldRule,
  type Place,
  type RecordRoute,
  type RoleCollapse,
  type Route,
  type Test,
  type WindowException,
} from '../vocabulary/case-system';
import { speaksOfSsn } from '../vocabulary/speaks-of-ssn';
import { type Finding, type FindingRule, finding } from './finding';
import { nearestWord } from './nearest-word';
import { compileList, LIST_KEYS, type ListContext } from './compile-list';
import { compileStream, STREAM_KEYS } from './compile-stream';
import { readWriteRoute, sharedWithReads } from './read-write-route';
import { type ClauseForm, type ReadRouteForm, type RecordFile, recordSchema } from './record-schema';
import type { WriteForm } from './write-schema';

/** Words that mean something of their own in policy.csv and cases.csv. */
const RESERVED = ['none', 'always', 'any', 'all', 'but', 'end', 'open', 'private'];

export interface RecordRead {
  /** null where there are findings. */
  readonly system: CaseSystem | null;
  /** Workgroups named in clauses, and where: policy.csv must know them too. */
  readonly workgroups: readonly { readonly word: string; readonly line: number; readonly column: number }[];
  /** The place of a value or of its key. */
  readonly locate: YamlFile['locate'];
  readonly findings: readonly Finding[];
}

/**
 * record.yaml of one system folder, compiled.
 *
 * Takes   the bytes, the name shown in findings, the name of the folder, which `system` must repeat, and the dates of holidays.csv,
 *         null where there is none; the same of exceptions.csv.
 * Gives   the system with words turned into numbers, deeply frozen; or every finding, each with line and column.
 * Fails   never.
 * Source  design.md, The tree; C06: the last line is `...`, so that a file cut off on the way is noticed.
 */
export function readRecordFile(
  bytes: Uint8Array,
  file: string,
  folder: string,
  holidays: readonly string[] | null = null,
  exceptions: readonly WindowException[] | null = null,
): RecordRead {
  const { text, problems } = readText(bytes, file);
  if (problems.length > 0) return unread(problems.map((problem) => finding('unreadable', problem, problem.message)));
  if (!/(?:^|\n)\.\.\.\s*$/.test(text)) {
    const line = text.split('\n').length;
    return unread([finding('C06', { file, line, column: 1, word: '' }, 'the closing line ... is missing: the file may be cut off')]);
  }
  const yaml = readYaml(text, file);
  if (yaml.problems.length > 0) return unread(yaml.problems.map((problem) => finding('unreadable', problem, problem.message)));
  const parsed = recordSchema.safeParse(yaml.value);
  if (!parsed.success) {
    // A misspelt key is also a missing one: the misspelling is what helps.
    const issues = [...parsed.error.issues].sort((a, b) => Number(b.code === 'unrecognized_keys') - Number(a.code === 'unrecognized_keys'));
    return unread(issues.flatMap((issue) => formFindings(issue, yaml, file)));
  }

  const hash = createHash('sha256').update(bytes);
  if (holidays !== null) hash.update(JSON.stringify(holidays));
  if (exceptions !== null) hash.update(JSON.stringify(exceptions));
  return new RecordCompiler(parsed.data, yaml, file, folder, holidays, exceptions, hash.digest('hex')).compile();
}

const unread = (findings: readonly Finding[]): RecordRead => ({
  system: null,
  workgroups: [],
  locate: () => ({ line: 1, column: 1 }),
  findings,
});

const FORM_KEYS = [
  ...Object.keys(recordSchema.shape),
  ...[
    'body',
    'registry',
    'at',
    'speaks',
    'private',
    'open',
    'workgroup',
    'privilege',
    'fact',
    'is',
    'in',
    'has',
    'within-business-days',
    'exceptions',
    'these',
    'into',
  ],
  ...['method', 'path', 'action', 'factsFrom', 'id', 'mediaTypes', 'maxBodyBytes'],
  ...['answer', 'listAt', 'page', 'total', 'query', 'narrow', 'own', 'how', 'field', 'choices', 'scope', 'any', 'embedded'],
  ...['record', 'concurrency', 'versionField', 'ifMatch', 'dates', 'patch', 'into'],
  ...['formats', 'delimiter', 'maxRecordBytes', 'mostRecords', 'basicViews'],
];

/** What is taken whole before anything leaves. */
const MOST_BUFFERED_BYTES = 67_108_864;

interface Issue {
  readonly code: string;
  readonly message: string;
  readonly path: readonly PropertyKey[];
  readonly keys?: readonly string[];
}

function formFindings(issue: Issue, yaml: YamlFile, file: string): readonly Finding[] {
  const path = issue.path.map((step) => (typeof step === 'number' ? step : String(step)));
  if (issue.code === 'unrecognized_keys') {
    return (issue.keys ?? []).map((key) =>
      finding(
        'form',
        { file, ...yaml.locate([...path, key], 'key'), word: key },
        `${key} is not a key of this form`,
        nearestWord(key, FORM_KEYS),
      ),
    );
  }
  const found = valueAt(yaml.value, path);
  const word = typeof found === 'string' || typeof found === 'number' || typeof found === 'boolean' ? String(found) : '';
  const name = path.length === 0 ? 'the file' : path.join(' > ');
  const isKey = issue.code === 'invalid_key';
  const place = { file, ...yaml.locate(path, isKey ? 'key' : 'value'), word: isKey ? String(path.at(-1) ?? '') : word };
  return [finding('form', place, `${name}: ${found === undefined ? 'this is missing' : issue.message}`)];
}

function valueAt(value: unknown, path: YamlPath): unknown {
  let at = value;
  for (const step of path) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, step)) return undefined;
    at = (at as Record<string | number, unknown>)[step];
  }
  return at;
}

/** Turns a well-formed record.yaml into numbers and says what does not fit together. */
class RecordCompiler {
  private readonly findings: Finding[] = [];
  private readonly workgroups: { word: string; line: number; column: number }[] = [];
  private readonly sections: readonly string[];
  private readonly facts: readonly string[];
  private fieldRules: readonly FieldRule[] = [];
  /** By pointer, the place among the fields. */
  private readonly fieldNumbers = new Map<string, number>();
  /** Facts of which a clause counts business days. */
  private readonly dates: ReadonlySet<string>;

  constructor(
    private readonly form: RecordFile,
    private readonly yaml: YamlFile,
    private readonly file: string,
    private readonly folder: string,
    private readonly holidays: readonly string[] | null,
    private readonly exceptions: readonly WindowException[] | null,
    private readonly version: string,
  ) {
    this.sections = Object.keys(form.sections);
    this.facts = Object.keys(form.facts);
    const clauses = [form.relations, form.conditions].flatMap((tests) => Object.values(tests)).flat();
    this.dates = new Set(clauses.flatMap((clause) => ('within-business-days' in clause ? [clause.fact] : [])));
  }

  compile(): RecordRead {
    const { form } = this;
    if (form.system !== this.folder)
      this.note('form', ['system'], form.system, `the folder is named ${this.folder}, and so must be the system`, this.folder);
    if (!isTimeZone(form.timeZone)) this.note('form', ['timeZone'], form.timeZone, 'this is no IANA time zone');
    for (const kind of ['relations', 'conditions'] as const) this.checkWords(kind);
    if (this.sections.length === 0 || this.sections.length > 200) this.note('form', ['sections'], '', 'there are from 1 to 200 sections');
    const identifier = this.identifier();
    const facts = this.facts.map((name) => this.fact(name));
    const relations = Object.entries(form.relations).map(([word, clauses]) => this.test('relations', word, clauses));
    const conditions = Object.entries(form.conditions).map(([word, clauses]) => this.test('conditions', word, clauses));
    const fields = (this.fieldRules = this.fields());
    const embedded = Object.keys(form.embedded ?? {}).map((name) => this.embeddedPerson(name));
    const routes = this.routes(facts, fields);
    this.checkRoutes(routes, facts, [...relations, ...conditions]);
    const compiled: CaseSystem = {
      name: form.system,
      title: form.title,
      timeZone: form.timeZone,
      identifier,
      holidays: this.holidays ?? [],
      ...(this.exceptions === null ? {} : { exceptions: this.exceptions }),
      mostMemberships: form.mostMemberships,
      collapses: (form.collapses ?? []).map((_, i) => this.collapse(i)),
      sections: this.sections,
      basicSection: this.section(form.basicSection, ['basicSection']),
      privacySection: form.privacySection === undefined ? -1 : this.section(form.privacySection, ['privacySection']),
      tellingSections: (form.tellingSections ?? []).map((name, i) => this.section(name, ['tellingSections', i])),
      relations,
      conditions,
      facts,
      fields,
      embedded,
      routes,
      version: this.version,
    };
    const system = this.findings.length === 0 ? freeze(compiled) : null;
    return { system, workgroups: this.workgroups, locate: (path, what) => this.yaml.locate(path, what), findings: this.findings };
  }

  private note(rule: FindingRule, path: YamlPath, word: string, message: string, nearest?: string, what: 'key' | 'value' = 'value'): void {
    this.findings.push(finding(rule, { file: this.file, ...this.yaml.locate(path, what), word }, message, nearest));
  }

  private checkWords(kind: 'relations' | 'conditions'): void {
    const words = Object.keys(this.form[kind]);
    if (words.length > 30) this.note('form', [kind], '', `at most 30 ${kind} fit in a key`);
    for (const word of words)
      if (RESERVED.includes(word))
        this.note('form', [kind, word], word, `${word} has a meaning of its own in policy.csv`, undefined, 'key');
  }

  private section(name: string, path: YamlPath, what: 'key' | 'value' = 'value'): number {
    const number = this.sections.indexOf(name);
    if (number < 0) this.note('unknown-word', path, name, `${name} is not among the sections`, nearestWord(name, this.sections), what);
    return number;
  }

  private factNumber(name: string, path: YamlPath): number {
    const number = this.facts.indexOf(name);
    if (number < 0) this.note('unknown-word', path, name, `${name} is not among the facts`, nearestWord(name, this.facts));
    return number;
  }

  private identifier(): RegExp {
    const pattern = this.form.identifier;
    // POL-15: classes and counts alone, and few open counts, so that no id can make the pattern run long.
    const isPlain = /^(?:(?:\[[^\][\\^]+\]|\\d|[A-Za-z0-9_-])(?:\{\d{1,3}(?:,\d{0,3})?\}|[?+*])?)+$/.test(pattern);
    const openCounts = pattern.match(/[+*?]|\{\d+,\d*\}/g)?.length ?? 0;
    try {
      if (!isPlain || openCounts > 3) throw new Error('not plain');
      return new RegExp(`^(?:${pattern})$`);
    } catch {
      this.note(
        'POL-15',
        ['identifier'],
        pattern,
        'the pattern of an id is made of characters, [classes] and counts, at most three counts open',
      );
      return /^(?!)$/;
    }
  }

  private place(pointer: string, path: YamlPath, what: 'key' | 'value' = 'value'): Place {
    const place = pointer
      .slice(1)
      .split('/')
      .map((segment) => segment.replaceAll('~1', '/').replaceAll('~0', '~'));
    if (place.length > 32) this.note('form', path, pointer, 'a place has at most 32 steps', undefined, what);
    if (place[0] === EACH) this.note('form', path, pointer, 'a record is an object, not a list', undefined, what);
    for (const step of place) {
      if (/^\d+$/.test(step)) this.note('form', path, step, 'elements are not numbered: write * for every element', undefined, what);
      if (step === '__proto__') this.note('form', path, step, 'this word cannot be a key', undefined, what);
    }
    return place;
  }

  private fact(name: string): FactRule {
    const form = this.form.facts[name] ?? {};
    const isFlag = name === 'privacy';
    if (!form.body && !form.registry)
      this.note('form', ['facts', name], name, 'a fact needs a source: body, registry or both', undefined, 'key');
    if (form.body && isFlag && (!form.body.private || !form.body.open)) {
      this.note(
        'form',
        ['facts', name, 'body'],
        name,
        'privacy in the body needs the values that mean private and those that mean open',
        undefined,
        'key',
      );
    }
    if (form.body && !isFlag && (form.body.private ?? form.body.open)) {
      this.note('form', ['facts', name, 'body'], name, 'only the fact privacy has private and open values', undefined, 'key');
    }
    const privateWords = (form.body?.private ?? []).map(String);
    const openWords = (form.body?.open ?? []).map(String);
    for (const word of openWords.filter((one) => privateWords.includes(one))) {
      this.note('form', ['facts', name, 'body', 'open'], word, 'this value means private as well');
    }
    return {
      name,
      kind: isFlag ? 'flag' : this.dates.has(name) ? 'dates' : 'codes',
      place: form.body ? this.place(form.body.at, ['facts', name, 'body', 'at']) : null,
      privateWords,
      openWords,
      body: form.body ? `${form.body.speaks}-speak` : 'none',
      registry: form.registry ? `${form.registry.speaks}-speak` : 'none',
    };
  }

  private test(kind: 'relations' | 'conditions', word: string, clauses: readonly ClauseForm[]): Test {
    return { word, clauses: clauses.map((clause, i) => this.clause(clause, [kind, word, i])) };
  }

  private clause(form: ClauseForm, path: YamlPath): Clause {
    if ('workgroup' in form) {
      form.workgroup.forEach((word, i) => this.workgroups.push({ word, ...this.yaml.locate([...path, 'workgroup', i]) }));
      return { test: 'workgroup', workgroups: form.workgroup };
    }
    if ('privilege' in form) return { test: 'privilege', privilege: form.privilege };
    const fact = this.factNumber(form.fact, [...path, 'fact']);
    if (form.fact === 'privacy')
      this.note('form', [...path, 'fact'], form.fact, 'privacy is a word of its own in policy.csv, no relation or condition');
    if ('in' in form) return { test: 'fact-in-scope', fact, scope: form.in };
    if ('has' in form) return { test: 'fact-has', fact, words: form.has };
    if ('within-business-days' in form) {
      if (this.holidays === null) {
        const message = 'business days are counted with a calendar: holidays.csv is missing beside this file, or larger than 4 MiB';
        this.note('unreadable', [...path, 'within-business-days'], 'within-business-days', message, undefined, 'key');
      }
      const days = form['within-business-days'];
      if (form.exceptions === undefined) return { test: 'fact-within-business-days', fact, days };
      return { test: 'fact-within-business-days', fact, days, exceptionsBy: this.factNumber(form.exceptions, [...path, 'exceptions']) };
    }
    return { test: form.is === 'caller' ? 'fact-is-caller' : 'fact-is-supervised', fact };
  }

  private collapse(index: number): RoleCollapse {
    const { these, into } = this.form.collapses?.[index] as RoleCollapse;
    const path = ['collapses', index];
    these.forEach((word, i) => {
      this.workgroups.push({ word, ...this.yaml.locate([...path, 'these', i]) });
      if (these.indexOf(word) < i) this.note('duplicate', [...path, 'these', i], word, 'this workgroup stands twice');
    });
    if (!these.includes(into)) this.note('unknown-word', [...path, 'into'], into, `${into} is not among these`, nearestWord(into, these));
    const twin = (this.form.collapses ?? []).slice(0, index).some((other) => isSameSet(other.these, these));
    if (twin) this.note('duplicate', path, these.join(' & '), 'these workgroups collapse twice');
    return { these, into };
  }

  private fields(): readonly FieldRule[] {
    const rules: FieldRule[] = [];
    const root: Branch = { below: new Map(), leaf: null };
    for (const [name, places] of Object.entries(this.form.fields)) {
      const section = this.section(name, ['fields', name], 'key');
      for (const [pointer, kind] of Object.entries(places)) {
        const path = ['fields', name, pointer];
        const place = this.place(pointer, path, 'key');
        const clash = plant(root, place, pointer);
        if (clash !== null) this.note('overlap', path, pointer, clash, undefined, 'key');
        this.fieldNumbers.set(pointer, rules.length);
        if (kind === 'plain' && place.some(speaksOfSsn))
          this.note('ssn-unmasked', path, kind, `${pointer} speaks of Social Security numbers: ssn, ssn-last4 or text`, 'ssn');
        rules.push({ place, section, kind });
      }
    }
    return rules;
  }

  private embeddedPerson(name: string): EmbeddedPerson {
    const form = (this.form.embedded ?? {})[name] as NonNullable<RecordFile['embedded']>[string];
    const path = ['embedded', name];
    const place = this.place(form.at, [...path, 'at']);
    for (const other of Object.keys(this.form.embedded ?? {})) {
      const at = this.form.embedded?.[other]?.at ?? '';
      if (other !== name && `${form.at}/`.startsWith(`${at}/`))
        this.note('overlap', [...path, 'at'], form.at, `${other} stands around this person: one decision for one person`);
    }
    const factPlaces: (Place | null)[] = this.facts.map(() => null);
    for (const [fact, pointer] of Object.entries(form.facts)) {
      const number = this.factNumber(fact, [...path, 'facts', fact]);
      if (number >= 0) factPlaces[number] = this.place(pointer, [...path, 'facts', fact]);
    }
    const sections = this.fieldRules.map(() => -1);
    for (const [section, pointers] of Object.entries(form.sections)) {
      const number = this.section(section, [...path, 'sections', section], 'key');
      pointers.forEach((pointer, i) => {
        const field = this.fieldNumbers.get(`${form.at}${pointer}`);
        if (field === undefined)
          this.note('unknown-word', [...path, 'sections', section, i], pointer, `${form.at}${pointer} is no classified field`);
        else if (sections[field] !== -1) this.note('duplicate', [...path, 'sections', section, i], pointer, 'this field stands twice');
        else sections[field] = number;
      });
    }
    return { name, place, idPlace: this.place(form.id, [...path, 'id']), factPlaces, sections };
  }

  private routes(facts: readonly FactRule[], fields: readonly FieldRule[]): readonly Route[] {
    const forms = Object.entries(this.form.routes);
    const names = forms.map(([name, form]) => ({
      name,
      method: form.method,
      isList: form.method === 'GET' && (form.answer === 'list' || form.answer === 'stream'),
    }));
    const context = { routes: names, facts, fields, place: this.place.bind(this), note: this.note.bind(this) };
    const reading = forms.map(([name, form], index) => (form.method === 'GET' ? this.readRoute(name, form, index) : null));
    const rules = forms.map(([name, form]) => (form.method === 'GET' ? null : readWriteRoute(name, form, context)));
    const isTagged = (index: number): boolean => rules.some((rule) => rule?.reads === index);
    return forms.flatMap(([name, form], index) => {
      const read = reading[index];
      if (read) return read.answer === 'record' && isTagged(index) ? { ...read, isTagged: true } : read;
      const [rule, reads] = [rules[index], reading[rules[index]?.reads ?? -1]];
      // Without them there is a finding already.
      if (!rule || reads?.answer !== 'record' || form.method === 'GET') return [];
      return { ...this.routePath(name, form, index), ...sharedWithReads(reads), write: rule };
    });
  }

  private readRoute(name: string, form: ReadRouteForm, index: number): Route {
    const idPlace = this.place(form.id, ['routes', name, 'id']);
    if (idPlace.includes(EACH)) this.note('route', ['routes', name, 'id'], form.id, 'a record has one id: no * here');
    const { factsFrom, mediaTypes, maxBodyBytes } = form;
    const path = this.routePath(name, form, index);
    const common = { ...path, factsFrom, idPlace, mediaTypes, maxBodyBytes };
    if (form.answer === 'stream')
      return { ...common, method: 'GET', answer: 'stream', ...compileStream(this.listContext(name, form, path.sections)) };
    if (maxBodyBytes > MOST_BUFFERED_BYTES)
      this.note(
        'route',
        ['routes', name, 'maxBodyBytes'],
        String(maxBodyBytes),
        `an answer that is not streamed has ${MOST_BUFFERED_BYTES} bytes at most`,
      );
    for (const key of STREAM_KEYS)
      if (form[key] !== undefined) this.note('route', ['routes', name, key], key, `${key} stands on a stream alone`, undefined, 'key');
    if (form.answer === 'list')
      return { ...common, method: 'GET', answer: 'list', ...compileList(this.listContext(name, form, path.sections)) };
    for (const key of LIST_KEYS)
      if (form[key] !== undefined) this.note('route', ['routes', name, key], key, `${key} stands on a list alone`, undefined, 'key');
    return { ...common, answer: 'record' };
  }

  private listContext(name: string, form: ReadRouteForm, sections: readonly number[]): ListContext {
    return {
      form,
      sections,
      fields: this.fieldRules,
      relations: Object.keys(this.form.relations),
      conditions: Object.keys(this.form.conditions),
      pointerOf: (pointer) => this.fieldNumbers.get(pointer) ?? -1,
      pointers: [...this.fieldNumbers.keys()],
      place: (pointer, path) => this.place(pointer, ['routes', name, ...path]),
      note: (rule, path, word, message, nearest, what) => this.note(rule, ['routes', name, ...path], word, message, nearest, what),
    };
  }

  private routePath(
    name: string,
    form: ReadRouteForm | WriteForm,
    index: number,
  ): Pick<RecordRoute, 'index' | 'name' | 'method' | 'segments' | 'action' | 'sections'> {
    const segments = form.path
      .slice(1)
      .split('/')
      .map((segment) => (segment === '{record}' ? null : segment));
    const isList = form.method === 'GET' && (form.answer === 'list' || form.answer === 'stream');
    const holes = segments.filter((segment) => segment === null).length;
    if (isList && holes > 0) this.note('route', ['routes', name, 'path'], form.path, 'a list names no record: {record} cannot stand here');
    if (!isList && holes !== 1) this.note('route', ['routes', name, 'path'], form.path, 'a path holds {record} exactly once');
    const sections =
      form.sections === 'all'
        ? this.sections.map((_, i) => i)
        : form.sections.map((one, i) => this.section(one, ['routes', name, 'sections', i]));
    if (new Set(sections).size !== sections.length) this.note('duplicate', ['routes', name, 'sections'], name, 'a section stands twice');
    return { index, name, method: form.method, segments, action: form.action as Action, sections };
  }

  private checkRoutes(routes: readonly Route[], facts: readonly FactRule[], tests: readonly Test[]): void {
    if (routes.length === 0) this.note('route', ['routes'], '', 'a system needs a route');
    if (!facts.some((fact) => fact.kind === 'flag'))
      this.note('form', ['facts'], 'privacy', 'the fact privacy is missing', undefined, 'key');
    // What a person was not shown of another could not be kept safe under a write yet.
    if (this.form.embedded !== undefined && routes.some((route) => route.answer === 'record' && route.write !== undefined))
      this.note(
        'route',
        ['embedded'],
        'embedded',
        'embedded persons and routes that write cannot stand in one system yet',
        undefined,
        'key',
      );
    routes.forEach((route, i) => {
      const twin = routes.slice(0, i).find((other) => mayMeet(route, other));
      if (twin) this.note('route', ['routes', route.name, 'path'], route.name, `an address could mean this route and ${twin.name}`);
    });
    const used = new Set(tests.flatMap((test) => test.clauses).flatMap((clause) => ('fact' in clause ? [clause.fact] : [])));
    for (const route of routes.filter((one) => one.write === undefined && one.factsFrom === 'registry')) {
      const missing = facts.find((fact, i) => fact.registry === 'none' && (fact.kind === 'flag' || used.has(i)));
      if (missing)
        this.note('route', ['routes', route.name, 'factsFrom'], 'registry', `the fact ${missing.name} does not stand in the registry`);
    }
  }
}

const isSameSet = (a: readonly string[], b: readonly string[]): boolean =>
  a.every((word) => b.includes(word)) && b.every((word) => a.includes(word));

interface Branch {
  readonly below: Map<string, Branch>;
  leaf: string | null;
}

/** Adds a leaf; gives what it clashes with, or null. */
function plant(root: Branch, place: Place, pointer: string): string | null {
  let branch = root;
  for (const step of place) {
    if (branch.leaf !== null) return `${branch.leaf} is a field itself: only leaves are classified`;
    let next = branch.below.get(step);
    if (next === undefined) {
      const isMixed = branch.below.size > 0 && (step === EACH) !== branch.below.has(EACH);
      if (isMixed) return 'the same place is a list in one line and an object in another';
      next = { below: new Map(), leaf: null };
      branch.below.set(step, next);
    }
    branch = next;
  }
  if (branch.leaf !== null) return `${pointer} is classified twice`;
  if (branch.below.size > 0) return `other fields stand below ${pointer}: only leaves are classified`;
  branch.leaf = pointer;
  return null;
}

const mayMeet = (a: Route, b: Route): boolean =>
  a.method === b.method &&
  a.segments.length === b.segments.length &&
  a.segments.every((segment, i) => segment === null || b.segments[i] === null || segment === b.segments[i]);

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

function freeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  if (!(value instanceof RegExp)) for (const inner of Object.values(value)) freeze(inner);
  return Object.freeze(value);
}
