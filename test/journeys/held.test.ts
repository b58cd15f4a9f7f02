/** A desk that holds answers for two minutes, and has its mind about two senders. */
import { flood } from './flood.ts';
import { secondThoughts } from './second-thoughts.ts';
import { changedDesk, tell } from './stories.ts';

const config = changedDesk([
  ['hold: 5s', 'hold: 2m'],
  ['  blocked: []', "  blocked: ['@blocked.test']"],
  ['  allowed: []', '  allowed: [alarms@example.org]'],
]);

tell([flood, secondThoughts], { config });
