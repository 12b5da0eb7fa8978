import { GatewayError } from '../../vocabulary/errors';
import { MOST_DEPTH } from '../scan-record';
import { isList, isObject, isSame, isWithin, type Json } from './json-tree';

/** RFC 7396: what the patch says of the record; null takes a member away. */
export function applyMergePatch(target: Json | undefined, patch: Json): Json {
  if (!isObject(patch)) return patch;
  const result = new Map(isObject(target) ? target : []);
  for (const [name, value] of patch) {
    if (value === 'null') result.delete(name);
    else result.set(name, applyMergePatch(result.get(name), value));
  }
  return result;
}

const MOST_OPERATIONS = 200;
/** A copy into itself doubles what it copies: twenty of them are a million, and cost nothing until somebody looks. */
const MOST_VALUES = 100_000;

/**
 * RFC 6902 on what the caller was shown: a `test` sees no more than that.
 * Fails   GatewayError body-malformed for what is no patch; write-refused for an operation that does not fit, or a test that fails.
 */
export function applyJsonPatch(target: Json, patch: Json): Json {
  if (!isList(patch) || patch.length > MOST_OPERATIONS) throw malformed('a JSON Patch is a list of operations, 200 at most');
  return patch.reduce<Json>((at, operation) => {
    const next = applyOne(at, operation);
    const isCopy = isObject(operation) && operation.get('op') === '"copy"';
    if (isCopy && !isWithin(next, MOST_VALUES, MOST_DEPTH)) throw malformed('the patch makes more than a record can hold');
    return next;
  }, target);
}

function applyOne(target: Json, operation: Json): Json {
  if (!isObject(operation)) throw malformed('an operation is an object');
  const op = textOf(operation.get('op'));
  const path = pathOf(operation.get('path'));
  const value = operation.get('value');
  switch (op) {
    case 'add':
      return put(target, path, needed(value), 'add');
    case 'replace':
      return put(target, path, needed(value), 'replace');
    case 'remove':
      return take(target, path).rest;
    case 'copy':
      return put(target, path, take(target, pathOf(operation.get('from'))).value, 'add');
    case 'move': {
      const from = pathOf(operation.get('from'));
      if (path.length > from.length && from.every((step, i) => step === path[i])) throw unfit('a value is not moved into itself');
      const { rest, value: moved } = take(target, from);
      return put(rest, path, moved, 'add');
    }
    case 'test':
      if (!isSame(take(target, path).value, needed(value))) throw unfit('a test of the patch does not hold');
      return target;
    default:
      throw malformed('an operation is add, replace, remove, copy, move or test');
  }
}

const malformed = (message: string): GatewayError => new GatewayError('body-malformed', message);
const unfit = (message: string): GatewayError => new GatewayError('write-refused', message);

function textOf(value: Json | undefined): string {
  if (typeof value !== 'string' || !value.startsWith('"')) throw malformed('op, path and from are texts');
  return JSON.parse(value) as string;
}

function needed(value: Json | undefined): Json {
  if (value === undefined) throw malformed('this operation needs a value');
  return value;
}

function pathOf(value: Json | undefined): readonly string[] {
  const pointer = textOf(value);
  if (!/^(?:\/(?:[^~/]|~[01])*)+$/.test(pointer)) throw malformed('a path is a JSON pointer, and not that of the whole record');
  return pointer
    .slice(1)
    .split('/')
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
}

function put(target: Json, [step = '', ...rest]: readonly string[], value: Json, how: 'add' | 'replace'): Json {
  if (isObject(target)) {
    const child = target.get(step);
    if (child === undefined && (rest.length > 0 || how === 'replace')) throw unfit('a path of the patch leads nowhere');
    return new Map(target).set(step, rest.length === 0 ? value : put(child as Json, rest, value, how));
  }
  if (!isList(target)) throw unfit('a path of the patch leads nowhere');
  const elements = [...target];
  const index =
    step === '-' && how === 'add' && rest.length === 0
      ? elements.length
      : indexOf(step, elements.length, how === 'add' && rest.length === 0);
  if (rest.length > 0) elements[index] = put(elements[index] as Json, rest, value, how);
  else elements.splice(index, how === 'add' ? 0 : 1, value);
  return elements;
}

function take(target: Json, [step = '', ...rest]: readonly string[]): { readonly rest: Json; readonly value: Json } {
  if (isObject(target)) {
    const child = target.get(step);
    if (child === undefined) throw unfit('a path of the patch leads nowhere');
    const inner = rest.length === 0 ? null : take(child, rest);
    const left = new Map(target);
    if (inner === null) left.delete(step);
    else left.set(step, inner.rest);
    return { rest: left, value: inner === null ? child : inner.value };
  }
  if (!isList(target)) throw unfit('a path of the patch leads nowhere');
  const index = indexOf(step, target.length, false);
  const child = target[index] as Json;
  const inner = rest.length === 0 ? null : take(child, rest);
  const left = inner === null ? target.filter((_, i) => i !== index) : target.map((one, i) => (i === index ? inner.rest : one));
  return { rest: left, value: inner === null ? child : inner.value };
}

function indexOf(step: string, length: number, mayBeEnd: boolean): number {
  const index = /^(?:0|[1-9]\d{0,8})$/.test(step) ? Number(step) : NaN;
  if (!(index < length || (mayBeEnd && index === length))) throw unfit('an element of the patch is not there');
  return index;
}
