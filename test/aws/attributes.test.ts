import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Attributes, attributesOf, fieldsOf } from '../../aws/attributes.ts';

/** Whatever somebody might hand over, what DynamoDB does not have among it. */
const values = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.string({ unit: 'grapheme' }),
    fc.integer(),
    fc.double(),
    fc.boolean(),
    fc.bigInt(),
    fc.constantFrom(
      ...[null, undefined, 0, -0, Number.NaN, Number.POSITIVE_INFINITY, Number.MAX_SAFE_INTEGER],
      ...[Number.MAX_SAFE_INTEGER + 1, Number.MIN_SAFE_INTEGER - 1, 1e21, 5e-324],
      ...[new Date(0), () => 1, Symbol('a'), new Set(), new Map([['a', 1]]), Object.create({ a: 1 })],
    ),
    fc.uint8Array({ maxLength: 4 }),
    fc.array(fc.string(), { minLength: 1, maxLength: 3 }).map((all) => new Set(all)),
    fc.array(fc.integer(), { minLength: 1, maxLength: 3 }).map((all) => new Set(all)),
    fc.array(tie('value'), { maxLength: 4 }),
    tie('map'),
  ),
  map: fc.dictionary(fc.string(), tie('value'), { maxKeys: 4 }),
}));

/** What it gives, or that it refuses. */
function tried<T>(make: () => T): T | 'refused' {
  try {
    return make();
  } catch {
    return 'refused';
  }
}

describe('values are turned as the SDK turns them', () => {
  test('into attributes, and refused where it refuses', () => {
    const refused = { yes: 0, no: 0 };
    fc.assert(
      fc.property(values.map, (fields) => {
        const theirs = tried(() => marshall(fields, { removeUndefinedValues: true }));
        refused[theirs === 'refused' ? 'yes' : 'no']++;
        expect(tried(() => attributesOf(fields as object))).toEqual(theirs);
      }),
      { seed: 20261122, numRuns: 2_000 },
    );
    expect(Math.min(refused.yes, refused.no)).toBeGreaterThan(200);
  });

  test('and back', () => {
    fc.assert(
      fc.property(values.map, (fields) => {
        const attributes = tried(() => marshall(fields, { removeUndefinedValues: true }));
        fc.pre(attributes !== 'refused');
        expect(fieldsOf(attributes as Attributes)).toEqual(unmarshall(attributes as Attributes));
      }),
      { seed: 20261123, numRuns: 1_000 },
    );
  });

  test.each<[string, AttributeValue]>([
    ['a number that JavaScript cannot hold', { N: '12345678901234567890' }],
    ['a fraction', { N: '0.1' }],
    ['octets', { B: Uint8Array.of(1, 2) }],
    ['a set of strings', { SS: ['a', 'b'] }],
    ['a set of numbers', { NS: ['1', '12345678901234567890'] }],
    ['a set of octets', { BS: [Uint8Array.of(1)] }],
    ['no string', { S: '' }],
    ['nothing', { NULL: true }],
    ['a truth value', { BOOL: false }],
    ['an empty list', { L: [] }],
    ['an empty map', { M: {} }],
  ])('%s is read', (_, attribute) => {
    expect(fieldsOf({ attribute })).toEqual(unmarshall({ attribute }));
  });

  test.each<[string, unknown]>([
    ['a type that is not DynamoDB’s', { X: 'a' }],
    ['an attribute without a value', {}],
    ['a fraction beyond what a number holds', { N: '12345678901234567890.5' }],
  ])('%s is a fault', (_, attribute) => {
    expect(() => fieldsOf({ attribute } as Attributes)).toThrow(Error);
  });
});

test('what has a class of its own is refused as a whole, and in a list', () => {
  class Own {
    a = 1;
  }
  expect(() => attributesOf(new Own())).toThrow('Unsupported type');
  expect(() => attributesOf({ list: [new Own()] })).toThrow('Unsupported type');
});

test('what is undefined, or a function, is left out', () => {
  const given = { a: undefined, b: [1, undefined, () => 2], c: { d: undefined, e: 'e' }, f: () => 3 };
  expect(attributesOf(given)).toEqual({ b: { L: [{ N: '1' }] }, c: { M: { e: { S: 'e' } } } });
});
