/**
 * INSIGHT: what the desk measures of itself. A second reader of the table's stream, beside the relay and never in its way: two
 * may read one. It needs no queue, whose polling alone costs more in a month than all that is counted.
 */
import { Duration } from 'aws-cdk-lib';
import { EventSourceMapping, FilterCriteria, FilterRule, StartingPosition } from 'aws-cdk-lib/aws-lambda';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { type Bundles, deskFunction } from './lambda.ts';
import { type Memory, NEWS } from './memory.ts';
import { keepLogicalId } from './names.ts';
import { permissions, streamOf } from './permissions.ts';
import { deadLetterQueue } from './queue.ts';

interface InsightProps {
  memory: Memory;
  bundles: Bundles;
}

export class Insight extends Construct {
  readonly measuresDeadLetters: Queue;

  constructor(scope: Construct, id: string, { memory: { table }, bundles }: InsightProps) {
    super(scope, id);
    this.measuresDeadLetters = deadLetterQueue(this, 'MeasuresDeadLetters');
    const countMeasures = deskFunction(this, {
      name: 'count-measures',
      bundles,
      description: 'Adds what happened to the measures of its day: each event once.',
      memory: 512,
      timeout: 120,
      environment: { DESK_TABLE: table.tableName, DESK_CLOCK: '' },
      permissions: permissions.countMeasures({ table }),
      failures: this.measuresDeadLetters,
    });
    const source = new EventSourceMapping(this, 'CountMeasuresSource', {
      target: countMeasures,
      eventSourceArn: streamOf(table),
      startingPosition: StartingPosition.TRIM_HORIZON,
      filters: [
        FilterCriteria.filter({
          eventName: FilterRule.isEqual('INSERT'),
          dynamodb: {
            Keys: { pk: { S: FilterRule.beginsWith('T#') }, sk: { S: FilterRule.beginsWith('EVENT#') } },
            NewImage: NEWS,
          },
        }),
        FilterCriteria.filter({
          eventName: FilterRule.or('INSERT', 'MODIFY'),
          dynamodb: { Keys: { sk: { S: FilterRule.isEqual('MAIL') } }, NewImage: NEWS },
        }),
        FilterCriteria.filter({
          dynamodb: {
            Keys: { sk: { S: FilterRule.isEqual('UPDATE') } },
            NewImage: {
              ...NEWS,
              update: { M: { state: { S: FilterRule.or('sent', 'refused', 'withheld') } } },
            },
          },
        }),
      ],
      // What happens to one ticket within a minute, and to many, is one write: nobody looks at measures by the second.
      batchSize: 500,
      maxBatchingWindow: Duration.minutes(1),
      // One at a time, so that nobody writes the same rollups at the same moment.
      parallelizationFactor: 1,
      reportBatchItemFailures: true,
      bisectBatchOnError: true,
      retryAttempts: 10,
      maxRecordAge: Duration.hours(12),
      onFailure: { bind: () => ({ destination: this.measuresDeadLetters.queueArn }) },
    });
    keepLogicalId(source, 'CountMeasuresSource');
  }
}
