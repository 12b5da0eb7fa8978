import type { EntitySchemaColumnOptions, ValueTransformer } from 'typeorm';

/**
 * How the rows of directory and registry stand in columns. On MariaDB a bigint comes back as text, on SQLite as a number;
 * JSON stands as text; a word outside its list is a fault and never a default.
 */
export const wholeNumber = (value: unknown): number => {
  const number = typeof value === 'string' && /^-?\d{1,16}$/.test(value) ? Number(value) : value;
  if (typeof number !== 'number' || !Number.isSafeInteger(number)) throw new Error('a whole number of the store cannot be read');
  return number;
};

export const wholeOrNull = (value: unknown): number | null => (value === null || value === undefined ? null : wholeNumber(value));

export const words = (value: unknown): string => {
  if (typeof value !== 'string') throw new Error('a text of the store cannot be read');
  return value;
};

export const oneOf =
  <W extends string>(...allowed: readonly W[]) =>
  (value: unknown): W => {
    const word = allowed.find((one) => one === value);
    if (word === undefined) throw new Error(`the store holds a word that is none of ${allowed.join(', ')}`);
    return word;
  };

export const environmentWord = oneOf('production', 'training');
export const standingWord = oneOf('pending', 'active', 'suspended', 'terminated');
export const accountKind = oneOf('person', 'service');

/** TypeORM makes a boolean of it before a transformer sees it; raw rows hold 0 or 1. */
export const flagOrNull = (value: unknown): boolean | null => {
  if (typeof value === 'boolean') return value;
  const number = wholeOrNull(value);
  if (number !== null && number !== 0 && number !== 1) throw new Error('a flag of the store cannot be read');
  return number === null ? null : number === 1;
};

export const fromJson = <T>(value: unknown): T => JSON.parse(words(value)) as T;

const through = (from: (value: unknown) => unknown, to: (value: unknown) => unknown = (value) => value): ValueTransformer => ({ from, to });

export const identity = (name: string, length: number, more: Partial<EntitySchemaColumnOptions> = {}): EntitySchemaColumnOptions => ({
  name,
  type: 'varchar',
  length,
  ...more,
});

export const word = (name: string, length: number, read: (value: unknown) => string, more: Partial<EntitySchemaColumnOptions> = {}) =>
  identity(name, length, { transformer: through(read), ...more });

export const json = (name: string): EntitySchemaColumnOptions => ({
  name,
  type: 'text',
  transformer: through(
    (value) => fromJson(value),
    (value) => JSON.stringify(value),
  ),
});

export const whole = (name: string, more: Partial<EntitySchemaColumnOptions> = {}): EntitySchemaColumnOptions => ({
  name,
  type: 'bigint',
  transformer: through(wholeNumber),
  ...more,
});

export const wholeNullable = (name: string): EntitySchemaColumnOptions =>
  whole(name, { nullable: true, transformer: through(wholeOrNull) });
