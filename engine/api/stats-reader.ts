/**
 * Typed access to the JSON of a stats document: what is missing is 0 or empty, what has the wrong type is noted as well.
 */
import type { Shape } from './stats-sections.ts';

export type Json = Record<string, unknown>;

export function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function hasShape<T extends object>(value: object, shape: Shape<T>): value is T {
  return Object.keys(shape).every((key) => key in value);
}

/** One JSON object of it. */
export class StatsReader {
  readonly #value: Json;
  readonly #path: string;
  readonly #notes: string[];

  constructor(value: Json, path: string, notes: string[]) {
    this.#value = value;
    this.#path = path;
    this.#notes = notes;
  }

  number(key: string): number {
    return this.optionalNumber(key) ?? 0;
  }

  optionalNumber(key: string): number | null {
    const value = this.#value[key];
    if (typeof value === 'number') return value;
    if (value !== undefined) this.#note(key, 'a number');
    return null;
  }

  text(key: string): string {
    const value = this.#value[key];
    if (typeof value === 'string') return value;
    if (value !== undefined) this.#note(key, 'a text');
    return '';
  }

  /** An object with the keys of this shape. */
  shaped<T extends object>(shape: Shape<T>): T {
    const entries = Object.entries(shape).map(([key, kind]) => [key, kind === '' ? this.text(key) : this.number(key)]);
    const made: object = Object.fromEntries(entries);
    if (!hasShape(made, shape)) throw new TypeError('every key of the shape was read');
    return made;
  }

  /** The list of such objects under this key; undefined where there is none. */
  section<T extends object>(key: string, shape: Shape<T>): T[] | undefined {
    return this.has(key) ? this.list(key, (item) => item.shaped(shape)) : undefined;
  }

  strings(key: string): string[] {
    return this.#array(key).filter((item) => typeof item === 'string');
  }

  numbers(): Record<string, number> {
    return Object.fromEntries(Object.keys(this.#value).map((key) => [key, this.number(key)]));
  }

  child(key: string): StatsReader {
    const value = this.#value[key];
    if (value !== undefined && !isObject(value)) this.#note(key, 'an object');
    return new StatsReader(isObject(value) ? value : {}, `${this.#path}${key}.`, this.#notes);
  }

  list<T>(key: string, readItem: (read: StatsReader) => T): T[] {
    return this.#array(key).flatMap((item, index) => {
      if (isObject(item)) return [readItem(new StatsReader(item, `${this.#path}${key}[${index}].`, this.#notes))];
      this.#note(`${key}[${index}]`, 'an object');
      return [];
    });
  }

  /** Each value under a key of this object that is itself an object. */
  record<T>(key: string, readItem: (read: StatsReader) => T): Record<string, T> {
    const inner = this.child(key);
    return Object.fromEntries(Object.keys(inner.#value).map((name) => [name, readItem(inner.child(name))]));
  }

  has(key: string): boolean {
    return this.#value[key] !== undefined;
  }

  #array(key: string): unknown[] {
    const value = this.#value[key];
    if (Array.isArray(value)) return value;
    if (value !== undefined) this.#note(key, 'a list');
    return [];
  }

  #note(key: string, expected: string): void {
    if (this.#notes.length < 20) this.#notes.push(`${this.#path}${key}: expected ${expected}`);
  }
}
