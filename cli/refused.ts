/** What the CLI says no to, in words for whoever typed it. Exit code 1. */
export class Refused extends Error {
  override name = 'Refused';
}

export const SIGN_IN =
  'Sign in, for instance by `aws sso login`, and set AWS_PROFILE if it is not the default one.';

const WITHOUT_CREDENTIALS = ['CredentialsProviderError', 'TokenProviderError'];
const STALE_CREDENTIALS = [
  ...['ExpiredToken', 'ExpiredTokenException', 'UnrecognizedClientException'],
  ...['InvalidClientTokenId', 'InvalidSignatureException', 'SignatureDoesNotMatch'],
];
const WITHOUT_RIGHT = ['AccessDenied', 'AccessDeniedException', 'UnauthorizedOperation'];

/** Where AWS lets nobody in, what to do about it: the SDK's trace would tell an admin nothing. Null of every other fault. */
export function closedDoor(error: unknown): string | null {
  if (!(error instanceof Error)) return null;
  const { name, message } = error;
  if (WITHOUT_CREDENTIALS.includes(name)) return `There are no credentials for AWS. ${SIGN_IN}`;
  if (STALE_CREDENTIALS.includes(name))
    return `AWS does not take these credentials (${name}): they have expired, or are of another account. ${SIGN_IN}`;
  if (WITHOUT_RIGHT.includes(name)) return `AWS refuses it: ${message}`;
  if (message === 'Region is missing')
    return 'The region is not known. Name it, such as --region eu-central-1, or set AWS_REGION.';
  return closedDoor(error.cause);
}
