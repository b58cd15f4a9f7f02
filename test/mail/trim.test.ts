import { describe, expect, test } from 'vitest';
import { MARKER } from '../../core/mail/marker.ts';
import { MAX_REPLY_CHARS, type TrimOptions, trimReply } from '../../core/mail/trim.ts';

const trimmed = (text: string, html: string | null = null) => trimReply({ text, html });
const visible = (text: string, html: string | null = null) => trimmed(text, html).visible;

describe('our marker', () => {
  test('a reply above the marker keeps only what was written now', () => {
    const text = `Please try again.\n\nOn Mon, 2 Nov 2026 at 09:12, Support <support@desk.example.test>\nwrote:\n\n> ${MARKER}\n> Ada writes:\n> It is broken.\n`;
    expect(trimmed(text)).toEqual({
      visible: 'Please try again.',
      quoted: `On Mon, 2 Nov 2026 at 09:12, Support <support@desk.example.test>\nwrote:\n> ${MARKER}\n> Ada writes:\n> It is broken.\n`,
      signature: '',
    });
  });

  test('nothing at or below it is visible, also not an answer between the lines', () => {
    expect(visible(`Done.\n\n${MARKER}\nSecret\n> quoted\nmy answer\n`)).toBe('Done.');
    expect(visible(`> ${MARKER}\n> What?\nmy answer\n`)).toBe('');
  });

  test('a program that wraps lines cannot hide it', () => {
    expect(visible('Done.\n\n> > ##- Please write above\n> > this line -##\n> > Secret\n')).toBe('Done.');
  });

  test('from others answers below it survive when that is asked for', () => {
    const text = `On Mon, 2 Nov 2026 at 09:12, Support <support@desk.example.test> wrote:\n> ${MARKER}\n> Which printer?\n\nThe one in room 4.\n`;
    expect(trimReply({ text, html: null }, { belowMarker: true }).visible).toBe('The one in room 4.');
  });

  test('a reply of nothing but our mail is empty', () => {
    expect(visible(`${MARKER}\nHello`)).toBe('');
  });
});

