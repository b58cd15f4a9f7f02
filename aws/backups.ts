/** What AWS itself keeps of what was deleted, as the table and the bucket are set now. */
import { storage } from './clients.ts';

export interface KeptBy {
  /** Days for which the table can be put back to any second; 0 when it cannot. */
  tableDays: number;
  /** Whether the bucket keeps what is deleted or written over: `off`, or as S3 says. */
  bucketVersions: string;
}

export async function keptByAws(table: string, bucket: string): Promise<KeptBy> {
  const { DescribeContinuousBackupsCommand, DynamoDBClient } = await import('@aws-sdk/client-dynamodb');
  const { ContinuousBackupsDescription } = await new DynamoDBClient({}).send(
    new DescribeContinuousBackupsCommand({ TableName: table }),
  );
  const pitr = ContinuousBackupsDescription?.PointInTimeRecoveryDescription;
  const { s3, client } = await storage();
  const { Status } = await client.send(new s3.GetBucketVersioningCommand({ Bucket: bucket }));
  return {
    // 35 days where nothing else was set: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/PointInTimeRecovery_Howitworks.html
    tableDays:
      pitr?.PointInTimeRecoveryStatus === 'ENABLED' ? (pitr.RecoveryPeriodInDays ?? LONGEST_RECOVERY) : 0,
    bucketVersions: Status?.toLowerCase() ?? 'off',
  };
}

const LONGEST_RECOVERY = 35;
