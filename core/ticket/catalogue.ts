/**
 * The services of desk.yaml for whoever asks what there is: what each needs, how soon it comes, and a mail that asks for it
 * and only has to be filled in. What is confidential is shown to its own people, and to whoever wrote to an address of
 * theirs; what is internal, to nobody outside.
 */
import type { Desk, Language, Priority, Service } from '../config/desk.ts';
import { isFor, wordsOf } from '../config/service.ts';
import { isConfidential } from '../mail/referral.ts';
import { personOf } from '../mail/standing.ts';
import type { Measure } from '../sla/clock.ts';
import { policyFor, promised } from '../sla/policy.ts';
import { mayRead } from './audience.ts';
import { questionsFor } from './service.ts';

/** The names of those that `by` may ask for; `to`: the desk's addresses that he wrote to. */
export function catalogueFor(by: string, to: readonly string[], desk: Desk): string[] {
  const ofDesk = personOf(by, desk) !== null;
  const may = (service: Service) => {
    const { team } = homeOf(service, desk);
    if (ofDesk) return !isConfidential(team, desk) || mayRead(by, { team, assignee: null }, desk);
    const reached = desk.addresses.some((own) => own.team === team && to.includes(own.address));
    return !service.internal && isFor(by, service) && (reached || !isConfidential(team, desk));
  };
  return desk.services.filter(may).map(({ name }) => name);
}

export interface Offer {
  title: string;
  description: string;
  internal: boolean;
  /** It answers by itself. */
  answers: boolean;
  needs: { title: string; question: string; choices: string[] }[];
  /** When nothing more is said, in milliseconds of the calendar. */
  promises: { measure: Measure; ms: number; calendar: string }[];
  /** The mail that asks for it. */
  ask: { to: string; subject: string; body: string };
}

/** In the order of desk.yaml. Those that it no longer has are left out. */
export function offersOf(names: readonly string[], reader: string, language: Language, desk: Desk): Offer[] {
  return desk.services.flatMap((service) =>
    names.includes(service.name) ? [offerOf(service, reader, language, desk)] : [],
  );
}

/** Of what a requester waits for himself. */
const TOLD: readonly Measure[] = ['firstResponse', 'resolution'];

function offerOf(service: Service, reader: string, language: Language, desk: Desk): Offer {
  const { internal, facts, answers } = service;
  const { title, description } = wordsOf(service, language);
  const { category, team, priority } = homeOf(service, desk);
  const { policy } = policyFor({ category, team, requester: reader, service }, desk);
  const needs = questionsFor(
    service,
    facts.map(({ field }) => field),
    language,
    desk,
  );
  const to = desk.addresses.find((own) => own.team === team) ?? desk.addresses[0];
  return {
    ...{ title, description, internal, needs },
    answers: Object.keys(answers).length > 0,
    promises: TOLD.flatMap((measure) => {
      const found = promised(measure, priority, policy);
      return found ? [{ measure, ...found }] : [];
    }),
    ask: {
      to: to?.address ?? '',
      subject: title,
      body: needs.map(({ question }) => `${question.replace(/\s*[?？:：]+\s*$/u, '')}: \n`).join(''),
    },
  };
}

function homeOf(service: Service, desk: Desk): { category: string; team: string; priority: Priority } {
  const category = desk.categories.find(({ name }) => name === service.categories[0]);
  if (!category) throw new RangeError(`the service ${service.name} has no category`);
  const { impact = 'one', urgency: usual = 'routine' } = category;
  const urgency = service.onRequest ? 'routine' : usual;
  return {
    category: category.name,
    team: service.team ?? category.team,
    priority: desk.matrix[impact][urgency],
  };
}