describe('the line above a quote, by language', () => {
  test.each([
    ['English', 'On Mon, Nov 2, 2026 at 9:12 AM Support <support@desk.example.test> wrote:'],
    [
      'English, wrapped',
      'On Mon, Nov 2, 2026 at 9:12 AM Support of the Example Company <\nsupport@desk.example.test> wrote:',
    ],
    ['English, no address', 'On 2 Nov 2026, at 9:12, Support wrote:'],
    ['German', 'Am 02.11.2026 um 09:12 schrieb Support <support@desk.example.test>:'],
    ['French', 'Le lun. 2 nov. 2026 à 09:12, Support <support@desk.example.test> a écrit :'],
    ['Spanish', 'El lun, 2 nov 2026 a las 9:12, Support (<support@desk.example.test>) escribió:'],
    ['Italian', 'Il giorno lun 2 nov 2026 alle ore 09:12 Support <support@desk.example.test> ha scritto:'],
    ['Portuguese', 'Em seg., 2 de nov. de 2026 às 09:12, Support <support@desk.example.test> escreveu:'],
    ['Dutch', 'Op ma 2 nov 2026 om 09:12 schreef Support <support@desk.example.test>:'],
    ['Swedish', 'Den mån 2 nov. 2026 kl 09:12 skrev Support <support@desk.example.test>:'],
    ['Danish', 'Den man. 2. nov. 2026 kl. 09.12 skrev Support <support@desk.example.test>:'],
    ['Norwegian', 'man. 2. nov. 2026 kl. 09:12 skrev Support <support@desk.example.test\n>:'],
    ['Finnish', 'ma 2. marrask. 2026 klo 9.12 Support (support@desk.example.test) kirjoitti:'],
    ['Polish', 'pon., 2 lis 2026 o 09:12 Support <support@desk.example.test> napisał(a):'],
    ['Czech', 'po 2. 11. 2026 v 9:12 odesílatel Support <support@desk.example.test> napsal:'],
    ['Hungarian', 'Support <support@desk.example.test> ezt írta (időpont: 2026. nov. 2., H, 9:12):'],
    ['Russian', 'пн, 2 нояб. 2026 г. в 09:12, Support <support@desk.example.test>:'],
    ['Ukrainian', 'пн, 2 лист. 2026 р. о 09:12 Support <support@desk.example.test> пише:'],
    ['Turkish', 'Support <support@desk.example.test>, 2 Kas 2026 Pzt, 09:12 tarihinde şunu yazdı:'],
    ['Greek', 'Στις Δευ 2 Νοε 2026 στις 9:12 π.μ., ο χρήστης Support <support@desk.example.test> έγραψε:'],
    ['Japanese', '2026年11月2日(月) 9:12 Support <support@desk.example.test>:'],
    ['Chinese', 'Support <support@desk.example.test> 于2026年11月2日周一 09:12写道：'],
    ['Korean', '2026년 11월 2일 (월) 오전 9:12, Support <support@desk.example.test>님이 작성:'],
    ['no language at all', '02.11.2026, 09:12, "Support" <support@desk.example.test>:'],
  ])('%s', (_, line) => {
    expect(visible(`It works now.\n\n${line}\n\n> Does it work?\n`)).toBe('It works now.');
    expect(visible(`It works now.\n\n${line}\n\nDoes it work?\nPlease tell.\n`)).toBe('It works now.');
  });

  test.each([
    'On the surface it works.\n\nOn the other hand it does not.',
    'He wrote: call me back.',
    'The log of 2 Nov 2026 at 9:12 says:\n\nE-23 out of paper',
    'These are the addresses:\nada@example.org\nbob@example.org',
    'Here they are:\n\n10.0.0.1\n10.0.0.2',
    'I need data that comes From: our database, not From: others.',
    'Subject: to change\n\nThanks',
    'It was sent from my app to all users.',
    'a > b\n\nand b < c',
    '2026-11-02 09:12:00\n2026-11-02 09:13:00\nBoth times the same.',
    'Nothing works again. This is what Bob wrote:',
  ])('a person’s words stay: %s', (text) => {
    expect(visible(text)).toBe(text);
  });
});

describe('blocks and separators', () => {
  test.each([
    [
      'Outlook',
      '________________________________\nFrom: Support <support@desk.example.test>\nSent: Monday, November 2, 2026 9:12 AM\nTo: Ada\nSubject: Re: printer\n',
    ],
    [
      'Outlook in German',
      'Von: Support <support@desk.example.test>\nGesendet: Montag, 2. November 2026 09:12\nAn: Ada\nBetreff: AW: Drucker\n',
    ],
    [
      'Outlook in French',
      'De : Support <support@desk.example.test>\nEnvoyé : lundi 2 novembre 2026 09:12\nÀ : Ada\nObjet : RE: imprimante\n',
    ],
    [
      'Outlook in Japanese',
      '差出人: Support <support@desk.example.test>\n送信日時: 2026年11月2日 9:12\n宛先: Ada\n件名: プリンタ\n',
    ],
    [
      'emphasised',
      '*From:* Support [mailto:support@desk.example.test]\n*Sent:* Monday\n*To:* Ada\n*Subject:* printer\n',
    ],
    ['a separator', '-----Original Message-----\nanything\n'],
    ['a German separator', '-----Ursprüngliche Nachricht-----\nanything\n'],
    ['a Chinese one', '------------------ 原始邮件 ------------------\nanything\n'],
    ['a forward', '---------- Forwarded message ---------\nFrom: Bob <bob@example.org>\n'],
  ])('%s', (_, block) => {
    expect(visible(`It works now.\n\n${block}\nDoes it work?\n`)).toBe('It works now.');
  });
});

