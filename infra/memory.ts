/**
 * MEMORY: one table for everything that is known, one bucket for everything that is large. Both outlive the stack;
 * only a first deployment that fails takes its own, still empty ones with it.
 */
import { Duration, RemovalPolicy, Validations } from 'aws-cdk-lib';
import { AttributeType, BillingMode, ProjectionType, StreamViewType, Table } from 'aws-cdk-lib/aws-dynamodb';
import { FilterRule } from 'aws-cdk-lib/aws-lambda';
import {
  BlockPublicAccess,
  Bucket,
  BucketEncryption,
  ObjectOwnership,
  StorageClass,
} from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { keepLogicalId } from './names.ts';

/** What readers of the stream ask of its images: what `desk restore` put back has happened long ago. */
export const NEWS = { restored: { BOOL: FilterRule.notExists() } };

/** Days. */
const AT_HAND = 90;

export class Memory extends Construct {
  readonly table: Table;
  readonly bucket: Bucket;

  /** `rawMailDays`: `retention.rawMail` of desk.yaml; null for ever. */
  constructor(scope: Construct, id: string, { rawMailDays }: { rawMailDays: number | null }) {
    super(scope, id);

    this.table = new Table(this, 'Table', {
      partitionKey: { name: 'pk', type: AttributeType.STRING },
      sortKey: { name: 'sk', type: AttributeType.STRING },
      billingMode: BillingMode.PAY_PER_REQUEST,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      stream: StreamViewType.NEW_IMAGE,
      timeToLiveAttribute: 'expiresAt',
      removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
    });
    // Sparse: only an open ticket has these attributes, so that the sweep's query never grows with history.
    this.table.addGlobalSecondaryIndex({
      indexName: 'open',
      partitionKey: { name: 'openPk', type: AttributeType.STRING },
      sortKey: { name: 'openSk', type: AttributeType.STRING },
      projectionType: ProjectionType.KEYS_ONLY,
    });
    // Sparse as well: whose hands each open ticket is in, and whose request it is. An agent's #mine is one query of it.
    this.table.addGlobalSecondaryIndex({
      indexName: 'hands',
      partitionKey: { name: 'handsPk', type: AttributeType.STRING },
      sortKey: { name: 'handsSk', type: AttributeType.STRING },
      projectionType: ProjectionType.KEYS_ONLY,
    });
    this.table.addGlobalSecondaryIndex({
      indexName: 'listing',
      partitionKey: { name: 'listPk', type: AttributeType.STRING },
      sortKey: { name: 'listSk', type: AttributeType.STRING },
      projectionType: ProjectionType.ALL,
    });
    keepLogicalId(this.table, 'Table');

    this.bucket = new Bucket(this, 'Bucket', {
      // Not SSE-KMS: SES would need rights on the key, and each mail would cost a call to it.
      encryption: BucketEncryption.S3_MANAGED,
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
      enforceSSL: true,
      removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
      lifecycleRules: [
        { id: 'half-written', abortIncompleteMultipartUploadAfter: Duration.days(1) },
        // What a ticket may still need stays at hand; after that it is read once a year at most. Only raw mail expires by
        // itself: what lies under `in/` is unhandled, and files and long texts go with their tickets, by the sweep.
        ...['mail/', 'files/', 'bodies/'].map((prefix) => {
          const days = prefix === 'mail/' ? rawMailDays : null;
          return {
            id: `old-${prefix.slice(0, -1)}`,
            prefix,
            // The other class is paid for thirty days at least.
            ...(days === null || days >= AT_HAND + 30
              ? {
                  transitions: [
                    {
                      storageClass: StorageClass.INFREQUENT_ACCESS,
                      transitionAfter: Duration.days(AT_HAND),
                    },
                  ],
                }
              : {}),
            ...(days === null ? {} : { expiration: Duration.days(days) }),
          };
        }),
      ],
    });
    keepLogicalId(this.bucket, 'Bucket');
    Validations.of(this.bucket).acknowledge({
      id: 'AwsSolutions-S1',
      reason:
        'Only SES and three functions may touch the bucket. A log of their calls would be a second store of who wrote when, kept by nobody and paid by the mail.',
    });
  }
}
