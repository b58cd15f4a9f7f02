import type { Language } from '../../core/config/desk.ts';
import type { UpdateView } from '../../core/mail/update.ts';
import { buttons, said, sampleView, told } from '../layout/sample.ts';
import { phrase } from '../words.ts';

/** As the desk.yaml of any desk names them. */
const STEPS = 'Account and mailbox; Laptop and phone';

export function samples(language: Language): UpdateView[] {
  const quiet: UpdateView = {
    ...sampleView('resolved', language, 'requester'),
    facts: { until: told(language).times.later },
    plainReply: phrase(language, 'reply-requester-resolved'),
    actions: buttons(language, 'not-solved', 'solved'),
  };
  const stepped = { ...quiet, facts: { ...quiet.facts, steps: STEPS } };
  return [stepped, { ...quiet, message: said(language, 'grace', 'answer') }, quiet];
}