describe('where people write', () => {
  test('below the quote', () => {
    expect(visible('On Mon, 2 Nov 2026, Support wrote:\n> Which printer?\n\nThe one in room 4.\n')).toBe(
      'The one in room 4.',
    );
  });

  test('between the quotes', () => {
    expect(visible('> Which printer?\nThe one in room 4.\n> Since when?\n\nMonday.\n')).toBe(
      'The one in room 4.\n\nMonday.',
    );
  });

  test('a quoted line that was wrapped is no answer', () => {
    const long = 'x'.repeat(70);
    expect(visible(`Yes.\n\n> ${long}\nwrapped tail\n> more\n`)).toBe('Yes.');
  });

  test('every line is kept somewhere', () => {
    const {
      visible: now,
      quoted,
      signature,
    } = trimmed('Now.\n\n-- \nAda\n\nOn Mon, 2 Nov 2026, Support wrote:\n> Then.\n');
    expect([now, signature, quoted]).toEqual([
      'Now.',
      '-- \nAda',
      'On Mon, 2 Nov 2026, Support wrote:\n> Then.',
    ]);
  });
});

describe('signatures', () => {
  test.each([
    '-- \nAda Ohm\nExample Ltd',
    '--\nAda Ohm',
    'Sent from my iPhone',
    'Sent from my Galaxy',
    'Get Outlook for iOS<https://aka.ms/x>',
    'Von meinem iPhone gesendet',
    'Gesendet von Outlook für Android<https://aka.ms/x>',
    'Envoyé de mon iPhone',
    'Enviado desde mi iPhone',
    'Enviado do meu iPhone',
    'Inviato da iPhone',
    'Verstuurd vanaf mijn iPhone',
    'Skickat från min iPhone',
    'Sendt fra min iPhone',
    'Lähetetty iPhonesta',
    'Wysłane z iPhone’a',
    'Отправлено с iPhone',
    'iPhoneから送信',
    '내 iPhone에서 보냄',
    '_______________________________________________\nstaff mailing list\nstaff@lists.example.org',
  ])('%s', (signature) => {
    expect(trimmed(`It works now.\n\n${signature}\n`)).toEqual({
      visible: 'It works now.',
      quoted: '',
      signature,
    });
  });

  test.each([
    'Sent from my desk, which is nearer than the printer.',
    'I saw -- briefly -- an error.',
    '-- first point\n-- second point',
    '----\nrows\n----',
  ])('no signature: %s', (text) => {
    expect(visible(text)).toBe(text);
  });

  test('may be left on', () => {
    expect(trimReply({ text: 'Hello.\n\n-- \nAda', html: null }, { signature: false }).visible).toBe(
      'Hello.\n\n-- \nAda',
    );
  });
});

