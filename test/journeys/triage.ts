/** What the desk makes of mail by itself, each in a short story of its own. */
import { beforeAll, expect, test } from 'vitest';
import { MARTHA } from '../sample.ts';
import type { Laptop } from './laptop.ts';

export function triage(begin: () => Laptop): void {
  let laptop: Laptop;
  beforeAll(() => {
    laptop = begin();
  });

  test('what one ticket taught is published with one word, goes with the next acknowledgement, and solves it', async () => {
    const [wim, yara] = ['wim@example.org', 'yara@example.org'];
    await laptop.write({
      from: wim,
      subject: 'Paper jam in the label printer',
      text: 'The label printer has a paper jam.',
    });
    const { id, assignee } = await laptop.ticketOf(wim);
    const assignment = await laptop.mail('assignment', assignee ?? '', id);
    await laptop.reply(
      assignment,
      assignee ?? '',
      '#fix the roller was worn; changed it\n#kb Paper jam in the label printer\n#resolve\n\nLift the green lever and pull the labels out.',
      { proven: true },
    );
    const review = await laptop.mail('approval', MARTHA, id);
    expect(review.text).toContain('Lift the green lever');
    await laptop.reply(review, MARTHA, 'publish', { proven: true });
    await laptop.mail('transcript', MARTHA, id);
    await laptop.quiet();
    await laptop.write({
      from: yara,
      subject: 'Paper jam',
      text: 'Our label printer has a paper jam, please help.',
    });
    const offered = await laptop.mail('acknowledgement', yara);
    expect(offered.text).toContain('Lift the green lever');
    expect(offered.text).not.toContain('roller');
    await laptop.reply(offered, yara, 'Solved, thanks!');
    await laptop.mail('resolved', yara);
    expect((await laptop.tickets.read(offered.ticketId as string))?.offered?.helped).toBe(`K-${id.slice(2)}`);
  });

  test('the catalogue comes by mail, its button asks for a service, and the clock stands until the facts have come', async () => {
    const zoe = 'zoe@services.example.org';
    await laptop.write({ from: zoe, subject: 'Services', text: '#services' });
    const catalogue = await laptop.mail('transcript', zoe);
    expect(catalogue.ticketId).toBeNull();
    expect(catalogue.text).toContain('A new computer or phone');
    expect(catalogue.text).not.toContain('payslip');
    const [, href = ''] = /href="(mailto:[^"]*computer[^"]*)"/.exec(catalogue.html) ?? [];
    const asks = new URL(href.replaceAll('&amp;', '&').replaceAll('&#x3D;', '='));
    const subject = asks.searchParams.get('subject') ?? '';
    await laptop.write({ from: zoe, to: asks.pathname, subject, text: asks.searchParams.get('body') ?? '' });
    const asked = await laptop.mail('acknowledgement', zoe);
    expect(asked.text).toContain('Where shall it go?');
    const waiting = await laptop.tickets.read(asked.ticketId ?? '');
    expect(waiting).toMatchObject({ status: 'waiting', service: { name: 'new-device' }, deadlines: {} });
    await laptop.reply(asked, zoe, 'Where shall it go: Porto\nBy which day do you need it: 2027-02-01');
    await laptop.mail('requester-message', waiting?.assignee ?? '', asked.ticketId ?? '');
    expect(await laptop.tickets.read(asked.ticketId ?? '')).toMatchObject({
      ...{ status: 'open', fields: { site: 'Porto', 'needed-by': '2027-02-01' } },
      deadlines: { firstResponse: expect.any(String) },
    });
  });

  test('five people report the same: the lead makes it one problem, and one word goes to all', async () => {
    const people = ['una', 'duo', 'tre', 'vier', 'cinq'].map((name) => `${name}@vpn.example.org`);
    for (const [nth, from] of people.entries())
      await laptop.write({
        from,
        subject: `VPN ${nth + 1}`,
        text: 'The VPN does not connect any more: error 789.',
      });
    const asked = await laptop.until('the question', async () =>
      laptop.delivered.find(
        ({ kind, to, text }) => kind === 'note' && to === MARTHA && text.includes('#problem'),
      ),
    );
    await laptop.reply(asked, MARTHA, '#problem The VPN is down', { proven: true });
    const begun = await laptop.until('the problem', async () =>
      laptop.delivered.find(
        ({ kind, to, text }) => kind === 'note' && to === MARTHA && text.includes('#tell'),
      ),
    );
    const LATE = 'late@vpn.example.org';
    await laptop.write({ from: LATE, subject: 'No VPN', text: 'Is the VPN down? It says error 789.' });
    const known = await laptop.mail('acknowledgement', LATE);
    expect(known.text).toContain('Others have reported the same');

    await laptop.until('all have joined', async () => {
      const problem = await laptop.tickets.read(begun.ticketId ?? '');
      return problem?.links?.filter(({ relation }) => relation === 'incident').length === 6;
    });
    await laptop.reply(begun, MARTHA, '#tell\n\nA router is broken; back at noon.', { proven: true });
    for (const person of [...people, LATE]) {
      const told = await laptop.mail('answer', person);
      expect(told.text).toContain('back at noon');
      for (const other of people) if (other !== person) expect(told.raw).not.toContain(other);
    }

    await laptop.reply(known, LATE, 'Any news of the router?');
    const message = await laptop.mail('requester-message', MARTHA, known.ticketId ?? '');
    await laptop.reply(message, MARTHA, '#unlink', { proven: true });
    await laptop.until('in the hands of a person', async () => {
      const own = await laptop.tickets.read(known.ticketId ?? '');
      return own?.status === 'open' && own.assignee !== null;
    });
    expect(laptop.faults).toEqual([]);
  });
}
