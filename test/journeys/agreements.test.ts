/** What the sample desk leaves open and another one settles: who approves, when a visit is reminded of, and a model of filed tickets. */
import { writeModel } from '../../core/triage/model.ts';
import { MARTHA } from '../sample.ts';
import { modelOf } from '../triage/filed.ts';
import { approval, HOLGER } from './approval.ts';
import { learned } from './learned.ts';
import { steps } from './steps.ts';
import { changedDesk, tell } from './stories.ts';
import { visit } from './visit.ts';

const [NETWORK, PEOPLE] = ['    title: Network, Wi-Fi and VPN\n', '    title: People who come, go or move\n'];

const config = changedDesk(
  [
    [NETWORK, `${NETWORK}    type: change\n    approval: { by: [${MARTHA}, ${HOLGER}], quorum: all }\n`],
    [PEOPLE, `${PEOPLE}    approval: { by: [${MARTHA}] }\n`],
    ['remind: [1d, 1h]', 'remind: [2h, 1h]'],
    ['\ntriage:\n', '\ntriage:\n  model: desk.model\n'],
  ],
  { 'desk.model': writeModel(modelOf()) },
);

// The first one counts all tickets that are closed, the last one goes through hours.
tell([learned, approval, steps, visit], { config });
