/** Asks what only a desk on a laptop has, through its gateway, as the AWS clients speak to it. */
import * as z from 'zod';
import type { runningDesk } from './connect.ts';
import { Refused } from './refused.ts';

export async function askEngine(
  { endpoint, region, accessKeyId }: Awaited<ReturnType<typeof runningDesk>>,
  service: 'drill' | 'meter',
  operation: string,
  input: unknown,
): Promise<unknown> {
  const response = await fetch(endpoint, {
    method: 'POST',
    headers: {
      'x-amz-target': `Desk.${operation}`,
      authorization: `AWS4-HMAC-SHA256 Credential=${accessKeyId}/20260101/${region}/${service}/aws4_request`,
    },
    body: JSON.stringify(input),
  });
  const answer: unknown = await response.json();
  if (!response.ok) throw new Refused(z.object({ message: z.string() }).parse(answer).message);
  return answer;
}
