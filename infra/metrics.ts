/** What our functions tell, as alarms and the dashboard read it. */
import { Aws, type Duration } from 'aws-cdk-lib';
import { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { METRICS_DIMENSION, METRICS_NAMESPACE, type MetricName } from '../core/metrics.ts';

export function told(
  metricName: MetricName,
  { statistic, period }: { statistic: string; period: Duration },
): Metric {
  return new Metric({
    namespace: METRICS_NAMESPACE,
    metricName,
    dimensionsMap: { [METRICS_DIMENSION]: Aws.STACK_NAME },
    statistic,
    period,
  });
}
