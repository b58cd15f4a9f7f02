/** Every kind of update as the previews and the tests show it. */
import type { Language } from '../core/config/desk.ts';
import type { UpdateKind, UpdateView } from '../core/mail/update.ts';
import { samples as acknowledgement } from './acknowledgement/sample.ts';
import { samples as answer } from './answer/sample.ts';
import { samples as approval } from './approval/sample.ts';
import { samples as assignment } from './assignment/sample.ts';
import { samples as breach } from './breach/sample.ts';
import { samples as closed } from './closed/sample.ts';
import { samples as code } from './code/sample.ts';
import { samples as decided } from './decided/sample.ts';
import { samples as digest } from './digest/sample.ts';
import { samples as escalated } from './escalated/sample.ts';
import { samples as note } from './note/sample.ts';
import { samples as refusal } from './refusal/sample.ts';
import { samples as report } from './report/sample.ts';
import { samples as requesterMessage } from './requester-message/sample.ts';
import { samples as resolved } from './resolved/sample.ts';
import { samples as satisfaction } from './satisfaction/sample.ts';
import { samples as transcript } from './transcript/sample.ts';
import { samples as waitingReminder } from './waiting-reminder/sample.ts';
import { samples as warning } from './warning/sample.ts';

/** One or more views each: an audience or a case of its own. */
export const SAMPLES: Record<UpdateKind, (language: Language) => UpdateView[]> = {
  acknowledgement,
  assignment,
  'requester-message': requesterMessage,
  answer,
  note,
  transcript,
  code,
  warning,
  breach,
  escalated,
  approval,
  decided,
  'waiting-reminder': waitingReminder,
  resolved,
  closed,
  satisfaction,
  refusal,
  digest,
  report,
};
