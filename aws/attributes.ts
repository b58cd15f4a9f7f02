/**
 * Plain values as DynamoDB writes them, and back. What is undefined is left out, as in JSON. Strings, numbers that are exact, truth values, null,
 * and lists and maps of these are turned here, since they are all that we write and a mail reads a thousand of them; whatever else there is the SDK's
 * own turns, or refuses.
 */
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { convertToAttr, convertToNative, marshall } from '@aws-sdk/util-dynamodb';

export type Attributes = Record<string, AttributeValue>;

/** Throws for what DynamoDB does not have. */
export function attributesOf(fields: object): Attributes {
  return isPlain(fields) ? mapOf(fields) : marshall(fields, OPTIONS);
}

export function fieldsOf(attributes: Attributes): Record<string, unknown> {
  const fields: Record<string, unknown> = {};
  for (const name in attributes) fields[name] = nativeOf(attributes[name] as AttributeValue);
  return fields;
}

const OPTIONS = { removeUndefinedValues: true } as const;

function isPlain(value: object): value is Record<string, unknown> {
  const prototype = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

function mapOf(fields: Record<string, unknown>): Attributes {
  const attributes: Attributes = {};
  for (const name in fields) {
    const value = fields[name];
    if (isKept(value)) attributes[name] = attributeOf(value);
  }
  return attributes;
}

/** The SDK leaves functions out as well. */
function isKept(value: unknown): boolean {
  return value !== undefined && typeof value !== 'function';
}

function attributeOf(value: unknown): AttributeValue {
  if (typeof value === 'string') return { S: value };
  if (typeof value === 'number' && isExact(value)) return { N: String(value) };
  if (typeof value === 'boolean') return { BOOL: value };
  if (value === null) return { NULL: true };
  if (Array.isArray(value)) return { L: value.filter(isKept).map(attributeOf) };
  if (typeof value === 'object' && isPlain(value)) return { M: mapOf(value) };
  return convertToAttr(value as Parameters<typeof convertToAttr>[0], OPTIONS);
}

/** Beyond, JavaScript's numbers are not what was meant. */
function isExact(value: number): boolean {
  return Math.abs(value) <= Number.MAX_SAFE_INTEGER;
}

function nativeOf(attribute: AttributeValue): unknown {
  const { S, N, BOOL, L, M } = attribute;
  if (S !== undefined) return S;
  if (M !== undefined) return fieldsOf(M);
  if (L !== undefined) return L.map(nativeOf);
  if (BOOL !== undefined) return BOOL;
  if (N !== undefined) {
    const value = Number(N);
    if (isExact(value)) return value;
  }
  return attribute.NULL === true ? null : convertToNative(attribute);
}
