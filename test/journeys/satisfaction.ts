/** A ticket is closed, and its requester says what he thinks of it. */
import { beforeAll, expect, test } from 'vitest';
import type { Laptop } from './laptop.ts';

export function satisfaction(begin: () => Laptop): void {
  let laptop: Laptop;
  beforeAll(() => {
    laptop = begin();
  });

  const UTE = 'ute@example.org';

  async function closedTicket(subject: string): Promise<string> {
    await laptop.write({
      from: `Ute Kern <${UTE}>`,
      subject,
      text: 'Guten Tag, der Drucker im zweiten Stock druckt nicht. Können Sie bitte helfen? Vielen Dank.',
    });
    const acknowledged = await laptop.mail('acknowledgement', UTE);
    await laptop.reply(acknowledged, UTE, '#close');
    return acknowledged.ticketId as string;
  }

  test('the requester is asked once a week, votes by a button, thinks better of it, and a poor vote reaches the lead', async () => {
    const id = await closedTicket('Der Drucker klemmt');
    const transcript = await laptop.mail('transcript', UTE, id);
    expect(transcript.text).toContain('Erledigt: Das Ticket ist geschlossen.');
    const asked = await laptop.mail('satisfaction', UTE, id);
    expect(asked.text).toMatch(/Wie\s+zufrieden\s+sind\s+Sie/);
    expect(asked.html).not.toMatch(/href="(?!mailto:)/);

    const buttons = [...asked.html.matchAll(/href="(mailto:[^"]+)"/g)].map(
      ([, href = '']) => new URL(href.replaceAll('&#x3D;', '=').replaceAll('&amp;', '&')),
    );
    expect(buttons.map(({ searchParams }) => searchParams.get('body'))).toEqual(
      ['5', '4', '3', '2', '1'].map((vote) => `${vote}\n`),
    );
    const [, , , two] = buttons;
    await laptop.write({
      from: UTE,
      to: two?.pathname ?? '',
      subject: two?.searchParams.get('subject') ?? '',
      text: two?.searchParams.get('body') ?? '',
    });
    const note = await laptop.mail('note', 'martha.lind@example.test', id);
    expect(note.text).toContain('2 of 5');

    await laptop.reply(asked, UTE, '4\n\nDoch noch gut geworden.');
    await laptop.until('the second vote', async () => (await laptop.tickets.read(id))?.rating?.vote === 4);
    const events = (await laptop.tickets.events(id, 100)).filter(({ kind }) => kind === 'rated');
    expect(events).toMatchObject([
      { vote: 2, previous: null },
      { vote: 4, previous: 2, words: 'Doch noch gut geworden.' },
    ]);
    expect((await laptop.tickets.read(id))?.status).toBe('closed');
    expect((await laptop.tickets.list(5, ({ requester }) => requester.address === UTE)).length).toBe(1);

    const second = await closedTicket('Der Toner ist leer');
    await laptop.mail('transcript', UTE, second);
    await laptop.quiet();
    expect(laptop.delivered.filter(({ kind }) => kind === 'satisfaction').length).toBe(1);
    expect(laptop.faults).toEqual([]);
  });
}
