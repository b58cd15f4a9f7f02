/**
 * The SDK's clients, each made when it is first used and kept while the process lives. The imports are dynamic, so
 * that a function that never sends mail never loads what would send it: cold starts are paid for.
 */

/** Remembers a promise; forgets it when it fails, so that the next call tries again. */
export function lazy<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | null = null;
  return () => {
    made ??= make().catch((error) => {
      made = null;
      throw error;
    });
    return made;
  };
}

export const documents = lazy(async () => {
  const [{ DynamoDBClient }, { DynamoDBDocument }] = await Promise.all([
    import('@aws-sdk/client-dynamodb'),
    import('@aws-sdk/lib-dynamodb'),
  ]);
  return DynamoDBDocument.from(new DynamoDBClient({}), { marshallOptions: { removeUndefinedValues: true } });
});

export const storage = lazy(async () => {
  const s3 = await import('@aws-sdk/client-s3');
  return { s3, client: new s3.S3Client({}) };
});

export const queueing = lazy(async () => {
  const sqs = await import('@aws-sdk/client-sqs');
  return { sqs, client: new sqs.SQSClient({}) };
});

export const mailing = lazy(async () => {
  const ses = await import('@aws-sdk/client-ses');
  // SES knows no idempotency token: an attempt that timed out may have been sent, and a second one sends it twice.
  return { ses, client: new ses.SESClient({ maxAttempts: 1 }) };
});

export const machines = lazy(async () => {
  const sfn = await import('@aws-sdk/client-sfn');
  return { sfn, client: new sfn.SFNClient({}) };
});

export const parameters = lazy(async () => {
  const ssm = await import('@aws-sdk/client-ssm');
  return { ssm, client: new ssm.SSMClient({}) };
});
