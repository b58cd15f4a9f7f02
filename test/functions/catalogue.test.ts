/** The catalogue by mail: who sees what, in whose language, and that its buttons begin mails which the desk understands. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { Desk } from '../../core/config/desk.ts';
import { loadDesk } from '../../core/config/load.ts';
import { receiveEmail } from '../../functions/receive-email.ts';
import { desk, LUIS, PROVEN } from '../sample.ts';
import { type Left, leavingWorld } from './leaving.ts';
import { deliver } from './world.ts';

function deskWith(services: string, sla = ''): Desk {
  const text = readFileSync('desk.yaml', 'utf8')
    .replace('services:\n', () => `services:\n${services}`)
    .replace('sla:\n', () => `sla:\n${sla}`);
  const loaded = loadDesk(text);
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.problems));
  return loaded.desk;
}

function mailingTo(given: Desk) {
  const world = Object.assign(leavingWorld(), { desk: given });
  let mails = 0;
  const write = async (
    text: string,
    {
      from = 'Nora Quist <nora@example.org>',
      to = 'support@desk.example.test',
      subject = 'A question',
      verdicts = PROVEN as Partial<Record<'spf' | 'dkim' | 'dmarc', 'PASS' | 'FAIL'>>,
    } = {},
  ) => {
    const mailId = `mail-${++mails}`;
    const head = [`From: ${from}`, `To: ${to}`, `Subject: ${subject}`, `Message-ID: <${mailId}@example.org>`];
    const raw = [...head, 'MIME-Version: 1.0', 'Content-Type: text/plain; charset=utf-8', '', text].join(
      '\r\n',
    );
    await receiveEmail(deliver(world, raw, { mailId, recipients: [to], ...verdicts }), world);
    const left = await world.relay();
    return { left, mail: await world.ledger.read(mailId) };
  };
  return { world, write };
}

const textOf = (left: Left[]) => left.map(({ text }) => text.replace(/\s+/g, ' ')).join('\n');
const NEW_DEVICE = 'A new computer or phone';

/** The mails that the buttons begin. */
const begun = (left: Left[]) =>
  left
    .flatMap(({ said }) => said.match(/(?<=href=")mailto:[^"]+/g) ?? [])
    .map((href) => new URL(href.replaceAll('&#x3D;', '=').replaceAll('&amp;', '&')))
    .map(({ pathname: to, searchParams }) => ({
      ...{ to, subject: searchParams.get('subject') ?? '', text: searchParams.get('body') ?? '' },
    }));

describe('#services', () => {
  test('in a fresh mail is answered with what may be asked for, and opens no ticket', async () => {
    const { left, mail } = await mailingTo(desk).write('#services');
    expect(mail).toMatchObject({ disposition: 'commanded', reason: 'requester-commands' });
    expect(left).toHaveLength(1);
    expect(left[0]).toMatchObject({ kind: 'transcript', to: 'nora@example.org' });
    for (const offer of [
      `${NEW_DEVICE} Laptops, screens, phones and what belongs to them. - Needed: Where shall it go? (Berlin / Porto / at home); By which day do you need it? - First answer within 8 h · done within 1 d 16 h - Write to support@desk.example.test with the subject “${NEW_DEVICE}”.`,
      'Sign in again by yourself Forgotten passwords and locked accounts. - Helps at once: what you can do yourself comes by return - First answer within 4 h · done within 20 h - Write to',
    ])
      expect(textOf(left)).toContain(offer);
  });

  test.each(['Services', 'Re: Katalog!', 'Catalogue de services', 'サービス一覧'])(
    'is what a mail means whose subject is “%s” and that says nothing else',
    async (written) => {
      const subject = written.replace('Re: ', '');
      expect((await mailingTo(desk).write('', { subject })).mail?.disposition).toBe('commanded');
      expect(
        (await mailingTo(desk).write('The services on srv-file01 are down.', { subject })).mail,
      ).toMatchObject({
        disposition: 'opened',
      });
    },
  );

  test('beside other words leaves them what they are', async () => {
    const { left, mail } = await mailingTo(desk).write('#services\r\nThe printer is jammed, please help.');
    expect(mail?.disposition).toBe('opened');
    expect(
      left
        .filter(({ to }) => to === 'nora@example.org')
        .map(({ kind }) => kind)
        .sort(),
    ).toEqual(['acknowledgement', 'transcript']);
  });

  test('in a reply changes nothing in its ticket', async () => {
    const { world, write } = mailingTo(desk);
    const first = await write('The printer is jammed, please help.');
    const id = first.mail?.ticketId ?? '';
    const before = await world.tickets.read(id);
    const to = first.left.find(({ kind }) => kind === 'acknowledgement')?.replyTo ?? '';
    const { left, mail } = await write('#services', { to });
    expect(mail?.disposition).toBe('commanded');
    expect(left.map(({ kind }) => kind)).toEqual(['transcript']);
    expect((await world.tickets.read(id))?.version).toBe(before?.version);
  });

  test('is answered in the language of whoever asks', async () => {
    const { left } = await mailingTo(desk).write('#services', {
      subject: 'Was kann man bei Ihnen bestellen?',
    });
    expect(textOf(left)).toContain('Neuer Rechner oder neues Telefon');
    expect(textOf(left)).toContain('Nötige Angaben: Wohin soll es geliefert werden?');
  });

  test('shows what is confidential to whoever writes to its own address, and to its people', async () => {
    const asked = mailingTo(desk);
    expect(textOf((await asked.write('#services')).left)).not.toContain('payslip');
    expect(textOf((await asked.write('#services', { to: 'hr@desk.example.test' })).left)).toContain(
      'payslip',
    );
    expect(textOf((await asked.write('#services', { from: LUIS })).left)).not.toContain('payslip');
    expect(textOf((await asked.write('#services', { from: 'ada.osei@example.test' })).left)).toContain(
      'payslip',
    );
  });

  test('shows what is internal to the people of the desk, and what is for some to these', async () => {
    const { write } = mailingTo(
      deskWith(`  - { name: rack, title: Room in the rack, categories: [hardware], onRequest: true, internal: true }
  - { name: board, title: A car with a driver, categories: [general], onRequest: true, for: ["@board.example.com"] }
`),
    );
    const outside = textOf((await write('#services')).left);
    expect(outside).not.toContain('rack');
    expect(outside).not.toContain('driver');
    expect(textOf((await write('#services', { from: 'x@board.example.com' })).left)).toContain(
      'A car with a driver',
    );
    const inside = textOf((await write('#services', { from: LUIS })).left);
    expect(inside).toContain('Room in the rack');
    expect(inside).toContain('For the desk’s people alone');
  });

  test('is not answered to whom nobody can believe', async () => {
    const failed = { spf: 'FAIL', dkim: 'FAIL', dmarc: 'FAIL' } as const;
    const { left } = await mailingTo(desk).write('#services', { verdicts: { ...PROVEN, ...failed } });
    expect(left.filter(({ to }) => to === 'nora@example.org')).toEqual([]);
  });
});

