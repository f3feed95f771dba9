/**
 * Lays a stats document out byte for byte as uWSGI 2.0 does: its tabs, its empty lists, its minified form. What stands
 * in it is the business of format-stats.ts (an instance) and emperor-stats.ts (an emperor).
 */
import type { Shape } from './stats-sections.ts';

export type Field = readonly [key: string, value: FieldValue];
export type FieldValue =
  | string
  | number
  | { kind: 'list'; items: readonly (readonly Field[])[] }
  | { kind: 'strings'; items: readonly string[] }
  | { kind: 'nested'; fields: readonly Field[] };

export function scalars<T extends object>(source: T, keys: readonly (keyof T & string)[]): Field[] {
  return keys.map((key) => {
    const value = source[key];
    return [key, typeof value === 'string' ? value : Number(value)] as const;
  });
}

export function list(key: string, items: readonly (readonly Field[])[]): Field {
  return [key, { kind: 'list', items }];
}

/** A list of items with the keys of this shape; nothing when the server has none. */
export function section<T extends object>(key: string, shape: Shape<T>, items: readonly T[] | undefined): Field[] {
  if (items === undefined) return [];
  return [
    list(
      key,
      items.map((item) => shaped(item, shape)),
    ),
  ];
}

export function shaped<T extends object>(item: T, shape: Shape<T>): Field[] {
  return scalars(item, keysOf(shape));
}

function keysOf<T extends object>(shape: T): (keyof T & string)[] {
  return Object.keys(shape).filter((key): key is keyof T & string => key in shape);
}

/** Lays the values out; knows nothing of what they mean. */
export class StatsWriter {
  text = '';
  readonly #newline: string;
  readonly #tab: string;

  constructor(minified: boolean) {
    this.#newline = minified ? '' : '\n';
    this.#tab = minified ? '' : '\t';
  }

  object(depth: number, fields: readonly Field[]): void {
    const indent = this.#tab.repeat(depth + 1);
    this.text += `{${this.#newline}`;
    fields.forEach(([key, value], index) => {
      this.text += `${indent}${JSON.stringify(key)}:`;
      this.#value(depth + 1, value);
      this.text += index < fields.length - 1 ? `,${this.#newline}` : '';
    });
    this.text += `${this.#newline}${this.#tab.repeat(depth)}}`;
  }

  #value(depth: number, value: FieldValue): void {
    if (typeof value === 'number') {
      this.text += String(Math.trunc(value));
    } else if (typeof value === 'string') {
      this.text += JSON.stringify(value);
    } else if (value.kind === 'nested') {
      // uWSGI indents the brace of req_info although it stands behind its key.
      this.text += this.#tab.repeat(depth);
      this.object(depth, value.fields);
    } else {
      this.#array(depth, value);
    }
  }

  #array(depth: number, value: Extract<FieldValue, { kind: 'list' | 'strings' }>): void {
    this.text += `[${this.#newline}`;
    if (value.kind === 'strings') {
      this.text += value.items.map((item) => JSON.stringify(item)).join(`,${this.#newline}`);
    } else {
      value.items.forEach((fields, index) => {
        this.text += this.#tab.repeat(depth + 1);
        this.object(depth + 1, fields);
        this.text += index < value.items.length - 1 ? `,${this.#newline}` : '';
      });
    }
    this.text += `${this.#newline}${this.#tab.repeat(depth)}]`;
  }
}
