import { EACH, type CaseSystem, type FieldKind, type Place, type Route } from '../vocabulary/case-system';
import { hashOf } from './key-hash';

/** A case system's fields, facts and record id, made ready for the scan: one tree of places for each route. */
export interface Projection {
  readonly system: CaseSystem;
  readonly trees: readonly PlaceTree[];
}

export interface PlaceTree {
  readonly system: CaseSystem;
  readonly route: Route;
  /** A parent stands before its children; the root is 0. */
  readonly nodes: readonly PlaceNode[];
  /** By fact number: true where a value that cannot be read must stop the request. */
  readonly mustBeScalar: readonly boolean[];
  /** `"name":` of every node, one behind the other. */
  readonly keys: Buffer;
  /**
   * GUESS_STEP numbers a node: all that the scan needs where a key is the one it guessed, close together, for a record meets a hundred nodes
   * and each object would be fetched from somewhere else.
   */
  readonly guesses: Int32Array;
  /** The place of a record: the root, or for a list every element of it. */
  readonly element: PlaceNode;
  /** The place of the list; null where the answer is one record. */
  readonly list: PlaceNode | null;
  /** By field number, its node. */
  readonly nodeOfField: readonly number[];
}

export const GUESS_STEP = 6;
/** Where its key begins in `keys`, and behind it. */
export const KEY_START = 0;
export const KEY_END = 1;
/** Its bit among the keys of its parent, or 0. */
export const BIT = 2;
/** 1 for a value that is shown or not, and nothing else: no fact, no id, no SSN. */
export const IS_ALONE = 3;
/** The key that was seen behind this one the last time, and the one that was seen first in this object, or NONE: a case system writes them in one order. */
export const FOLLOWER = 4;
export const FIRST = 5;
export const NONE = -1;

/** One place of a record. */
export interface PlaceNode {
  readonly id: number;
  readonly parent: PlaceNode | null;
  /** As in record.yaml; EACH for the elements of an array. */
  readonly word: string;
  readonly name: Buffer;
  readonly hash: number;
  /** What is written before the value: `"name":`, or nothing for an element. */
  readonly key: Buffer;
  /** Bytes from the end of the place before it to this value, where both stand in one object with no white space between them; -1 where unknown. */
  readonly gap: number;
  /** Open addressing by hash; the length is a power of two and never full. Empty where no key is expected. */
  slots: (PlaceNode | null)[];
  each: PlaceNode | null;
  kind: FieldKind | null;
  section: number;
  readonly facts: number[];
  isRecordId: boolean;
  /** An element of the list: a record of its own. */
  isElement: boolean;
  /** A person of their own: 1 + their number in CaseSystem.embedded; 0 for anything else. */
  person: number;
  /** The number of such a person's own record. */
  isPersonId: boolean;
  /** Of the whole body: how many records there are in all. */
  isTotal: boolean;
  /** A value that is shown or not, and nothing else: no fact, no id, no SSN. */
  isValueAlone: boolean;
  /** Among the keys of its parent: a bit that nobody else has, or 0 where there are too many. */
  bit: number;
}

const FORBIDDEN_NAMES = new Set(['__proto__', 'constructor', 'prototype', '']);
// RFC 9651, 3.1.2: what may be the key of a dictionary, so that a section's name can stand in Casegate-Withheld.
const HEADER_KEY = /^[a-z*][a-z0-9_.*-]*$/;

/**
 * Makes the trees that `readReply` walks along.
 *
 * Fails  with a plain Error, at start, for a system that cannot be projected: a place declared twice, a name that is never copied,
 *        a section that is not there or whose name cannot stand in a header.
 */
export function compileProjection(system: CaseSystem): Projection {
  for (const section of system.sections)
    if (!HEADER_KEY.test(section)) throw new Error(`${system.name}: section "${section}" cannot stand in a header`);
  return { system, trees: system.routes.map((route) => growTree(system, route)) };
}

