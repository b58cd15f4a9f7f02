/**
 * What may become of an email, and why: the closed list. Each reason is also the name of a message under
 * test/emails, stands in a test's name, and has words for the human, or a place in `NEVER_ANSWERED`.
 */
export const REASONS = {
  setup: ['ses-setup'],
  duplicate: ['same-message'],
  quarantined: ['spam', 'virus', 'disowned-by-domain', 'unreadable', 'poison', 'no-sender'],
  suppressed: ['loop', 'auto-reply', 'out-of-office', 'receipt', 'flood', 'canary'],
  feedback: ['bounce', 'complaint'],
  opened: [
    'new-ticket',
    'unauthenticated',
    'forged-token',
    'expired-token',
    'closed-ticket',
    'list',
    'monitoring',
    'forwarded-by-agent',
    'on-behalf',
    'agent-wrote',
  ],
  appended: ['rated', 'requester-reply', 'agent-answer', 'list', 'monitoring', 'flood'],
  commanded: [
    'agent-commands',
    'requester-commands',
    'approval-vote',
    'visit-answer',
    'code-accepted',
    'rated',
  ],
  noted: ['private-note', 'third-party'],
  held: ['without-token', 'without-proof', 'too-many-codes'],
  refused: [
    'posing-as-agent',
    'blocked',
    'unknown-command',
    'refused-command',
    'nothing-said',
    'vote-too-late',
    'token-in-text',
    'no-ticket',
    'confidential',
    'wrong-code',
    'code-expired',
    'digest-expired',
    'too-large',
  ],
} as const;

export type Disposition = keyof typeof REASONS;
export type DispositionReason = (typeof REASONS)[Disposition][number];

export const DISPOSITIONS = Object.keys(REASONS) as Disposition[];

/** Nobody hears of these: there is nobody to tell, it would feed a loop, it would tell a forger, or the fault is ours. */
export const NEVER_ANSWERED: readonly DispositionReason[] = [
  'ses-setup',
  'same-message',
  'spam',
  'virus',
  'disowned-by-domain',
  'poison',
  'no-sender',
  'loop',
  'auto-reply',
  'out-of-office',
  'receipt',
  'bounce',
  'complaint',
  'unauthenticated',
  'list',
  'monitoring',
  'third-party',
  'posing-as-agent',
  'agent-wrote',
  'flood',
  'canary',
  'too-many-codes',
];

/** What `desk replay` runs again; any other disposition is final and reported as done. */
export const REPLAYABLE: readonly Disposition[] = ['quarantined', 'refused', 'held', 'suppressed'];