describe('quotes that HTML marks', () => {
  test.each([
    [
      'Gmail',
      '<div dir="ltr">It works now.</div><br><div class="gmail_quote"><div class="gmail_attr">On Mon, Nov 2, 2026 at 9:12 AM Support &lt;<a href="mailto:support@desk.example.test">support@desk.example.test</a>&gt; wrote:<br></div><blockquote class="gmail_quote">Does it work?</blockquote></div>',
    ],
    [
      'Outlook on the web',
      '<div>It works now.</div><div id="appendonsend"></div><hr><div id="divRplyFwdMsg"><b>From:</b> Support<br><b>Sent:</b> Monday</div><div>Does it work?</div>',
    ],
    [
      'Outlook',
      '<p class="MsoNormal">It works now.</p><div style="border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0in 0in 0in"><p><b>Von:</b> Support</p></div><p>Does it work?</p>',
    ],
    [
      'Apple Mail',
      'It works now.<br><blockquote type="cite"><div>On 2 Nov 2026, at 09:12, Support &lt;support@desk.example.test&gt; wrote:</div><div>Does it work?</div></blockquote>',
    ],
    [
      'Thunderbird',
      '<p>It works now.</p><div class="moz-cite-prefix">On 02.11.26 09:12, Support wrote:<br></div><blockquote type="cite">Does it work?</blockquote>',
    ],
    [
      'Yahoo',
      '<div>It works now.</div><div class="yahoo_quoted"><div>On Monday, Support wrote:</div><div>Does it work?</div></div>',
    ],
    [
      'Proton',
      '<div>It works now.</div><div class="protonmail_quote">On Monday, November 2nd, 2026 at 09:12, Support &lt;support@desk.example.test&gt; wrote:<br><blockquote class="protonmail_quote" type="cite">Does it work?</blockquote></div>',
    ],
  ])('%s', (_, html) => {
    expect(visible('', html)).toBe('It works now.');
  });

  test.each([
    'id="x_divRplyFwdMsg"',
    'id="divRpF4711"',
    'id="appendonsend"',
    'id="OLK_SRC_BODY_SECTION"',
    'id="mail-editor-reference-message-container"',
    'id="ms-outlook-mobile-reference-message"',
    'style="border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0in 0in 0in"',
    'style="border-top: 1pt solid rgb(225, 225, 225); padding: 3pt 0in 0in"',
    'data-marker="__DIVIDER__"',
    'data-marker="__HEADERS__"',
    'data-marker="__QUOTED_TEXT__"',
    'data-marker="__SIG_PRE__"',
    'class="moz-forward-container"',
    'class="moz-cite-prefix"',
    'class="moz-signature"',
    'class="yahoo_quoted"',
    'class="QMBox"',
    'class="zmail_extra"',
    'class="gmail_attr"',
    'class="gmail_signature_prefix"',
    'class="gmail&#95;attr"',
    'class="yahoo&lowbar;quoted"',
    'id="Signature"',
    'id="composer_signature"',
    'class="protonmail_signature_block"',
    'class="front-signature"',
    'name="messageSignatureSection"',
  ])('%s alone says that what it holds is not new', (mark) => {
    expect(visible('It works now.\n\nAda Ohm', `<p>It works now.</p><div ${mark}>Ada Ohm</div>`)).toBe(
      'It works now.',
    );
  });

  test('answers between them survive', () => {
    expect(
      visible(
        '',
        '<div class="gmail_quote"><blockquote>Which printer?</blockquote><div>The one in room 4.</div><blockquote>Since when?</blockquote><div>Monday.</div></div>',
      ),
    ).toBe('The one in room 4.\n\nMonday.');
  });
});

describe('what nobody wrote', () => {
  const label = '[Invitation: Server move, 2026-11-05 10:00 (UTC)]';
  const email = { text: `Please come.\n\n${label}`, html: null, labels: [label] };

  test('a line that says what an invitation is to stands under a requester’s words', () => {
    expect(trimReply(email, { belowMarker: true }).visible).toBe(`Please come.\n\n${label}`);
  });

  test('from an agent it does not leave, and alone it is no word of his', () => {
    expect(trimReply(email).visible).toBe('Please come.');
    expect(trimReply({ ...email, text: label })).toEqual({ visible: '', quoted: label, signature: '' });
  });
});

test('a reply longer than anybody types is cut, and the rest kept as quoted', () => {
  const { visible: now, quoted } = trimmed(`${'x'.repeat(MAX_REPLY_CHARS)} rest`);
  expect(now.length).toBeLessThanOrEqual(MAX_REPLY_CHARS);
  expect(quoted).toBe(' rest');
});

test('of the attributions of a thread two hundred are known: nobody answers between more', () => {
  const line = 'On Mon, 2 Nov 2026 at 09:12, Support <support@desk.example.test> wrote:';
  expect(visible(`${line}\n> It is broken.\n`.repeat(201))).toBe(line);
});

test('above our marker an attribution needs no date', () => {
  const reply = [
    'New roller.',
    '',
    '#resolve',
    '',
    'On Monday, Service Desk wrote:',
    `> ${MARKER}`,
    '> Your ticket',
  ].join('\n');
  expect(trimReply({ text: reply, html: null }).visible).toBe('New roller.\n\n#resolve');
});

