import { describe, expect, test } from 'vitest';
import { trimReply } from '../../core/mail/trim.ts';

/** What programs all over the world make of `It works now.` above our question. */
type Row = [program: string, text: string, html: string | null, want: string];

const W = 'It works now.';
const t = (program: string, above: string, quoted = '> Does it work?\n> Please tell.', want = W): Row => [
  program,
  `${W}\n\n${above}\n${quoted}\n`,
  null,
  want,
];
const h = (program: string, html: string, want = W): Row => [program, '', html, want];

const REPLIES: readonly Row[] = [
  t('sl', 'V pon., 2. nov. 2026 ob 09:12 je oseba Support <support@desk.example.test> napisala:'),
  t('sl2', 'Dne 2. 11. 2026 ob 9:12 je Support <support@desk.example.test> napisal:'),
  t('sk', 'po 2. 11. 2026 o 9:12 Support <support@desk.example.test> napísal(a):'),
  t('ro', 'În lun., 2 nov. 2026 la 09:12, Support <support@desk.example.test> a scris:'),
  t('bg', 'На пн, 2.11.2026 г. в 9:12 Support <support@desk.example.test> написа:'),
  t('hr', 'pon, 2. stu 2026. u 09:12 Support <support@desk.example.test> napisao je:'),
  t('sr', 'пон, 2. нов 2026. у 09:12 Support <support@desk.example.test> је написао/ла:'),
  t('lt', '2026-11-02, pr, 09:12 Support <support@desk.example.test> rašė:'),
  t(
    'lv',
    'pirmd., 2026. g. 2. nov., plkst. 09:12 — lietotājs Support (<support@desk.example.test>) rakstīja:',
  ),
  t('et', 'Kuupäev E, 2. november 2026 kell 09:12 kirjutas Support <support@desk.example.test>:'),
  t(
    'he',
    '\u202bבתאריך יום ב׳, 2 בנוב׳ 2026 ב-9:12 מאת \u202aSupport\u202c\u200f <\u202asupport@desk.example.test\u202c\u200f>:\u202c',
  ),
  t('ar', 'في الاثنين، ٢ نوفمبر ٢٠٢٦ في ٩:١٢ ص تمت كتابة ما يلي بواسطة Support <support@desk.example.test>:'),
  t('fa', 'On Mon, Nov 2, 2026, 9:12 AM Support <support@desk.example.test> نوشت:'),
  t('th', 'ในวันที่ จ. 2 พ.ย. 2026 เวลา 09:12 Support <support@desk.example.test> เขียนว่า:'),
  t('vi', 'Vào Th 2, 2 thg 11, 2026 vào lúc 09:12 Support <support@desk.example.test> đã viết:'),
  t('id', 'Pada tanggal Sen, 2 Nov 2026 pukul 09.12 Support <support@desk.example.test> menulis:'),
  t('ms', 'Pada Isn, 2 Nov 2026 pada 9:12 PG Support <support@desk.example.test> menulis:'),
  t('ca', 'Missatge de Support <support@desk.example.test> del dia dl., 2 de nov. 2026 a les 9:12:'),
  t('is', 'Þann mán., 2. nóv. 2026 kl. 09:12 skrifaði Support <support@desk.example.test>:'),
  t('zh-tw', 'Support <support@desk.example.test> 於 2026年11月2日 週一 上午9:12寫道：'),
  t('zh apple', '在 2026年11月2日，09:12，Support <support@desk.example.test> 写道：'),
  t('ja apple', '2026/11/02 9:12、Support <support@desk.example.test>のメール:'),
  t('ja tb', 'On 2026/11/02 9:12, Support wrote:'),
  t('ja becky', 'On Mon, 2 Nov 2026 09:12:00 +0900\nSupport <support@desk.example.test> wrote:\n'),
  t('ko apple', '2026. 11. 2. 오전 9:12, Support <support@desk.example.test> 작성:'),
  t('en proton', 'On Monday, November 2nd, 2026 at 9:12 AM, Support <support@desk.example.test> wrote:\n'),
  t(
    'en proton old',
    '‐‐‐‐‐‐‐ Original Message ‐‐‐‐‐‐‐\nOn Monday, November 2nd, 2026 at 9:12 AM, Support <support@desk.example.test> wrote:\n',
  ),
  t(
    'en proton sent',
    'Sent with Proton Mail secure email.\n\nOn Monday, November 2nd, 2026 at 9:12 AM, Support <support@desk.example.test> wrote:\n',
  ),
  t(
    'en proton sent2',
    'Sent with [Proton Mail](https://proton.me/) secure email.\n\n------- Original Message -------\nOn Monday, November 2nd, 2026 at 9:12 AM, Support <support@desk.example.test> wrote:\n',
  ),
  t('en mailto', 'On Nov 2, 2026, at 9:12 AM, Support [mailto:support@desk.example.test] wrote:'),
  t('en mutt', 'On Mon, Nov 02, 2026 at 09:12:00AM +0100, Support wrote:'),
  t('en gnus', 'Support <support@desk.example.test> writes:\n'),
  t('en quoth', 'Quoting Support <support@desk.example.test>:\n'),
  t('de horde', 'Zitat von Support <support@desk.example.test>:\n'),
  t('fr horde', 'Quoting Support <support@desk.example.test>:\n'),
  t(
    'de gmx',
    'Gesendet: Montag, 2. November 2026 um 09:12 Uhr\nVon: "Support" <support@desk.example.test>\nAn: ada@example.org\nBetreff: Re: Drucker\n',
    'Does it work?',
  ),
  t(
    'de outlook mobile',
    'Hol dir Outlook für iOS<https://aka.ms/o0ukef>\n________________________________\nVon: Support <support@desk.example.test>\nGesendet: Montag, November 2, 2026 9:12 AM\nAn: Ada <ada@example.org>\nBetreff: Re: Drucker\n',
    'Does it work?',
  ),
  t(
    'es outlook mobile',
    'Obtener Outlook para Android<https://aka.ms/x>\n________________________________\nDe: Support <support@desk.example.test>\nEnviado: lunes, 2 de noviembre de 2026 9:12\nPara: Ada <ada@example.org>\nAsunto: Re: impresora\n',
    'Does it work?',
  ),
  t(
    'pt outlook mobile',
    'Obter o Outlook para iOS<https://aka.ms/x>\n________________________________\nDe: Support <support@desk.example.test>\nEnviado: Monday, November 2, 2026 9:12:00 AM\nPara: Ada <ada@example.org>\nAssunto: Re: x\n',
    'Does it work?',
  ),
  t(
    'it outlook mobile',
    'Ottieni Outlook per iOS<https://aka.ms/x>\n________________________________\nDa: Support <support@desk.example.test>\nInviato: lunedì 2 novembre 2026 09:12\nA: Ada <ada@example.org>\nOggetto: Re: x\n',
    'Does it work?',
  ),
  t(
    'nl outlook mobile',
    'Outlook voor Android<https://aka.ms/x> downloaden\n________________________________\nVan: Support <support@desk.example.test>\nVerzonden: maandag 2 november 2026 09:12\nAan: Ada <ada@example.org>\nOnderwerp: Re: x\n',
    'Does it work?',
  ),
  t(
    'pl outlook mobile',
    'Pobierz aplikację Outlook dla systemu iOS<https://aka.ms/x>\n________________________________\nOd: Support <support@desk.example.test>\nWysłane: poniedziałek, 2 listopada 2026 09:12\nDo: Ada <ada@example.org>\nTemat: Re: x\n',
    'Does it work?',
  ),
  t(
    'fr outlook mobile',
    'Télécharger Outlook pour iOS<https://aka.ms/x>\n________________________________\nDe : Support <support@desk.example.test>\nEnvoyé : lundi 2 novembre 2026 09:12\nÀ : Ada <ada@example.org>\nObjet : Re: x\n',
    'Does it work?',
  ),
  t(
    'ru outlook',
    '________________________________\nОт: Support <support@desk.example.test>\nОтправлено: 2 ноября 2026 г. 9:12\nКому: Ada\nТема: Re: x\n',
    'Does it work?',
  ),
  t(
    'zh outlook',
    '获取 Outlook for iOS<https://aka.ms/x>\n________________________________\n发件人: Support <support@desk.example.test>\n发送时间: Monday, November 2, 2026 9:12:00 AM\n收件人: Ada <ada@example.org>\n主题: Re: x\n',
    'Does it work?',
  ),
  t(
    'ko outlook',
    '________________________________\n보낸 사람: Support <support@desk.example.test>\n보낸 날짜: 2026년 11월 2일 월요일 오전 9:12\n받는 사람: Ada\n제목: Re: x\n',
    'Does it work?',
  ),
  t(
    'uk outlook',
    '________________________________\nВід: Support <support@desk.example.test>\nНадіслано: 2 листопада 2026 р. 9:12\nКому: Ada\nТема: Re: x\n',
    'Does it work?',
  ),
  t(
    'samsung',
    '-------- Original message --------\nFrom: Support <support@desk.example.test> \nDate: 02/11/2026 09:12 (GMT+01:00) \nTo: ada@example.org \nSubject: Re: printer \n',
    'Does it work?',
  ),
  t(
    'samsung de',
    '-------- Ursprüngliche Nachricht --------\nVon: Support <support@desk.example.test> \nDatum: 02.11.26 09:12 (GMT+01:00) \nAn: ada@example.org \nBetreff: Re: Drucker \n',
    'Does it work?',
  ),
  t(
    'samsung fr',
    "-------- Message d'origine --------\nDe : Support <support@desk.example.test> \nDate : 02/11/2026 09:12 (GMT+01:00) \nÀ : ada@example.org \nObjet : Re: x \n",
    'Does it work?',
  ),
  t(
    'samsung es',
    '-------- Mensaje original --------\nDe: Support <support@desk.example.test> \nFecha: 2/11/26 9:12 (GMT+01:00) \nPara: ada@example.org \nAsunto: Re: x \n',
    'Does it work?',
  ),
  t(
    'samsung nl',
    '-------- Oorspronkelijk bericht --------\nVan: Support <support@desk.example.test> \nDatum: 02-11-2026 09:12 (GMT+01:00) \nAan: ada@example.org \nOnderwerp: Re: x \n',
    'Does it work?',
  ),
  t(
    'samsung pl',
    '-------- Oryginalna wiadomość --------\nOd: Support <support@desk.example.test> \nData: 02.11.2026 09:12 (GMT+01:00) \nDo: ada@example.org \nTemat: Re: x \n',
    'Does it work?',
  ),
  t(
    'samsung it',
    '-------- Messaggio originale --------\nDa: Support <support@desk.example.test> \nData: 02/11/26 09:12 (GMT+01:00) \nA: ada@example.org \nOggetto: Re: x \n',
    'Does it work?',
  ),
  t(
    'samsung ru',
    '-------- Исходное сообщение --------\nОт: Support <support@desk.example.test>\nДата: 02.11.26 09:12 (GMT+03:00)\nКому: ada@example.org\nТема: Re: x\n',
    'Does it work?',
  ),
  t(
    'samsung cs',
    '-------- Původní zpráva --------\nOd: Support <support@desk.example.test>\nDatum: 02.11.26 9:12 (GMT+01:00)\nKomu: ada@example.org\nPředmět: Re: x\n',
    'Does it work?',
  ),
  t(
    'samsung sv',
    '-------- Originalmeddelande --------\nFrån: Support <support@desk.example.test>\nDatum: 2026-11-02 09:12 (GMT+01:00)\nTill: ada@example.org\nÄmne: Re: x\n',
    'Does it work?',
  ),
  t(
    'k9',
    '-------- Original Message --------\nFrom: Support <support@desk.example.test>\nSent: 2 November 2026 09:12:00 CET\nTo: ada@example.org\nSubject: Re: printer\n',
    'Does it work?',
  ),
  t('k9 de', 'Am 2. November 2026 09:12:00 MEZ schrieb Support <support@desk.example.test>:'),
  t(
    'k9 brief',
    'Diese Nachricht wurde von meinem Android-Gerät mit K-9 Mail gesendet.\n\n-------- Ursprüngliche Nachricht --------\nVon: Support <support@desk.example.test>\nGesendet: 2. November 2026 09:12:00 MEZ\nAn: ada@example.org\nBetreff: x\n',
    'Does it work?',
  ),
  t(
    'notes',
    '\nFrom:   Support <support@desk.example.test>\nTo:     ada@example.org\nDate:   02.11.2026 09:12\nSubject:        Re: printer\n',
    'Does it work?',
  ),
  t(
    'notes de',
    '\nVon:    "Support" <support@desk.example.test>\nAn:     ada@example.org\nDatum:  02.11.2026 09:12\nBetreff:        Re: Drucker\n',
    'Does it work?',
  ),
  t(
    'notes arrow',
    '-----Support <support@desk.example.test> wrote: -----\nTo: ada@example.org\nFrom: Support <support@desk.example.test>\nDate: 11/02/2026 09:12AM\nSubject: Re: printer\n',
    'Does it work?',
  ),
  t(
    'notes de arrow',
    '-----Support <support@desk.example.test> schrieb: -----\nAn: ada@example.org\nVon: Support <support@desk.example.test>\nDatum: 02.11.2026 09:12\nBetreff: Re: x\n',
    'Does it work?',
  ),
  t(
    'zimbra',
    '----- Original Message -----\nFrom: "Support" <support@desk.example.test>\nTo: "ada" <ada@example.org>\nSent: Monday, November 2, 2026 9:12:00 AM\nSubject: Re: printer\n',
    'Does it work?',
  ),
  t(
    'zimbra fr',
    'De: "Support" <support@desk.example.test>\nÀ: "ada" <ada@example.org>\nEnvoyé: Lundi 2 Novembre 2026 09:12:00\nObjet: Re: imprimante\n',
    'Does it work?',
  ),
  t(
    'yahoo',
    'On Monday, November 2, 2026, 9:12 AM, Support <support@desk.example.test> wrote:\n',
    'Does it work?',
  ),
  t(
    'yahoo2',
    '    On Monday, November 2, 2026 at 09:12:00 AM GMT+1, Support <support@desk.example.test> wrote:  \n \n',
    'Does it work?',
  ),
  t(
    'yahoo de',
    '    Am Montag, 2. November 2026 um 09:12:00 MEZ hat Support <support@desk.example.test> Folgendes geschrieben:  \n',
    'Does it work?',
  ),
  t(
    'yahoo fr',
    '    Le lundi 2 novembre 2026 à 09:12:00 UTC+1, Support <support@desk.example.test> a écrit :  \n',
    'Does it work?',
  ),
  t(
    'yahoo es',
    '    El lunes, 2 de noviembre de 2026, 09:12:00 CET, Support <support@desk.example.test> escribió:  \n',
    'Does it work?',
  ),
  t(
    'qq',
    '------------------ 原始邮件 ------------------\n发件人: "Support" <support@desk.example.test>;\n发送时间: 2026年11月2日(星期一) 上午9:12\n收件人: "ada"<ada@example.org>;\n主题: Re: printer\n',
    'Does it work?',
  ),
  t('163', 'At 2026-11-02 09:12:00, "Support" <support@desk.example.test> wrote:\n'),
  t('163 zh', '在 2026-11-02 09:12:00，"Support" <support@desk.example.test> 写道：\n'),
  t(
    'foxmail',
    'support@desk.example.test\n \nFrom: Support\nDate: 2026-11-02 09:12\nTo: ada\nSubject: Re: printer\n',
    'Does it work?',
    `${W}\n\nsupport@desk.example.test`,
  ),
  t('mailru', 'Понедельник, 2 ноября 2026, 9:12 +03:00 от Support <support@desk.example.test>:\n'),
  t('mailru2', '>Понедельник, 2 ноября 2026, 9:12 +03:00 от Support <support@desk.example.test>:\n>\n'),
  t('yandex', '02.11.2026, 09:12, "Support" <support@desk.example.test>:'),
  t(
    'naver',
    '-----Original Message-----\nFrom: "Support"<support@desk.example.test>\nTo: <ada@example.org>;\nCc:\nSent: 2026-11-02 (월) 09:12:00 (GMT+09:00)\nSubject: Re: printer\n',
    'Does it work?',
  ),
  t(
    'web.de',
    'Gesendet: Montag, 02. November 2026 um 09:12 Uhr\nVon: Support <support@desk.example.test>\nAn: "Ada" <ada@example.org>\nBetreff: Re: x',
    'Does it work?',
  ),
  t('spark', 'On 2 Nov 2026, 09:12 +0100, Support <support@desk.example.test>, wrote:'),
  t('airmail', 'On 2 November 2026 at 09:12:00, Support (support@desk.example.test) wrote:\n'),
  t('superhuman', 'On Mon, Nov 02, 2026 at 9:12 AM, Support < support@desk.example.test > wrote:\n'),
  t('missive', 'On November 2, 2026 at 9:12 AM, Support (support@desk.example.test) wrote:\n'),
  t('front', 'On November 2, 2026, 9:12 AM GMT+1 support@desk.example.test wrote:\n'),
  t('hey', 'On November 2, 2026, Support <support@desk.example.test> wrote:\n'),
  t('ios sv', '2 nov. 2026 kl. 09:12 skrev Support <support@desk.example.test>:'),
  t('ios da', 'Den 2. nov. 2026 kl. 09.12 skrev Support <support@desk.example.test>:'),
  t('ios nl', 'Op 2 nov. 2026 om 09:12 heeft Support <support@desk.example.test> het volgende geschreven:'),
  t('ios pt', 'No dia 2 de nov. de 2026, às 09:12, Support <support@desk.example.test> escreveu:'),
  t(
    'ios pl',
    'Wiadomość napisana przez Support <support@desk.example.test> w dniu 2 lis 2026, o godz. 09:12:',
  ),
  t('ios cs', '2. 11. 2026 v 9:12, Support <support@desk.example.test>:'),
  t('ios fi', 'Support <support@desk.example.test> kirjoitti 2.11.2026 kello 9.12:'),
  t('ios hu', '2026. nov. 2. dátummal, 9:12 időpontban Support <support@desk.example.test> írta:'),
  t('ios tr', 'Support <support@desk.example.test> şunları yazdı (2 Kas 2026 09:12):'),
  t('ios it', 'Il giorno 2 nov 2026, alle ore 09:12, Support <support@desk.example.test> ha scritto:'),
  t('ios no', '2. nov. 2026 kl. 09:12 skrev Support <support@desk.example.test>:'),
  t('ios ru', '2 нояб. 2026 г., в 9:12, Support <support@desk.example.test> написал(а):'),
  t('ios uk', '2 лист. 2026 р. о 09:12 Support <support@desk.example.test> пише:'),
  t('tb fr', 'Le 02/11/2026 à 09:12, Support a écrit :'),
  t('tb pl', 'W dniu 2.11.2026 o 09:12, Support pisze:'),
  t('tb ru', '02.11.2026 9:12, Support пишет:'),
  t('tb cs', 'Dne 02. 11. 26 v 9:12 Support napsal(a):'),
  t('tb hu', '2026. 11. 02. 9:12 keltezéssel, Support írta:'),
  t('tb tr', '2.11.2026 09:12 tarihinde Support yazdı:'),
  t('tb el', 'Στις 2/11/2026 9:12 π.μ., ο/η Support έγραψε:'),
  t(
    'tb wrapped',
    'On 02/11/2026 09:12, Support of the very long department name with a very long\ntitle <support@desk.example.test> wrote:',
  ),
  t(
    'outlook nested',
    'From: Support <support@desk.example.test>\nSent: Monday, November 2, 2026 9:12 AM\nTo: Ada <ada@example.org>\nCc: Bob <bob@example.org>; Carol\n <carol@example.org>\nSubject: RE: printer\nImportance: High\n',
    'Does it work?',
  ),
  t(
    'outlook external',
    '[EXTERNAL EMAIL]\nFrom: Support <support@desk.example.test>\nSent: Monday, November 2, 2026 9:12 AM\nTo: Ada <ada@example.org>\nSubject: RE: printer\n',
    'Does it work?',
    `${W}\n\n[EXTERNAL EMAIL]`,
  ),
  [
    'conf en',
    `${W}\n\nBest regards,\nAda\n\nThis email and any attachments are confidential and intended solely for the use of the individual or entity to whom they are addressed. If you have received this email in error please notify the sender and delete it.\n`,
    null,
    `${W}\n\nBest regards,\nAda`,
  ],
  [
    'conf de',
    `${W}\n\nViele Grüße\nAda\n\nDiese E-Mail enthält vertrauliche und/oder rechtlich geschützte Informationen. Wenn Sie nicht der richtige Adressat sind oder diese E-Mail irrtümlich erhalten haben, informieren Sie bitte sofort den Absender und vernichten Sie diese Mail.\n`,
    null,
    `${W}\n\nViele Grüße\nAda`,
  ],
  [
    'conf fr',
    `${W}\n\nCe message et toutes les pièces jointes sont confidentiels et établis à l'intention exclusive de ses destinataires. Si vous recevez ce message par erreur, merci de le détruire.\n`,
    null,
    W,
  ],
  [
    'conf es',
    `${W}\n\nAVISO LEGAL: Este mensaje y sus archivos adjuntos van dirigidos exclusivamente a su destinatario y puede contener información confidencial. Si ha recibido este mensaje por error, notifíquelo al remitente.\n`,
    null,
    W,
  ],
  [
    'conf head',
    `${W}\n\nCONFIDENTIALITY NOTICE: The contents of this email message and any attachments are intended solely for the addressee(s).\n`,
    null,
    W,
  ],
  [
    'conf human',
    `This email is confidential: my salary is wrong.\nPlease do not tell the sender of the list.`,
    null,
    `This email is confidential: my salary is wrong.\nPlease do not tell the sender of the list.`,
  ],
  [
    'conf quoted below',
    `${W}\n\nThis message is confidential. If you have received it in error, please delete it.\n\nOn 2 Nov 2026 at 09:12, Support <support@desk.example.test> wrote:\n> x\n`,
    null,
    W,
  ],
  [
    'antivirus',
    `${W}\n\n-- \nDiese E-Mail wurde von Avast Antivirus-Software auf Viren geprüft.\nwww.avast.com\n`,
    null,
    W,
  ],
  [
    'antivirus2',
    `${W}\n\n---\nThis email has been checked for viruses by Avast antivirus software.\nhttps://www.avast.com/antivirus\n`,
    null,
    W,
  ],
  ['env', `${W}\n\nPlease consider the environment before printing this e-mail.\n`, null, W],
  [
    'colon',
    `Here is the log:\n\nE-23\n\nand these users:\nada@example.org\nbob@example.org`,
    null,
    `Here is the log:\n\nE-23\n\nand these users:\nada@example.org\nbob@example.org`,
  ],
  [
    'colon date',
    `At 9:12 on 2 Nov 2026 Bob wrote:\nthe printer is broken\n\nWhat shall I do?`,
    null,
    `At 9:12 on 2 Nov 2026 Bob wrote:\nthe printer is broken\n\nWhat shall I do?`,
  ],
  [
    'orig pasted',
    `I got this "Original Message" box on my screen:\n\nOriginal Message\nError 23\n\nWhat now?`,
    null,
    `I got this "Original Message" box on my screen:\n\nOriginal Message\nError 23\n\nWhat now?`,
  ],
  [
    'from label',
    `From: Berlin\nTo: Paris\nPlease book me a train on Monday.`,
    null,
    `From: Berlin\nTo: Paris\nPlease book me a train on Monday.`,
  ],
  [
    'form',
    `Name: Ada\nDate: 2 Nov\nSubject: new laptop\nReason: old one broke`,
    null,
    `Name: Ada\nDate: 2 Nov\nSubject: new laptop\nReason: old one broke`,
  ],
  ['code', 'Run this:\n\n$ cat file > out\n> echo\n\ndone', null, 'Run this:\n\n$ cat file > out\n\ndone'],
  ['md', 'Steps:\n\n---\n1. boot\n---\n2. crash', null, 'Steps:\n\n---\n1. boot\n---\n2. crash'],
  ['sig name', `${W}\n\nThanks,\nAda`, null, `${W}\n\nThanks,\nAda`],
  [
    'de sent hint',
    `Gesendet wurde es mit dem Paket von gestern. Bitte prüfen.`,
    null,
    `Gesendet wurde es mit dem Paket von gestern. Bitte prüfen.`,
  ],
  [
    'interleaved',
    `On 2 Nov 2026 at 09:12, Support <support@desk.example.test> wrote:\n> Which room?\n\nRoom 4.\n\n> Since when?\n\nMonday.\n\n-- \nAda\n`,
    null,
    `Room 4.\n\nMonday.`,
  ],
  [
    'interleaved de',
    `Hallo,\n\nAm 02.11.26 um 09:12 schrieb Support:\n> Welcher Raum?\nRaum 4.\n> Seit wann?\nMontag.\n\nGruß\nAda`,
    null,
    `Hallo,\n\nRaum 4.\n\nMontag.\n\nGruß\nAda`,
  ],
  [
    'forward in reply',
    `See what Bob said.\n\n---------- Forwarded message ---------\nFrom: Bob <bob@example.org>\nDate: Mon, Nov 2, 2026\nSubject: x\nTo: Ada\n\nIt is Bob's.\n`,
    null,
    'See what Bob said.',
  ],
  ...[
    'Sent from Outlook for Android',
    'Sent from my Samsung Galaxy smartphone.',
    'Sent from Mail for Windows',
    'Sent from Yahoo Mail on Android',
    'Sent from ProtonMail mobile',
    'Sent from Proton Mail for iOS',
    'Sent with Airmail',
    'Sent from my mobile device',
    'Sent from my Huawei phone',
    'Gesendet mit der GMX Mail App',
    'Gesendet von Mail für Windows',
    'Von meinem Samsung Galaxy Smartphone gesendet.',
    'Von meinem/meiner Galaxy gesendet',
    'Diese Nachricht wurde von meinem Mobiltelefon mit WEB.DE Mail gesendet.',
    'Gesendet von meinem Windows Phone',
    'Envoyé de mon appareil mobile Samsung',
    'Envoyé depuis mon téléphone Orange',
    'Envoyé à partir de Outlook pour Android',
    'Enviado desde Outlook para Android',
    'Enviado desde mi Samsung Galaxy',
    'Enviado do meu telemóvel',
    'Enviado a partir do meu smartphone Samsung Galaxy.',
    'Inviato dal mio dispositivo Huawei',
    'Inviato da Outlook per Android',
    'Verzonden vanaf Outlook voor Android',
    'Verstuurd vanaf mijn Galaxy',
    'Skickat från Outlook för Android',
    'Sendt fra Outlook til Android',
    'Sendt fra min Galaxy',
    'Lähetetty Outlookista Androidille',
    'Wysłano z iPhone’a',
    'Wysłane z telefonu Samsung',
    'Odesláno z mého iPhonu',
    'Odesláno z mého telefonu Galaxy.',
    'Odoslané z iPhonu',
    'Küldve az iPhone-omról',
    'iPhone’umdan gönderildi',
    'Galaxy cihazımdan gönderildi',
    'Отправлено из Outlook для Android',
    'Отправлено с моего Samsung Galaxy',
    'Отправлено из мобильной Почты Mail.ru',
    'Надіслано з iPhone',
    'Εστάλη από το iPhone μου',
    'Στάλθηκε από το iPhone μου',
    'Trimis de pe iPhone-ul meu',
    'Изпратено от моя iPhone',
    'Poslano iz mojega iPhonea',
    'Poslano s mog iPhonea',
    '发自我的iPhone',
    '从我的iPhone发送',
    '發自我的 iPhone',
    '來自我的 iPhone',
    'iPhoneから送信されました',
    'Androidから送信',
    '나의 iPhone에서 보냄',
    'Samsung Galaxy 스마트폰에서 보냈습니다.',
    'Gửi từ iPhone của tôi',
    'Dikirim dari iPhone saya',
    'ส่งจาก iPhone ของฉัน',
    'נשלח מה-iPhone שלי',
    'أرسلت من iPhone',
    'Enviat des del meu iPhone',
    "Saadetud minu iPhone'ist",
  ].map((s): Row => [`mobile ${s}`, `${W}\n\n${s}\n`, null, W]),
  h(
    'gmail attr only',
    '<div dir="auto">It works now.</div><br><div class="gmail_quote gmail_quote_container"><div dir="ltr" class="gmail_attr">Em seg., 2 de nov. de 2026, Support &lt;<a href="mailto:support@desk.example.test">support@desk.example.test</a>&gt; escreveu:<br></div><blockquote class="gmail_quote" style="margin:0"><div>Does it work?</div></blockquote></div>',
  ),
  h(
    'gmail signature',
    '<div dir="ltr">It works now.<br clear="all"><div><br></div><span class="gmail_signature_prefix">-- </span><br><div dir="ltr" class="gmail_signature" data-smartmail="gmail_signature"><div>Ada Ohm<br>Example Ltd</div></div></div>',
  ),
  h(
    'gmail signature no prefix',
    '<div dir="ltr">It works now.<div><br></div><div dir="ltr" class="gmail_signature" data-smartmail="gmail_signature">Ada Ohm<br>Example Ltd</div></div><br><div class="gmail_quote"><div class="gmail_attr">On Mon, Nov 2, 2026 at 9:12 AM Support wrote:</div><blockquote class="gmail_quote">x</blockquote></div>',
  ),
  h(
    'outlook signature',
    '<div>It works now.</div><div id="Signature"><div>Ada Ohm</div><div>Example Ltd</div></div><div id="appendonsend"></div><hr><div id="divRplyFwdMsg"><b>From:</b> Support</div><div>x</div>',
  ),
  h(
    'outlook mobile html',
    '<div dir="auto">It works now.</div><div id="ms-outlook-mobile-signature"><div><br></div>Get <a href="https://aka.ms/o0ukef">Outlook for iOS</a></div><hr style="display:inline-block;width:98%"><div id="divRplyFwdMsg"><b>From:</b> Support</div><div>x</div>',
  ),
  h(
    'outlook 365 mac',
    '<div>It works now.</div><div id="mail-editor-reference-message-container"><div style="border:none;border-top:solid #B5C4DF 1.0pt;padding:3.0pt 0in 0in 0in"><b>From: </b>Support</div><div>x</div></div>',
  ),
  h(
    'outlook border cm',
    "<p class=MsoNormal>It works now.</p><div><div style='border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm'><p class=MsoNormal><b>Von:</b> Support</p></div></div><p>x</p>",
  ),
  h(
    'outlook border order',
    '<p class=MsoNormal>It works now.</p><div><div style="border-right:none;border-bottom:none;border-left:none;border-image:initial;border-top:1pt solid rgb(225, 225, 225);padding:3pt 0in 0in"><p class=MsoNormal><b>From:</b> Support &lt;s@desk.example.test&gt;<br><b>Sent:</b> Monday<br><b>To:</b> Ada<br><b>Subject:</b> x</p></div></div><p>x</p>',
  ),
  h(
    'apple ios',
    '<html><body dir="auto">It works now.<br id="lineBreakAtBeginningOfSignature"><div dir="ltr">Sent from my iPhone</div><div dir="ltr"><br><blockquote type="cite">On 2 Nov 2026, at 09:12, Support wrote:<br><br></blockquote></div><blockquote type="cite"><div dir="ltr">x</div></blockquote></body></html>',
  ),
  h(
    'yahoo ios',
    '<div>It works now.<br><br><div id="ymail_android_signature"><a href="https://x">Sent from Yahoo Mail on Android</a></div> <br> <blockquote style="margin:0 0 20px 0;"> <div>On Mon, Nov 2, 2026 at 9:12, Support wrote:</div> <div>x</div></blockquote></div>',
  ),
  h(
    'yahoo_quoted id',
    '<div>It works now.</div><div id="yahoo_quoted_123" class="yahoo_quoted"><div>On Monday, Support wrote:</div><div>x</div></div>',
  ),
  h(
    'proton sig',
    '<div>It works now.</div><div class="protonmail_signature_block"><div class="protonmail_signature_block-proton">Sent with <a>Proton Mail</a> secure email.</div></div><div class="protonmail_quote">On Monday, November 2nd, 2026 at 9:12 AM, Support &lt;support@desk.example.test&gt; wrote:<br><br><blockquote class="protonmail_quote">x</blockquote></div>',
  ),
  h(
    'zimbra',
    '<div>It works now.</div><div><br></div><div data-marker="__SIG_POST__">Ada Ohm</div><hr id="zwchr" data-marker="__DIVIDER__"><div data-marker="__HEADERS__"><b>From: </b>"Support"<br><b>To: </b>ada<br></div><div data-marker="__QUOTED_TEXT__"><p>x</p></div>',
  ),
  h(
    'thunderbird sig',
    '<p>It works now.</p><pre class="moz-signature" cols="72">-- \nAda Ohm</pre><div class="moz-cite-prefix">On 02.11.26 09:12, Support wrote:<br></div><blockquote type="cite">x</blockquote>',
  ),
  h(
    'thunderbird fwd',
    '<p>It works now.</p><div class="moz-forward-container"><br>-------- Forwarded Message --------<table><tr><th>Subject: </th><td>x</td></tr><tr><th>From: </th><td>Bob</td></tr></table><p>Bob says</p></div>',
  ),
  h(
    'qq',
    '<div>It works now.</div><div><br></div><div style="font-size: 12px;font-family: Arial Narrow;padding:2px 0 2px 0;">------------------&nbsp;原始邮件&nbsp;------------------</div><div style="font-size: 12px;background:#efefef;padding:8px;"><div><b>发件人:</b>&nbsp;"Support"&lt;s@desk.example.test&gt;;</div><div><b>发送时间:</b>&nbsp;2026年11月2日</div><div><b>收件人:</b>&nbsp;"ada";</div><div><b>主题:</b>&nbsp;Re: x</div></div><div>x</div>',
  ),
  h(
    'foxmail',
    '<div>It works now.</div><div><span></span></div><div style="border:none;border-top:solid #B5C4DF 1.0pt;padding:3.0pt 0cm 0cm 0cm"><div style="PADDING-RIGHT: 8px"><div><b>发件人：</b>&nbsp;Support</div></div></div><div>x</div>',
  ),
  h(
    'samsung html',
    '<div dir="auto">It works now.</div><div id="composer_signature"><div style="font-size:75%">Sent from my Galaxy</div></div><div><br></div><div style="font-size:100%;color:#000000"><!-- originalMessage --><div>-------- Original message --------</div><div>From: Support &lt;s@desk.example.test&gt; </div><div>Date: 02/11/2026  09:12  (GMT+01:00) </div><div>To: ada@example.org </div><div>Subject: Re: x </div><div><br></div></div><div>x</div>',
  ),
  h(
    'gmx html',
    '<div>It works now.</div><div name="quote" style="margin:10px 5px 5px 10px; padding: 10px 0 10px 10px; border-left:2px solid #C3D9E5;"><div style="margin:0 0 10px 0;"><b>Gesendet:</b>&nbsp;Montag, 2. November 2026 um 09:12 Uhr<br/><b>Von:</b>&nbsp;Support<br/><b>An:</b>&nbsp;ada<br/><b>Betreff:</b>&nbsp;x</div><div name="quoted-content">x</div></div>',
  ),
  h(
    'spark',
    '<div name="messageBodySection"><div dir="auto">It works now.</div></div><div name="messageSignatureSection"><br />Ada Ohm</div><div name="messageReplySection">On 2 Nov 2026, 09:12 +0100, Support &lt;s@desk.example.test&gt;, wrote:<br /><blockquote>x</blockquote></div>',
  ),
  h(
    'front',
    '<div>It works now.</div><div class="front-signature">Ada</div><blockquote type="cite" class="front-blockquote">x</blockquote>',
  ),
  h(
    'zoho',
    '<div>It works now.</div><div class="zmail_extra" style="border-top: 1px solid"><div id="Zm-_Id_-Sgn1">---- On Mon, 02 Nov 2026 Support wrote ---</div><blockquote>x</blockquote></div>',
  ),
  h(
    'notes html',
    '<span style="font-size:10pt">It works now.</span><br><br><table width=100%><tr valign=top><td>From:</td><td>Support/Desk</td></tr><tr valign=top><td>To:</td><td>Ada</td></tr><tr valign=top><td>Date:</td><td>02.11.2026 09:12</td></tr><tr valign=top><td>Subject:</td><td>Re: x</td></tr></table><hr noshade><br>x',
  ),
  h(
    'gmail interleaved',
    '<div dir="ltr"><div class="gmail_quote"><div class="gmail_attr">On Mon, Support wrote:<br></div><blockquote class="gmail_quote">Which room?</blockquote><div>Room 4.</div><blockquote class="gmail_quote">Since when?</blockquote><div>Monday.</div></div></div>',
    'Room 4.\n\nMonday.',
  ),
  h(
    'newton',
    '<div>It works now.</div><div class="cm_quote" style="color: #787878">On Mon, Nov 2, Support wrote:<br><blockquote>x</blockquote></div>',
  ),
  h(
    'exchange owa old',
    '<div>It works now.</div><hr tabindex="-1" style="display:inline-block; width:98%"><div id="x_divRplyFwdMsg" dir="ltr"><font><b>From:</b> Support<br></font></div><div>x</div>',
  ),
  h(
    'owa ref',
    '<div id="divtagdefaultwrapper">It works now.</div><div><hr><div id="divRpF123" style="direction:ltr;"><font><b>From:</b> Support<br><b>Sent:</b> Monday<br><b>To:</b> Ada<br><b>Subject:</b> x<br></font></div><div>x</div></div>',
  ),
];

const squeezed = (text: string) => text.replace(/\s+/g, ' ').trim();

describe('what is new in a reply, by program and language', () => {
  test.each(REPLIES)('%s', (_, text, html, want) => {
    expect(squeezed(trimReply({ text, html }, { belowMarker: true }).visible)).toBe(squeezed(want));
  });

  test('nothing of it is lost', () => {
    for (const [program, text, html] of REPLIES.filter((row) => row[2] === null)) {
      const { visible, quoted, signature } = trimReply({ text, html });
      const kept = `${visible}${quoted}${signature}`.replace(/\s/g, '');
      expect([program, kept.length]).toEqual([program, text.replace(/\s/g, '').length]);
    }
  });
});
