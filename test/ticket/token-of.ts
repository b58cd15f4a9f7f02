/** The token that came back with a reply, as it was read. */
import { type Purpose, participantHash, type Token } from '../../core/mail/token.ts';
import { ID } from '../sample.ts';

export function tokenOf(participant: string, purpose: Purpose = 'ticket'): Token {
  return { purpose, id: ID, participant: participantHash(participant), expired: false };
}
