/** What desk.yaml says a ticket has besides: an asset, a cost centre. For the desk’s eyes alone. */
import { Temporal } from 'temporal-polyfill';
import type { Desk, Field } from '../config/desk.ts';
import { didYouMean } from '../mail/commands.ts';
import { type Act, type Decision, notFound, nothing, type Refused } from './decision.ts';
import type { Ticket } from './ticket.ts';

/** `asset 4711`; `asset none` clears it. */
export function setField(written: string, ticket: Ticket, { by }: Act, desk: Desk): Decision {
  const [word = '', ...rest] = written.split(/\s+/);
  const field = desk.fields.find(({ name }) => name === word.toLowerCase());
  if (!field) {
    const names = desk.fields.map(({ name }) => name);
    const suggestion = didYouMean(word.toLowerCase(), names);
    return {
      said: notFound('field', word, suggestion, names.length > 0 ? names : ['–']),
      refused: `there is no field “${word}”${suggestion ? `; did you mean ${suggestion}?` : ';'} ${names.length > 0 ? `allowed are ${names.join(', ')}` : 'desk.yaml has none'}`,
    };
  }
  const { name, title, categories } = field;
  const previous = ticket.fields?.[name] ?? null;
  const said = rest.join(' ');
  if (said.toLowerCase() === 'none')
    return previous === null
      ? nothing(`${title} is empty already`, { key: 'field-empty', facts: { title } })
      : {
          happenings: [{ kind: 'field-set', field: name, value: null, previous, by }],
          detail: `${title} is empty now, before ${previous}`,
          said: { key: 'field-empty', facts: { title } },
        };
  if (categories && !categories.includes(ticket.category))
    return {
      refused: `${name} is for tickets about ${categories.join(', ')}, and this one is about ${ticket.category}`,
      said: { key: 'field-elsewhere', facts: { name, categories: categories.join(', ') } },
    };
  const read = readValue(said, field);
  if ('refused' in read) return read;
  const { value } = read;
  if (value === previous)
    return nothing(`${title} is ${value} already`, { key: 'field', facts: { title, value } });
  return {
    happenings: [{ kind: 'field-set', field: name, value, previous, by }],
    detail: `${title} is ${value} now${previous === null ? '' : `, before ${previous}`}`,
    said: { key: 'field', facts: { title, value } },
  };
}

const LONGEST_VALUE = 200;

export function readValue(said: string, { name, type, choices = [] }: Field): { value: string } | Refused {
  if (said === '')
    return {
      refused: `#${name} needs a value; #${name} none clears it`,
      said: { key: 'needs-value', facts: { verb: name, example: `#${name} none` } },
    };
  switch (type) {
    case 'text':
      return said.length <= LONGEST_VALUE
        ? { value: said }
        : {
            refused: `that is ${said.length} characters, and ${name} takes ${LONGEST_VALUE}`,
            said: { key: 'field-too-long', facts: { name, most: String(LONGEST_VALUE) } },
          };
    case 'number':
      return /^-?\d{1,15}(?:[.,]\d{1,6})?$/.test(said)
        ? { value: said.replace(',', '.') }
        : {
            refused: `“${said}” is no number; write #${name} 42 or #${name} 12.5`,
            said: { key: 'no-number', facts: { value: said, example: `#${name} 42, #${name} 12.5` } },
          };
    case 'date':
      return isDay(said)
        ? { value: said }
        : {
            refused: `“${said}” is no day of the calendar; write it as #${name} 2027-01-31`,
            said: { key: 'no-time', facts: { value: said, example: `#${name} 2027-01-31` } },
          };
    case 'choice': {
      const chosen = choices.find((choice) => choice.toLowerCase() === said.toLowerCase());
      if (chosen) return { value: chosen };
      const near = didYouMean(
        said.toLowerCase(),
        choices.map((choice) => choice.toLowerCase()),
      );
      const suggestion = choices.find((choice) => choice.toLowerCase() === near);
      return {
        said: notFound('choice', said, suggestion ?? null, choices),
        refused: `“${said}” is none of its choices${suggestion ? `; did you mean ${suggestion}?` : ';'} allowed are ${choices.join(', ')}`,
      };
    }
  }
}

function isDay(said: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(said)) return false;
  try {
    return Boolean(Temporal.PlainDate.from(said, { overflow: 'reject' }));
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

/** In the order of desk.yaml. What it no longer knows is shown under its name. */
export function fieldsOf(
  { fields = {} }: Pick<Ticket, 'fields'>,
  desk: Desk,
): { name: string; value: string }[] {
  const known = desk.fields.map(({ name }) => name);
  const names = [...known, ...Object.keys(fields).filter((name) => !known.includes(name))];
  return names.flatMap((name) => {
    const value = fields[name];
    const title = desk.fields.find((field) => field.name === name)?.title ?? name;
    return value === undefined ? [] : [{ name: title, value }];
  });
}