describe('a service that is asked for by its title', () => {
  test('is filed under it, its facts are asked, and the form of its button answers them', async () => {
    const { world, write } = mailingTo(desk);
    const open = await write('Please.', { subject: NEW_DEVICE });
    const asked = await world.tickets.read(open.mail?.ticketId ?? '');
    expect(asked).toMatchObject({
      ...{ category: 'hardware', type: 'request', urgency: 'routine', priority: 'P4' },
      status: 'waiting',
      service: { name: 'new-device', asks: ['site', 'needed-by'] },
      deadlines: {},
    });
    const [form] = begun((await write('#services')).left);
    expect(form).toEqual({
      ...{ to: 'support@desk.example.test', subject: NEW_DEVICE },
      text: 'Where shall it go: \r\nBy which day do you need it: \r\n',
    });
    const filled = form?.text.replace('go: ', '$&Porto').replace('it: ', '$&2027-02-01');
    const whole = await write(filled ?? '', form);
    expect(await world.tickets.read(whole.mail?.ticketId ?? '')).toMatchObject({
      status: 'new',
      fields: { site: 'Porto', 'needed-by': '2027-02-01' },
    });
  });

  test('is asked for at its team’s address, by a form that ends no question twice', async () => {
    const { write } = mailingTo(
      deskWith(`  - name: van
    title: A van for a move
    categories: [payroll]
    onRequest: true
    facts: [{ field: site, question: { en: "By rail or road? And to where ?: " } }]
`),
    );
    expect(begun((await write('#services', { to: 'hr@desk.example.test' })).left)).toContainEqual({
      ...{ to: 'hr@desk.example.test', subject: 'A van for a move' },
      text: 'By rail or road? And to where: \r\n',
    });
  });

  test('in any of its languages', async () => {
    const { world, write } = mailingTo(desk);
    const { mail } = await write('Danke!', { subject: 'Neuer Rechner oder neues Telefon' });
    expect(await world.tickets.read(mail?.ticketId ?? '')).toMatchObject({ service: { name: 'new-device' } });
  });

  test('begins with its own team, tier and promises, which hold for nothing else', async () => {
    const quick = `  - name: quick
    calendar: always
    targets:
      P1: { resolution: 1h }
      P2: { resolution: 1h }
      P3: { resolution: 1h }
      P4: { resolution: 1h }
`;
    const own = deskWith(
      '  - { name: rack, title: Room in the rack, categories: [hardware], onRequest: true, tier: 3, sla: quick }\n',
      quick,
    );
    const { world, write } = mailingTo(own);
    const asked = await write('Two units, please.', { subject: 'Room in the rack' });
    expect(await world.tickets.read(asked.mail?.ticketId ?? '')).toMatchObject({
      ...{ tier: 3, policy: 'quick', policyReason: 'the service is rack' },
    });
    const other = await write('My laptop is broken.', { subject: 'Laptop' });
    expect(await world.tickets.read(other.mail?.ticketId ?? '')).toMatchObject({
      tier: 1,
      policy: 'standard',
    });
  });
});