describe('“Sent from my iPhone”', () => {
  const mine = 'Sent from my iPhone';
  test.each([
    ['on a line of its own below the words', `Yes.\n\n${mine}`, 'Yes.'],
    ['right below the words, at the end', `Yes.\n${mine}`, 'Yes.'],
    ['right below the words, above a quote', `Yes.\n${mine}\n\n> Is it on?\n`, 'Yes.'],
    ['with its owner’s name behind it', `Yes.\n \n${mine}\nNora`, 'Yes.'],
    ['below a quote', `> Is it on?\n${mine}\nNora\n`, ''],
    ['as all there is', `${mine}\nNora`, ''],
    ['inside a paragraph: somebody’s own words', `It says:\n${mine}\nWhy?`, `It says:\n${mine}\nWhy?`],
  ])('%s', (_, text, words) => {
    expect(visible(text)).toBe(words);
  });
});

/** What is visible, what is quoted, and what is signature; ⏎ is a line's end. */
const taken = (email: Parameters<typeof trimReply>[0], options?: TrimOptions) => {
  const { visible: now, quoted, signature } = trimReply(email, options);
  return [now, quoted, signature].map((part) => part.replaceAll('\n', '⏎')).join(' | ');
};

test.each<[what: string, text: string, taken: string]>([
  [
    'a quote between two answers',
    'First.\n> one?\nYes.\n> two?\nNo.',
    'First.⏎⏎Yes.⏎⏎No. | > one?⏎⏎> two? | ',
  ],
  ['a quote of one line with an answer below', '> What?\n\nThis.', 'This. | > What? | '],
  [
    'a wrapped quote',
    '> word word word word word word word word word word word word word word \nlost its mark\n> and goes on\nMine.',
    'Mine. | > word word word word word word word word word word word word word word ⏎lost its mark⏎> and goes on | ',
  ],
  ['a short quote and words below', '> short\nmine\n> other', 'mine | > short⏎⏎> other | '],
  [
    'an attribution and unmarked words',
    'Yes.\n\nOn Mon, 2 Nov 2026 at 09:12, Support <support@desk.example.test> wrote:\n\nIt is broken.\n\nAda',
    'Yes. | On Mon, 2 Nov 2026 at 09:12, Support <support@desk.example.test> wrote:⏎⏎It is broken.⏎⏎Ada | ',
  ],
  [
    'an attribution and marked words, with an answer below',
    'Yes.\n\nOn Mon, 2 Nov 2026 at 09:12, Support <support@desk.example.test> wrote:\n> It is broken.\n\nAnd more.',
    'Yes.⏎⏎And more. | On Mon, 2 Nov 2026 at 09:12, Support <support@desk.example.test> wrote:⏎> It is broken. | ',
  ],
  [
    'an attribution without an address that somebody tells',
    'At nine Bob wrote:\nIt is broken.\n\nWhat now?',
    'At nine Bob wrote:⏎It is broken.⏎⏎What now? |  | ',
  ],
  [
    'an attribution without an address below words',
    'Look.\n\nOn 2 Nov 2026, at 9:12, Bob wrote:\n\nIt is broken.',
    'Look. | On 2 Nov 2026, at 9:12, Bob wrote:⏎⏎It is broken. | ',
  ],
  [
    'an attribution that names an address, and no words above',
    'On Mon, 2 Nov 2026 at 09:12, Support <support@desk.example.test> wrote:\n\nIt is broken.',
    ' | On Mon, 2 Nov 2026 at 09:12, Support <support@desk.example.test> wrote:⏎⏎It is broken. | ',
  ],
  [
    'an attribution right below words',
    'Yes.\nOn Mon, 2 Nov 2026 at 09:12, Support <support@desk.example.test> wrote:\nIt is broken.',
    'Yes. | On Mon, 2 Nov 2026 at 09:12, Support <support@desk.example.test> wrote:⏎It is broken. | ',
  ],
  [
    'what somebody tells below a quote that names an address',
    '> Please ask ada@example.org.\nShe wrote:\nIt is broken.',
    'She wrote:⏎It is broken. | > Please ask ada@example.org. | ',
  ],
  [
    'an attribution below a long log',
    `${'E-23 out of paper\n'.repeat(250)}On Mon, 2 Nov 2026 at 09:12, Support <support@desk.example.test> wrote:\n> Send the log.`,
    `${'E-23 out of paper⏎'.repeat(249)}E-23 out of paper | On Mon, 2 Nov 2026 at 09:12, Support <support@desk.example.test> wrote:⏎> Send the log. | `,
  ],
  [
    'an attribution at the end',
    'Yes.\n\nOn Mon, 2 Nov 2026 at 09:12, Support <support@desk.example.test> wrote:',
    'Yes. | On Mon, 2 Nov 2026 at 09:12, Support <support@desk.example.test> wrote: | ',
  ],
  [
    'a rule above a header',
    'Yes.\n\n________________________________\nFrom: Ada <ada@example.org>\nSent: Monday\nTo: Bob\nSubject: VPN\n\nIt fails.',
    'Yes. | ________________________________⏎From: Ada <ada@example.org>⏎Sent: Monday⏎To: Bob⏎Subject: VPN⏎⏎It fails. | ',
  ],
  [
    'a rule far above a header',
    'Yes.\n\n____________\n\n\n\n\nFrom: Ada <ada@example.org>\nSent: Monday\nTo: Bob\nSubject: VPN',
    'Yes.⏎⏎____________ | From: Ada <ada@example.org>⏎Sent: Monday⏎To: Bob⏎Subject: VPN | ',
  ],
  [
    'a separator',
    'Yes.\n\n-----Original Message-----\nIt fails.',
    'Yes. | -----Original Message-----⏎It fails. | ',
  ],
  [
    'a forwarded mail',
    'See.\n\n---------- Forwarded message ---------\nFrom: Ada <ada@example.org>\n\nIt fails.',
    'See. | ---------- Forwarded message ---------⏎From: Ada <ada@example.org>⏎⏎It fails. | ',
  ],
  ['a signature', 'Yes.\n\n-- \nLuis\n+49 30 1234', 'Yes. |  | -- ⏎Luis⏎+49 30 1234'],
  ['a signature, and a quote below', 'Yes.\n-- \nLuis\n> What?\n\nMine.', 'Yes.⏎⏎Mine. | > What? | -- ⏎Luis'],
  ['a delimiter without its blank', 'Yes.\n--\nLuis', 'Yes. |  | --⏎Luis'],
  ['a phone’s signature', 'Yes.\n\nSent from my iPhone', 'Yes. |  | Sent from my iPhone'],
  [
    'a phone’s signature within words',
    'Yes.\nSent from my iPhone\nit was',
    'Yes.⏎Sent from my iPhone⏎it was |  | ',
  ],
  ['a phone’s signature first', 'Sent from my iPhone\n\nYes.', ' |  | Sent from my iPhone⏎⏎Yes.'],
  [
    'a footer',
    'Yes.\n\nThis e-mail and any attachments are confidential and intended solely for the addressee. If you have received it in error please notify the sender and delete it.',
    'Yes. |  | This e-mail and any attachments are confidential and intended solely for the addressee. If you have received it in error please notify the sender and delete it.',
  ],
  [
    'nothing but a footer',
    'This e-mail and any attachments are confidential and intended solely for the addressee. If you have received it in error please notify the sender and delete it.',
    'This e-mail and any attachments are confidential and intended solely for the addressee. If you have received it in error please notify the sender and delete it. |  | ',
  ],
  [
    'two footers',
    'Yes.\n\nPlease consider the environment before printing this e-mail.\n\nThis e-mail and any attachments are confidential and intended solely for the addressee. If you have received it in error please notify the sender and delete it.',
    'Yes. |  | Please consider the environment before printing this e-mail.⏎⏎This e-mail and any attachments are confidential and intended solely for the addressee. If you have received it in error please notify the sender and delete it.',
  ],
  [
    'a list’s footer',
    'Yes.\n\n_______________________________________________\nUsers mailing list\nUsers@lists.example.org\nhttps://lists.example.org/users',
    'Yes. |  | _______________________________________________⏎Users mailing list⏎Users@lists.example.org⏎https://lists.example.org/users',
  ],
  ['blank lines at both ends', '\n\n  \nYes.\n\n\n', 'Yes. |  | '],
  ['nothing', '', ' |  | '],
  ['blank lines alone', '\n \n', ' |  | '],
  [
    'a greater-than sign in words',
    'It is > 5.\n   > deep\n    > deeper',
    'It is > 5.⏎⏎    > deeper |    > deep | ',
  ],
])('%s', (_, text, apart) => {
  expect(taken({ text, html: null })).toBe(apart);
});

