import { isAlias, isCollection, isMap, isPair, isScalar, isSeq, LineCounter, type Node, parseDocument, visit } from 'yaml';
import type { Position, Problem } from './problem';

export type YamlPath = readonly (string | number)[];

export interface YamlFile {
  /** Plain JSON values; undefined where there are problems. */
  readonly value: unknown;
  readonly problems: readonly Problem[];
  /** The place of a value, or of its key; where there is none, of the nearest thing around it. */
  locate(path: YamlPath, what?: 'value' | 'key'): Position;
}

/**
 * A YAML 1.2 file that people edit, with the place of everything in it.
 *
 * Takes   one document. Refused: keys that stand twice, aliases and anchors, tags, keys that are no plain words,
 *         and numbers that would lose digits, such as 0123 or 1.10 (a county code must stay what was typed: quote it).
 * Gives   the value, or every problem found; `locate` answers either way.
 * Fails   never.
 */
export function readYaml(source: string, file: string): YamlFile {
  const text = source.replace(/^\ufeff/, '');
  const counter = new LineCounter();
  const document = parseDocument(text, { lineCounter: counter, version: '1.2', schema: 'core', uniqueKeys: true, prettyErrors: false });
  const at = (offset: number): Position => {
    const { line, col } = counter.linePos(offset);
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  const problems: Problem[] = [...document.errors, ...document.warnings].map((fault) => ({
    file,
    ...at(fault.pos[0]),
    word: /^(?:"[^"\n]*"|[^\s,\]}]+)/.exec(text.slice(fault.pos[0]))?.[0].replace(/:$/, '') ?? '',
    message: plainly(fault.code, fault.message),
  }));
  const refuse = (node: unknown, word: string, message: string): void => {
    problems.push({ file, ...at((node as Node | null)?.range?.[0] ?? 0), word, message });
  };

  visit(document, (_key, node) => {
    if (isAlias(node)) return refuse(node, `*${node.source}`, 'aliases are not allowed: write the value out');
    if (isPair(node)) return checkKey(node.key, refuse);
    if (!isScalar(node) && !isCollection(node)) return undefined;
    if (node.anchor !== undefined) refuse(node, `&${node.anchor}`, 'anchors are not allowed');
    if (node.tag !== undefined && !PLAIN_TAG.test(node.tag)) refuse(node, node.tag, 'tags are not allowed');
    if (isScalar(node) && typeof node.value === 'number' && node.source !== undefined && String(node.value) !== node.source) {
      refuse(node, node.source, 'this number would lose digits; put it in quotes');
    }
    return undefined;
  });

  return {
    value: problems.length === 0 ? (document.toJS() as unknown) : undefined,
    problems,
    locate(path, what = 'value') {
      let node: unknown = document.contents;
      let offset = (document.contents as Node | null)?.range?.[0] ?? 0;
      for (const [depth, step] of path.entries()) {
        const isLast = depth === path.length - 1;
        if (isMap(node)) {
          const pair = node.items.find((item) => isScalar(item.key) && item.key.value === String(step));
          if (!pair) break;
          offset = (pair.key as Node | null)?.range?.[0] ?? offset;
          if (isLast && what === 'key') break;
          node = pair.value;
        } else if (isSeq(node)) {
          node = node.items[Number(step)];
        } else break;
        if (isPair(node) || node === undefined || node === null) break;
        // A block collection begins below its key; people look for the key. In a list there is no key to look for.
        if (!isCollection(node) || node.flow === true || typeof step === 'number') offset = (node as Node).range?.[0] ?? offset;
      }
      return at(offset);
    },
  };
}

const PLAIN_TAG = /^tag:yaml\.org,2002:(?:map|seq|str|int|float|bool|null)$/;

function checkKey(key: unknown, refuse: (node: unknown, word: string, message: string) => void): void {
  const word: unknown = isScalar(key) ? key.value : undefined;
  if (typeof word !== 'string') refuse(key, isScalar(key) ? String(key.source ?? '') : '', 'a key must be a word; put it in quotes');
  else if (word === '__proto__' || word === 'constructor' || word === 'prototype') refuse(key, word, 'this word cannot be a key');
}

function plainly(code: string, message: string): string {
  if (code === 'DUPLICATE_KEY') return 'this key stands twice';
  if (code === 'MULTIPLE_DOCS') return 'the file holds more than one document';
  return message.replace(/\s+/g, ' ');
}
