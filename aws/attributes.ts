/** Plain values as DynamoDB writes them, and back. What is undefined is left out, as in JSON. */
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';

export type Attributes = Record<string, AttributeValue>;

/** Throws for what DynamoDB does not have. */
export function attributesOf(fields: object): Attributes {
  return marshall(fields, { removeUndefinedValues: true });
}

export function fieldsOf(attributes: Attributes): Record<string, unknown> {
  return unmarshall(attributes);
}