test.each<[what: string, text: string, html: string, taken: string]>([
  [
    'Gmail',
    '',
    '<div>Yes.</div><div class="gmail_quote"><div class="gmail_attr">On Monday Ada wrote:</div><blockquote>It fails.</blockquote></div>',
    'Yes. | > On Monday Ada wrote:⏎⏎> It fails. | ',
  ],
  [
    'Gmail, with words below',
    '',
    '<div>Yes.</div><blockquote>It fails.</blockquote><div>And more.</div>',
    'Yes.⏎⏎And more. | > It fails. | ',
  ],
  [
    'Outlook',
    '',
    '<div>Yes.</div><div id="divRplyFwdMsg">From: Ada</div><div>It fails.</div>',
    'Yes. | From: Ada⏎It fails. | ',
  ],
  [
    'a signature’s element',
    '',
    '<div>Yes.</div><div class="gmail_signature">Luis<br>+49</div>',
    'Yes. |  | Luis⏎+49',
  ],
  [
    'a signature’s element above more words',
    '',
    '<div id="Signature">Luis</div><div>Yes.</div>',
    'Yes. |  | Luis',
  ],
  ['HTML without marks beside text', 'Yes, in text.', '<p>Yes, in HTML.</p>', 'Yes, in text. |  | '],
  ['HTML without marks alone', ' ', '<p>Yes, in HTML.</p>', 'Yes, in HTML. |  | '],
  [
    'HTML with marks beside text',
    'Yes, in text.',
    '<p>Yes, in HTML.</p><blockquote>It fails.</blockquote>',
    'Yes, in HTML. | > It fails. | ',
  ],
  ['Yahoo', '', '<div>Yes.</div><div class="yahoo_quoted">It fails.</div>', 'Yes. | It fails. | '],
  [
    'Zimbra',
    '',
    '<div>Yes.</div><hr data-marker="__DIVIDER__"><div>It fails.</div>',
    'Yes. | ---⏎⏎It fails. | ',
  ],
  [
    'Outlook’s border',
    '',
    '<p>Yes.</p><div style="border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm">From: Ada</div><p>It fails.</p>',
    'Yes. | From: Ada⏎⏎It fails. | ',
  ],
])('by its elements: %s', (_, text, html, apart) => {
  expect(taken({ text, html })).toBe(apart);
});

test.each<[text: string, options: TrimOptions, taken: string]>([
  ['Yes.\n\n[Invitation: x]', {}, 'Yes. | [Invitation: x] | '],
  ['Yes.\n\n[Invitation: x]', { belowMarker: true }, 'Yes.⏎⏎[Invitation: x] |  | '],
  ['Yes.', {}, 'Yes. | [Invitation: x] | '],
  ['Yes.\n-- \nLuis', { signature: false }, 'Yes.⏎-- ⏎Luis | [Invitation: x] | '],
])('%j, with a calendar that was told, read with %o', (text, options, apart) => {
  expect(taken({ text, html: null, labels: ['[Invitation: x]'] }, options)).toBe(apart);
});