function growTree(system: CaseSystem, route: Route): PlaceTree {
  const nodes: PlaceNode[] = [];
  const root = addNode(nodes, null, '');
  const list = route.answer === 'list' ? below(nodes, root, route.listPlace, system.name) : null;
  const element = list === null ? root : below(nodes, list, [EACH], system.name);
  element.isElement = list !== null;
  if (route.answer === 'list' && route.total?.in === 'body') nodeAt(nodes, root, route.total.place, system.name).isTotal = true;
  const nodeOfField = system.fields.map((field) => {
    const node = nodeAt(nodes, element, field.place, system.name);
    if (node.kind !== null) throw new Error(`${system.name}: ${field.place.join('.')} is classified twice`);
    if (system.sections[field.section] === undefined) throw new Error(`${system.name}: ${field.place.join('.')} names no section`);
    node.kind = field.kind;
    node.section = field.section;
    return node.id;
  });
  system.facts.forEach((fact, number) => {
    if (fact.place !== null) nodeAt(nodes, element, fact.place, system.name).facts.push(number);
  });
  nodeAt(nodes, element, route.idPlace, system.name).isRecordId = true;
  system.embedded.forEach(({ place, idPlace, factPlaces }, number) => {
    const node = nodeAt(nodes, element, place, system.name);
    node.person = number + 1;
    nodeAt(nodes, node, idPlace, system.name).isPersonId = true;
    factPlaces.forEach((fact, at) => {
      // Above the record's own numbers, so that one person's facts are never another's.
      if (fact !== null) nodeAt(nodes, node, fact, system.name).facts.push((number + 1) * system.facts.length + at);
    });
  });
  for (const node of nodes) {
    fillSlots(node, nodes);
    node.isValueAlone = (node.kind === 'plain' || node.kind === 'text') && node.facts.length === 0 && !node.isRecordId && !node.isPersonId;
  }
  const mustBeScalar = system.facts.map((fact) => fact.body === 'may-speak');
  const keys = Buffer.concat(nodes.map((node) => node.key));
  return { system, route, nodes, mustBeScalar, keys, guesses: noGuesses(nodes), element, list, nodeOfField };
}

function noGuesses(nodes: readonly PlaceNode[]): Int32Array {
  let end = 0;
  return Int32Array.from(nodes.flatMap(({ key, bit, isValueAlone }) => [end, (end += key.length), bit, isValueAlone ? 1 : 0, NONE, NONE]));
}

function nodeAt(nodes: PlaceNode[], root: PlaceNode, place: Place, system: string): PlaceNode {
  if (place.length === 0) throw new Error(`${system}: an empty place`);
  return below(nodes, root, place, system);
}

function below(nodes: PlaceNode[], root: PlaceNode, place: Place, system: string): PlaceNode {
  let node = root;
  for (const word of place) {
    if (FORBIDDEN_NAMES.has(word)) throw new Error(`${system}: "${word}" cannot be part of a place`);
    node = nodes.find((child) => child.parent === node && child.word === word) ?? addNode(nodes, node, word);
  }
  return node;
}

function addNode(nodes: PlaceNode[], parent: PlaceNode | null, word: string): PlaceNode {
  const isKey = parent !== null && word !== EACH;
  const name = Buffer.from(isKey ? word : '', 'utf8');
  const key = Buffer.from(isKey ? `${JSON.stringify(word)}:` : '', 'utf8');
  const node: PlaceNode = {
    id: nodes.length,
    parent,
    word,
    name,
    hash: hashOf(name),
    key,
    // A name that needs escapes may be spelled in several ways of one length.
    gap: isKey && key.length !== name.length + 3 ? -1 : key.length + 1,
    slots: [],
    each: null,
    kind: null,
    section: -1,
    facts: [],
    isRecordId: false,
    isElement: false,
    person: 0,
    isPersonId: false,
    isTotal: false,
    isValueAlone: false,
    bit: 0,
  };
  nodes.push(node);
  if (parent !== null && word === EACH) parent.each = node;
  return node;
}

function fillSlots(node: PlaceNode, nodes: readonly PlaceNode[]): void {
  const children = nodes.filter((child) => child.parent === node && child.word !== EACH);
  if (children.length === 0) return;
  let size = 4;
  while (size < children.length * 2) size *= 2;
  node.slots = new Array<PlaceNode | null>(size).fill(null);
  for (const [index, child] of children.entries()) {
    child.bit = index < 31 ? 1 << index : 0;
    let slot = child.hash & (size - 1);
    while (node.slots[slot] !== null) slot = (slot + 1) & (size - 1);
    node.slots[slot] = child;
  }
}
