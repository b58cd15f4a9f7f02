/** The calls that a desk in this process makes to AWS. */
import { subscribe } from 'node:diagnostics_channel';
import type { IncomingMessage } from 'node:http';

/**
 * Counts calls as Node itself announces each request to a server of this process, so the gateway need not know. What
 * Lambda, SES and Step Functions do by themselves (polling queues, publishing receipts, invoking) is no call.
 * The keys are `service action principal`, and whoever counts clears them.
 */
export function countCalls(): Map<string, number> {
  const counted = new Map<string, number>();
  const count = (key: string) => counted.set(key, (counted.get(key) ?? 0) + 1);
  subscribe('http.server.request.start', (message) => {
    const { request } = message as { request: IncomingMessage };
    const [, principal, service] =
      /Credential=([^/]+)\/\d{8}\/[^/]+\/([^/]+)\/aws4_request/.exec(request.headers.authorization ?? '') ??
      [];
    if (!principal || !service) return;
    const named = (action: string | null | undefined) => count(`${service} ${action} ${principal}`);
    const target = request.headers['x-amz-target'];
    if (typeof target === 'string') return named(target.replace(/^.*\./, ''));
    if (service === 's3') return named(new URL(request.url ?? '/', 'http://s3').searchParams.get('x-id'));
    // The Query protocol names the action in its body. The gateway reads on 'readable', which a listener to 'data' does not disturb.
    let body = '';
    request.on('data', (part: Buffer) => {
      body += part.toString('latin1');
    });
    request.on('end', () => named(/(?:^|&)Action=(\w+)/.exec(body)?.[1]));
  });
  return counted;
}
