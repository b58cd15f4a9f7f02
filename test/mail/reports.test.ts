import { describe, expect, test } from 'vitest';
import { readOutcome } from '../../core/mail/bounce.ts';
import { parseEmail } from '../../core/mail/parse.ts';

/** The whole of a report, in the fields and words of its system. `want` is `address|status|permanent`; no status means any. */
type Row = [system: string, head: string, body: string, want: string];

const A = 'ada@example.org';
const MIME = 'MIME-Version: 1.0';

async function outcome(head: string, body: string): Promise<string> {
  const type = /^content-type/im.test(head) ? '' : '\nContent-Type: text/plain; charset=utf-8';
  const raw = `To: support@desk.example.test\n${head}\n${MIME}${type}\n\n${body}`;
  const read = readOutcome(await parseEmail(Buffer.from(raw)));
  if (read?.what !== 'failed') return read?.what ?? 'none';
  return read.recipients
    .map(({ address, status, permanent }) => `${address}|${status ?? ''}|${permanent}`)
    .join(' ');
}

/** RFC 3464 from `text` and the fields of one recipient. */
function dsn(
  text: string,
  fields: string,
  head = 'From: MAILER-DAEMON@mx.example.com\nSubject: Undelivered Mail Returned to Sender',
): [string, string] {
  return [
    `${head}\nContent-Type: multipart/report; report-type=delivery-status; boundary=r`,
    `--r\nContent-Type: text/plain; charset=utf-8\n\n${text}\n--r\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example.com\n\n${fields}\n--r--\n`,
  ];
}

const REPORTS: readonly Row[] = [
  [
    '1und1',
    'From: "Mail Delivery System" <mailer-daemon@kunden.example>\nSubject: Mail delivery failed: returning message to sender',
    `This message was created automatically by mail delivery software.\n\nA message that you sent could not be delivered to one or more of\nits recipients. This is a permanent error.\n\nThe following address failed:\n\n${A}\n\nFor the following reason:\n\nMail size limit exceeded. For explanation visit\nhttp://postmaster.example/en\n\n--- The header of the original message is following. ---\n\nReceived: from x\nTo: Ada <${A}>\n`,
    `${A}||false`,
  ],
  [
    'biglobe',
    'From: postmaster@isp.example\nReturn-Path: <MAILER-DAEMON>\nSubject: Returned mail: Service unavailable\nContent-Type: multipart/mixed; boundary=b',
    `--b\nContent-Type: text/plain; charset="iso-2022-jp"\n\n   ----- The following addresses had delivery problems -----\n${A}\n\n   ----- Non-delivered information -----\nThe number of messages in recipient's mailbox exceeded the local limit.\n\n--b\nContent-Type: message/rfc822\n\nTo: <${A}>\nSubject: x\n\nNyaa\n--b--\n`,
    `${A}||false`,
  ],
  [
    'interscan',
    'From: "InterScan MSS" <postmaster@scan.example>\nReturn-Path: <postmaster@scan.example>\nSubject: =?utf-8?B?44Oh44OD44K744O844K444KS6YWN5L+h44Gn44GN44G+44Gb44KT44CC?=\nContent-Type: multipart/mixed; boundary=b',
    `--b\nContent-type: text/plain\n\n...\n\n\nSent <<< RCPT TO:<${A}>\nReceived >>> 550 5.1.1 <${A}>... user unknown\n\n...\n\n--b\nContent-type: message/rfc822\n\nTo: ${A}\n\nx\n--b--\n`,
    `${A}|5.1.1|true`,
  ],
  [
    'mailfoundry',
    'Return-Path: <>\nFrom: MAILER-DAEMON@example.com\nSubject: Message delivery has failed\nContent-Type: multipart/mixed; boundary=b',
    `--b\nContent-Type: text/plain\n\nUnable to deliver message to: <${A}>\nDelivery failed for the following reason:\nServer mx22.example.org[192.0.2.222] failed with: 550 <${A}> No such user here\n\nThis has been a permanent failure.  No further delivery attempts will be made.\n--b--\n`,
    `${A}||true`,
  ],
  [
    'mailmarshal',
    'From: postmaster@relay.example\nSubject: Undeliverable Mail: "Printer"\nContent-Type: multipart/mixed; boundary=b',
    `--b\nContent-Type: text/plain\n\nYour message:\n   From:    support@desk.example.test\n   Subject: Printer\n\nCould not be delivered because of\n\n550 5.1.1 User unknown\n\nThe following recipients were affected: \n    ${A}\n\nAdditional Information\n======================\nOriginal Sender:    <support@desk.example.test>\nSender-MTA:         <192.0.2.1>\n--b--\n`,
    `${A}|5.1.1|true`,
  ],
  [
    'vtext',
    'From: post_master@text.example\nSubject: Re:Test message\nContent-Type: multipart/mixed;\nboundary="a"',
    `--a\nContent-Type: multipart/alternative;\nboundary="c"\n\n--c\nContent-Type: text/plain; charset=us-ascii\nContent-Disposition: inline\n\nError: Invalid user address\n\nError message below:\n550 - Requested action not taken: no such user here\n\nMessage details:\n  Subject: Test message\n  MAIL FROM: support@desk.example.test\n  RCPT TO: ${A}\n  From: other@example.com\n  CC: recipient list not shown: ;\n\n--c--\n\n--a--\n`,
    `${A}||true`,
  ],
  [
    'qmail full',
    'From: MAILER-DAEMON@plsmtp.example\nSubject: failure notice',
    `Your mail message to the following address(es) could not be delivered. This\nis a permanent error.\n\n<${A}>:\nchild status 100...The e-mail message could not be delivered because the user's mailfolder is full.\n\n--- Below this line is a copy of the message.\n\nReturn-Path: <x@example.com>\nTo: x@y.example\n`,
    `${A}||false`,
  ],
  [
    'imail',
    'From: "Postmaster" <postmaster@example.com>\nSubject: Undeliverable Mail',
    `Unknown user: ${A}\n\n\nOriginal message follows.\n\nReceived: from example.org\nTo: ${A}\n`,
    `${A}||true`,
  ],
  [
    'sendgrid empty status',
    ...dsn(
      'This is an automatically generated message from SendGrid.\n\nyour message was not able to be\ndelivered to one of its intended recipients.',
      `Final-Recipient: rfc822; ${A}\nAction: failed\nStatus: \nDiagnostic-Code: 554 imta14.example.net comcast 192.0.2.140 Comcast block for spam.`,
    ),
    `${A}||false`,
  ],
  [
    'facebook',
    ...dsn(
      "Based on the email preferences of the person you're trying to email, this message could not be delivered.",
      `Diagnostic-Code: smtp; 550 5.1.1 RCP-P2 http://postmaster.example/response_codes?ip=192.0.2.135#rcp Refused due to recipient preferences\nStatus: 5.1.1\nFinal-Recipient: rfc822; ${A}\nAction: failed`,
    ),
    `${A}|5.1.1|false`,
  ],
  [
    'exchange online NDR',
    ...dsn(
      "Your message to ada@example.org couldn't be delivered.\n\nada wasn't found at example.org.\n",
      `Final-Recipient: rfc822;${A}\nAction: failed\nStatus: 5.1.10\nDiagnostic-Code: smtp;550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient ${A} not found by SMTP address lookup`,
      'From: <postmaster@outlook.example>\nSubject: Undeliverable: Your ticket',
    ),
    `${A}|5.1.10|true`,
  ],
  [
    'exchange de',
    ...dsn(
      'Fehler bei der Nachrichtenzustellung an folgende Empfänger oder Gruppen:\n\nada@example.org\nDie eingegebene E-Mail-Adresse konnte nicht gefunden werden.',
      `Final-Recipient: rfc822;${A}\nAction: failed\nStatus: 5.1.1\nDiagnostic-Code: smtp;550 5.1.1 RESOLVER.ADR.RecipNotFound; not found`,
      'From: Microsoft Outlook <MicrosoftExchange329e71ec88ae4615bbc36ab6ce41109e@example.com>\nSubject: =?utf-8?Q?Unzustellbar:_Ihr_Ticket?=',
    ),
    `${A}|5.1.1|true`,
  ],
  [
    'exchange size',
    ...dsn(
      'too large',
      `Final-Recipient: rfc822;${A}\nAction: failed\nStatus: 5.3.4\nDiagnostic-Code: smtp;550 5.3.4 ROUTING.SizeLimit; message size exceeds fixed maximum size for route`,
    ),
    `${A}|5.3.4|false`,
  ],
  [
    'exchange restrict',
    ...dsn(
      "You can't send to this group",
      `Final-Recipient: rfc822;${A}\nAction: failed\nStatus: 5.7.1\nDiagnostic-Code: smtp;550 5.7.1 RESOLVER.RST.AuthRequired; authentication required`,
    ),
    `${A}|5.7.1|false`,
  ],
  [
    'o365 tenant 5.4.1',
    ...dsn(
      'x',
      `Final-Recipient: rfc822;${A}\nAction: failed\nStatus: 5.4.1\nDiagnostic-Code: smtp;550 5.4.1 Recipient address rejected: Access denied. AS(201806281)`,
    ),
    `${A}|5.4.1|true`,
  ],
  [
    'o365 loop',
    ...dsn(
      'x',
      `Final-Recipient: rfc822;${A}\nAction: failed\nStatus: 5.4.14\nDiagnostic-Code: smtp;550 5.4.14 Hop count exceeded - possible mail loop ATTR34`,
    ),
    `${A}|5.4.14|false`,
  ],
  [
    'o365 disabled',
    ...dsn(
      'x',
      `Final-Recipient: rfc822;${A}\nAction: failed\nStatus: 5.7.124\nDiagnostic-Code: smtp;550 5.7.124 RESOLVER.RST.SenderNotInAllowedSendersList; not allowed`,
    ),
    `${A}|5.7.124|false`,
  ],
  [
    'gmail nosuch',
    ...dsn(
      "** Address not found **\n\nYour message wasn't delivered to ada@example.org because the address couldn't be found, or is unable to receive mail.",
      `Final-Recipient: rfc822; ${A}\nAction: failed\nStatus: 5.1.1\nDiagnostic-Code: smtp; 550-5.1.1 The email account that you tried to reach does not exist. Please try\n 550-5.1.1 double-checking the recipient's email address for typos or\n 550 5.1.1 unnecessary spaces.`,
    ),
    `${A}|5.1.1|true`,
  ],
  [
    'gmail full',
    ...dsn(
      '** Message not delivered **',
      `Final-Recipient: rfc822; ${A}\nAction: failed\nStatus: 4.2.2\nDiagnostic-Code: smtp; 452-4.2.2 The email account that you tried to reach is over quota. Please direct`,
    ),
    `${A}|4.2.2|false`,
  ],
  [
    'gmail disabled',
    ...dsn(
      'x',
      `Final-Recipient: rfc822; ${A}\nAction: failed\nStatus: 5.2.1\nDiagnostic-Code: smtp; 550 5.2.1 The email account that you tried to reach is disabled.`,
    ),
    `${A}|5.2.1|false`,
  ],
  [
    'gmail dmarc',
    ...dsn(
      'x',
      `Final-Recipient: rfc822; ${A}\nAction: failed\nStatus: 5.7.26\nDiagnostic-Code: smtp; 550-5.7.26 Unauthenticated email from desk.example.test is not accepted due to domain's DMARC policy.`,
    ),
    `${A}|5.7.26|false`,
  ],
  [
    'gmail dns',
    ...dsn(
      "** Address not found **\n\nYour message wasn't delivered to ada@example.org because the domain example.org couldn't be found.",
      `Final-Recipient: rfc822; ${A}\nAction: failed\nStatus: 4.0.0\nDiagnostic-Code: smtp; DNS Error: DNS type 'mx' lookup of example.org responded with code NXDOMAIN\n Domain name not found: example.org`,
    ),
    `${A}|4.0.0|true`,
  ],
  [
    'gmail null mx',
    ...dsn(
      'x',
      `Final-Recipient: rfc822; ${A}\nAction: failed\nStatus: 5.7.27\nDiagnostic-Code: smtp; The recipient server does not accept our requests to connect. Learn more. [example.org. 192.0.2.1: timed out]`,
    ),
    `${A}|5.7.27|false`,
  ],
  [
    'yahoo',
    ...dsn(
      'x',
      `Final-Recipient: rfc822; ${A}\nAction: failed\nStatus: 5.0.0\nDiagnostic-Code: smtp; 554 delivery error: dd This user doesn't have a yahoo.com account (${A}) [0] - mta1315.mail.bf1.yahoo.com`,
    ),
    `${A}|5.0.0|true`,
  ],
  [
    'yahoo new',
    ...dsn(
      'x',
      `Final-Recipient: rfc822; ${A}\nAction: failed\nStatus: 5.0.0\nDiagnostic-Code: smtp; 552 1 Requested mail action aborted, mailbox not found`,
    ),
    `${A}|5.0.0|true`,
  ],
  [
    'yahoo disabled 30d',
    ...dsn(
      'x',
      `Final-Recipient: rfc822; ${A}\nAction: failed\nStatus: 5.0.0\nDiagnostic-Code: smtp; 554 30 Sorry, your message to ${A} cannot be delivered. This mailbox is disabled (554.30).`,
    ),
    `${A}|5.0.0|false`,
  ],
  [
    'icloud',
    ...dsn(
      'x',
      `Final-Recipient: rfc822; ${A}\nAction: failed\nStatus: 5.1.1\nDiagnostic-Code: smtp; 550 5.1.1 <${A}>: user does not exist`,
    ),
    `${A}|5.1.1|true`,
  ],
  [
    'icloud quota',
    ...dsn(
      'x',
      `Final-Recipient: rfc822; ${A}\nAction: failed\nStatus: 5.2.2\nDiagnostic-Code: smtp; 552 5.2.2 <${A}>: user is over quota`,
    ),
    `${A}|5.2.2|false`,
  ],
  [
    'mimecast',
    ...dsn(
      'x',
      `Final-Recipient: rfc822; ${A}\nAction: failed\nStatus: 5.0.0\nDiagnostic-Code: smtp; 550 Invalid Recipient - https://community.example.com/docs/DOC-1369#550 [abc.de1]`,
    ),
    `${A}|5.0.0|true`,
  ],
  [
    'mimecast policy',
    ...dsn(
      'x',
      `Final-Recipient: rfc822; ${A}\nAction: failed\nStatus: 5.0.0\nDiagnostic-Code: smtp; 550 Administrative prohibition - envelope blocked - https://community.example.com/docs/DOC-1369#550 [abc]`,
    ),
    `${A}|5.0.0|false`,
  ],
  [
    'mimecast greylist',
    ...dsn(
      'x',
      `Final-Recipient: rfc822; ${A}\nAction: failed\nStatus: 4.0.0\nDiagnostic-Code: smtp; 451 Internal resources are temporarily unavailable - https://community.example.com/docs/DOC-1369#451 [x]`,
    ),
    `${A}|4.0.0|false`,
  ],
  [
    'barracuda',
    ...dsn(
      'x',
      `Final-Recipient: rfc822; ${A}\nAction: failed\nStatus: 5.0.0\nDiagnostic-Code: smtp; 550 permanent failure for one or more recipients (${A}:blocked)`,
    ),
    `${A}|5.0.0|false`,
  ],
  [
    'barracuda unknown',
    ...dsn(
      'x',
      `Final-Recipient: rfc822; ${A}\nAction: failed\nStatus: 5.0.0\nDiagnostic-Code: smtp; 550 permanent failure for one or more recipients (${A}:550 5.1.1 User Unknown)`,
    ),
    `${A}|5.1.1|true`,
  ],
  [
    'proofpoint',
    ...dsn(
      'x',
      `Final-Recipient: rfc822; ${A}\nAction: failed\nStatus: 5.7.1\nDiagnostic-Code: smtp; 554 Blocked - see https://ipcheck.example.com/?ip=192.0.2.1`,
    ),
    `${A}|5.7.1|false`,
  ],
  [
    'postfix nxdomain',
    ...dsn(
      `<${A}>: Host or domain name not found. Name service error for name=example.org\n    type=A: Host not found`,
      `Final-Recipient: rfc822; ${A}\nAction: failed\nStatus: 5.4.4\nDiagnostic-Code: X-Postfix; Host or domain name not found. Name service error for name=example.org type=A: Host not found`,
    ),
    `${A}|5.4.4|true`,
  ],
  [
    'postfix timeout',
    ...dsn(
      `<${A}>: connect to mx.example.org[192.0.2.4]:25: Connection timed out`,
      `Final-Recipient: rfc822; ${A}\nAction: failed\nStatus: 4.4.1\nDiagnostic-Code: X-Postfix; connect to mx.example.org[192.0.2.4]:25: Connection timed out`,
    ),
    `${A}|4.4.1|false`,
  ],
  [
    'postfix 450 unknown',
    ...dsn(
      `<${A}>: host mx.example.org[192.0.2.4] said: 450 4.1.1 <${A}>: Recipient address rejected: User unknown in virtual alias table (in reply to RCPT TO command)`,
      `Final-Recipient: rfc822; ${A}\nAction: failed\nStatus: 4.1.1\nDiagnostic-Code: smtp; 450 4.1.1 <${A}>: Recipient address rejected: User unknown in virtual alias table`,
    ),
    `${A}|4.1.1|true`,
  ],
  [
    'postfix greylist',
    ...dsn(
      `x`,
      `Final-Recipient: rfc822; ${A}\nAction: failed\nStatus: 4.2.0\nDiagnostic-Code: smtp; 450 4.2.0 <${A}>: Recipient address rejected: Greylisted, see http://postgrey.example/help`,
    ),
    `${A}|4.2.0|false`,
  ],
  [
    'postfix delayed',
    ...dsn(
      `THIS IS A WARNING ONLY.  YOU DO NOT NEED TO RESEND YOUR MESSAGE.`,
      `Final-Recipient: rfc822; ${A}\nAction: delayed\nStatus: 4.4.1\nDiagnostic-Code: X-Postfix; connect timed out\nWill-Retry-Until: x`,
      'From: MAILER-DAEMON@x.example\nSubject: Delayed Mail (still being retried)',
    ),
    'delayed',
  ],
  [
    'relay denied',
    ...dsn(
      `x`,
      `Final-Recipient: rfc822; ${A}\nAction: failed\nStatus: 5.7.1\nDiagnostic-Code: smtp; 554 5.7.1 <${A}>: Relay access denied`,
    ),
    `${A}|5.7.1|false`,
  ],
  [
    'exim unrouteable',
    'From: Mail Delivery System <Mailer-Daemon@mx.example.com>\nX-Failed-Recipients: ada@example.org\nAuto-Submitted: auto-replied\nSubject: Mail delivery failed: returning message to sender',
    `This message was created automatically by mail delivery software.\n\nA message that you sent could not be delivered to one or more of its\nrecipients. This is a permanent error. The following address(es) failed:\n\n  ${A}\n    all relevant MX records point to non-existent hosts\n`,
    `${A}||true`,
  ],
  [
    'exim unrouteable2',
    'From: Mail Delivery System <Mailer-Daemon@mx.example.com>\nX-Failed-Recipients: ada@example.org\nSubject: Mail delivery failed: returning message to sender',
    `The following address(es) failed:\n\n  ${A}\n    Unrouteable address\n`,
    `${A}||true`,
  ],
  [
    'exim retry',
    'From: Mail Delivery System <Mailer-Daemon@mx.example.com>\nX-Failed-Recipients: ada@example.org\nSubject: Mail delivery failed: returning message to sender',
    `The following address(es) failed:\n\n  ${A}\n    host mx.example.org [192.0.2.1]\n    retry timeout exceeded\n`,
    `${A}||false`,
  ],
  [
    'exim warning',
    'From: Mail Delivery System <Mailer-Daemon@mx.example.com>\nSubject: Warning: message 1abc delayed 24 hours',
    `This message was created automatically by mail delivery software.\nA message that you sent has not yet been delivered to one or more of its\nrecipients after more than 24 hours on the queue\n\n  ${A}\n    host mx: 451 try later\n\nNo action is required on your part. Delivery attempts will continue`,
    'delayed',
  ],
  [
    'qmail unknown',
    'From: MAILER-DAEMON@q.example\nSubject: failure notice',
    `Hi. This is the qmail-send program at q.example.\nI'm afraid I wasn't able to deliver your message to the following addresses.\nThis is a permanent error; I've given up. Sorry it didn't work out.\n\n<${A}>:\nSorry, no mailbox here by that name. (#5.1.1)\n\n--- Below this line is a copy of the message.\n\nReturn-Path: <a@b.example>\n`,
    `${A}|5.1.1|true`,
  ],
  [
    'qmail rcpthosts',
    'From: MAILER-DAEMON@q.example\nSubject: failure notice',
    `Hi. This is the qmail-send program at q.example.\nI'm afraid I wasn't able to deliver your message to the following addresses.\n\n<${A}>:\nSorry, that domain isn't in my list of allowed rcpthosts. (#5.7.1)\n`,
    `${A}|5.7.1|false`,
  ],
  [
    'qmail cname',
    'From: MAILER-DAEMON@q.example\nSubject: failure notice',
    `Hi. This is the qmail-send program at q.example.\n\n<${A}>:\nSorry, I couldn't find any host named example.org. (#5.1.2)\n`,
    `${A}|5.1.2|true`,
  ],
  [
    'sendmail host',
    'From: Mail Delivery Subsystem <MAILER-DAEMON>\nSubject: Returned mail: Host unknown (Name server: example.org: host not found)',
    `   ----- The following addresses had permanent fatal errors -----\n<${A}>\n\n   ----- Transcript of session follows -----\n550 5.1.2 <${A}>... Host unknown (Name server: example.org: host not found)\n`,
    `${A}|5.1.2|true`,
  ],
  [
    'sendmail deferred',
    'From: Mail Delivery Subsystem <MAILER-DAEMON@x.example>\nSubject: Warning: could not send message for past 4 hours',
    `    **********************************************\n    **      THIS IS A WARNING MESSAGE ONLY      **\n    **  YOU DO NOT NEED TO RESEND YOUR MESSAGE  **\n    **********************************************\n\n   ----- Transcript of session follows -----\n<${A}>... Deferred: Connection timed out`,
    'delayed',
  ],
  [
    'domino',
    'From: "Mail Router" <postmaster@notes.example>\nSubject: DELIVERY FAILURE: User ada (ada@example.org) not listed in Domino Directory',
    `Your message\n\n  Subject: Printer\n\nwas not delivered to:\n\n  ${A}\n\nbecause:\n\n  User ada (${A}) not listed in Domino Directory\n`,
    `${A}||true`,
  ],
  [
    'notes',
    'From: Mail Router <Mail_Router@notes.example>\nSubject: DELIVERY FAILURE: Error delivering to ada mail; database full',
    `Your document:  Printer\nwas not delivered to:  ${A}\nbecause:  Error delivering to ada\\mail\\ada.nsf; Warehouse: quota exceeded\n`,
    `${A}||false`,
  ],
  [
    'ses bounce',
    ...dsn(
      'An error occurred while trying to deliver the mail to the following recipients:\nada@example.org',
      `Action: failed\nFinal-Recipient: rfc822; ${A}\nDiagnostic-Code: smtp; 550 5.1.1 user unknown\nStatus: 5.1.1`,
      'From: MAILER-DAEMON@eu-west-1.amazonses.com\nSubject: Delivery Status Notification (Failure)',
    ),
    `${A}|5.1.1|true`,
  ],
  [
    'ses json',
    'From: AWS Notifications <no-reply@sns.amazonaws.com>\nSubject: AWS Notification Message\nx-amz-sns-message-id: 1',
    `{"notificationType":"Bounce","bounce":{"bounceType":"Permanent","bounceSubType":"General","bouncedRecipients":[{"emailAddress":"${A}","action":"failed","status":"5.1.1","diagnosticCode":"smtp; 550 5.1.1 user unknown"}],"timestamp":"2026-10-21T00:06:40.502Z","feedbackId":"x"},"mail":{"messageId":"0102-x","destination":["${A}"]}}\n\n--\nIf you wish to stop receiving notifications from this topic, please click or visit the link below to unsubscribe:\nhttps://sns.example/unsubscribe\n`,
    `${A}|5.1.1|true`,
  ],
  [
    'ezweb',
    'From: Mail Administrator <Postmaster@mobile.example>\nSubject: Mail System Error - Returned Mail',
    `The user(s) account is disabled.\n\n<${A}>: 550 user unknown\n`,
    `${A}||true`,
  ],
  [
    'kddi',
    'From: no-reply@app.au.example\nReturn-Path: <>\nSubject: =?iso-2022-jp?B?GyRCTDUbKEI=?=',
    `Your mail sent on: Thu, 29 Apr 2010 11:04:47 +0900 \n Could not be delivered to: <${A}>\n As their mailbox is full.\n`,
    `${A}||false`,
  ],
  [
    'docomo',
    'From: MAILER-DAEMON@docomo.example\nSubject: Undelivered Mail Returned to Sender',
    `The mail system\n\n<${A}>: host mfsmax.docomo.example[192.0.2.1] said: 550 Unknown user ${A} (in reply to end of DATA command)\n`,
    `${A}||true`,
  ],
  [
    'opensmtpd',
    'From: Mailer Daemon <MAILER-DAEMON@o.example>\nSubject: Delivery status notification: error',
    `    Hi!\n\n    This is the MAILER-DAEMON, please DO NOT REPLY to this email.\n\n    An error has occurred while attempting to deliver a message for\n    the following list of recipients:\n\n${A}: 550 5.1.1 <${A}>: Recipient address rejected: User unknown\n\n    Below is a copy of the original message:\n\nReceived: from x`,
    `${A}|5.1.1|true`,
  ],
  [
    'gmx',
    'From: mailer-daemon@gmx.example\nSubject: Mail delivery failed: returning message to sender',
    `This message was created automatically by mail delivery software.\n\nA message that you sent could not be delivered to one or more of\nits recipients. This is a permanent error. The following address\nfailed:\n\n"${A}":\nSMTP error from remote server after RCPT command:\nhost: mx.example.org\n5.1.1 <${A}> User is unknown {mx101}\n`,
    `${A}|5.1.1|true`,
  ],
  [
    'mailru',
    'From: mailer-daemon@corp.mail.example\nSubject: Mail failure.',
    `This message was created automatically by mail delivery software.\n\nA message that you sent could not be delivered to one or more of its\nrecipients. This is a permanent error. The following address(es) failed:\n\n  ${A}\n    SMTP error from remote mail server after RCPT TO:<${A}>:\n    host mx.example.org [192.0.2.1]: 550 Message was not accepted -- invalid mailbox.  Local mailbox ${A} is unavailable: user not found\n`,
    `${A}||true`,
  ],
  [
    'mailenable fr',
    'From: Postmaster <postmaster@example.com>\nReturn-Path: <>\nSubject: =?utf-8?Q?=C3=89chec_de_la_remise_:_votre_ticket?=',
    `Votre message n'a pas pu être remis à ${A}.\nCette adresse n'existe pas.\n`,
    `${A}||true`,
  ],
  [
    'es',
    'From: postmaster@example.com\nSubject: =?utf-8?Q?No_se_puede_entregar:_su_ticket?=',
    `No se pudo entregar el mensaje a ${A}\nNo se encontró la dirección de correo electrónico especificada.\n`,
    `${A}||true`,
  ],
  [
    'pt',
    'From: postmaster@example.com\nSubject: =?utf-8?Q?N=C3=A3o_entregue:_o_seu_pedido?=',
    `Falha na entrega para estes destinatários:\n${A}\nO endereço de email inserido não foi encontrado.\n`,
    `${A}||true`,
  ],
  [
    'it',
    'From: postmaster@example.com\nSubject: Non recapitabile: ticket',
    `Recapito non riuscito ai seguenti destinatari:\n${A}\nL'indirizzo di posta elettronica immesso non è stato trovato.\n`,
    `${A}||true`,
  ],
  [
    'nl',
    'From: postmaster@example.com\nSubject: Onbestelbaar: ticket',
    `De bezorging aan deze geadresseerden of groepen is mislukt:\n${A}\nHet e-mailadres dat u hebt ingevoerd, is niet gevonden.\n`,
    `${A}||true`,
  ],
  [
    'pl',
    'From: postmaster@example.com\nSubject: =?utf-8?Q?Niedostarczalne:_zg=C5=82oszenie?=',
    `Nie można dostarczyć wiadomości do tych adresatów:\n${A}\nNie znaleziono wprowadzonego adresu e-mail.\n`,
    `${A}||true`,
  ],
  [
    'ru',
    'From: postmaster@example.com\nSubject: =?utf-8?B?0J3QtdC00L7RgdGC0LDQstC70LXQvdC90L7QtTog0LfQsNGP0LLQutCw?=',
    `Не удалось доставить сообщение следующим получателям:\n${A}\nВведенный адрес электронной почты не найден.\n`,
    `${A}||true`,
  ],
  [
    'tr',
    'From: postmaster@example.com\nSubject: =?utf-8?Q?Teslim_edilemedi:_kay=C4=B1t?=',
    `Şu alıcılara teslim edilemedi:\n${A}\nGirdiğiniz e-posta adresi bulunamadı.\n`,
    `${A}||true`,
  ],
  [
    'ja exch',
    'From: postmaster@example.com\nSubject: =?utf-8?B?6YWN5L+h5LiN6IO9OiDjg4HjgrHjg4Pjg4g=?=',
    `次の受信者またはグループへの配信に失敗しました:\n${A}\n入力した電子メール アドレスが見つかりませんでした。\n`,
    `${A}||true`,
  ],
  [
    'zh qq',
    'From: PostMaster@qq.example\nSubject: =?utf-8?B?57O757uf6YCA5L+hL1N5c3RlbSBib3VuY2U=?=',
    `您的邮件被退回来了……\n无法发送到 ${A}\n收件人邮件地址（${A}）不存在，邮件无法送达。\nhost mx.example.org said: 550 Mailbox not found\n`,
    `${A}||true`,
  ],
  [
    'ko naver',
    'From: mailer-daemon@naver.example\nSubject: =?utf-8?B?66mU7J287J20IOyghOyGoSDsi6TtjKg=?=',
    `메일 전송에 실패했습니다.\n받는 사람: ${A}\n존재하지 않는 사용자입니다. 550 5.1.1 User unknown\n`,
    `${A}|5.1.1|true`,
  ],
  [
    'moved',
    ...dsn(
      'x',
      `Final-Recipient: rfc822; ${A}\nAction: failed\nStatus: 5.1.6\nDiagnostic-Code: smtp; 551 5.1.6 Recipient no longer on server: ${A}`,
    ),
    `${A}|5.1.6|true`,
  ],
  [
    'moved2',
    ...dsn(
      'x',
      `Final-Recipient: rfc822; ${A}\nAction: failed\nStatus: 5.0.0\nDiagnostic-Code: smtp; 551 User not local; please try <ada@new.example>`,
    ),
    `${A}|5.0.0|true`,
  ],
  [
    'left company',
    ...dsn(
      'x',
      `Final-Recipient: rfc822; ${A}\nAction: failed\nStatus: 5.0.0\nDiagnostic-Code: smtp; 550 Ada no longer works here`,
    ),
    `${A}|5.0.0|true`,
  ],
  [
    'null mx',
    ...dsn(
      'x',
      `Final-Recipient: rfc822; ${A}\nAction: failed\nStatus: 5.1.10\nDiagnostic-Code: smtp; 556 5.1.10 Domain example.org does not accept mail (nullMX)`,
    ),
    `${A}|5.1.10|true`,
  ],
  [
    'virus',
    ...dsn(
      'x',
      `Final-Recipient: rfc822; ${A}\nAction: failed\nStatus: 5.7.1\nDiagnostic-Code: smtp; 554 5.7.1 The message contains a virus: Eicar-Test`,
    ),
    `${A}|5.7.1|false`,
  ],
  [
    'tls',
    ...dsn(
      'x',
      `Final-Recipient: rfc822; ${A}\nAction: failed\nStatus: 5.7.10\nDiagnostic-Code: smtp; 550 5.7.10 TLS required by recipient`,
    ),
    `${A}|5.7.10|false`,
  ],
  [
    'hotmail unavailable',
    ...dsn(
      'x',
      `Final-Recipient: rfc822;${A}\nAction: failed\nStatus: 5.5.0\nDiagnostic-Code: smtp;550 5.5.0 Requested action not taken: mailbox unavailable (S2017062302).`,
    ),
    `${A}|5.5.0|true`,
  ],
  [
    'unavail full',
    ...dsn(
      'x',
      `Final-Recipient: rfc822;${A}\nAction: failed\nStatus: 5.2.2\nDiagnostic-Code: smtp;552 5.2.2 mailbox unavailable: quota exceeded`,
    ),
    `${A}|5.2.2|false`,
  ],
  [
    'utf8 global',
    `From: MAILER-DAEMON@mx.example.com\nSubject: Undelivered Mail Returned to Sender\nContent-Type: multipart/report; report-type=global-delivery-status; boundary=r`,
    `--r\n\nSorry.\n--r\nContent-Type: message/global-delivery-status\n\nReporting-MTA: dns; mx.example.com\n\nFinal-Recipient: utf-8; ada@example.org\nAction: failed\nStatus: 5.1.1\n--r--\n`,
    `${A}|5.1.1|true`,
  ],
];

describe('reports as mail systems write them', () => {
  test.each(REPORTS)('%s', async (_, head, body, want) => {
    const got = await outcome(head, body);
    expect(want.includes('||') ? got.replace(/\|[^|]*\|/, '||') : got).toBe(want);
  });
});

const PEOPLE: readonly Row[] = [
  [
    'who passes one on',
    'From: Bob <bob@example.com>\nSubject: FW: Undeliverable: Your ticket',
    `Can you help?\n\nFrom: postmaster@x.example\nYour message to ${A} couldn't be delivered.\n550 5.1.1 user unknown`,
    'none',
  ],
  [
    'who asks about one',
    'From: Bob <bob@example.com>\nSubject: mail could not be delivered',
    `Hello, when I write to ${A} I get "550 5.1.1 user unknown". Why?`,
    'none',
  ],
  [
    'a postmaster who writes of a mailbox',
    'From: Postmaster <postmaster@example.com>\nSubject: Mailbox of Ada',
    `Hello,\nplease close the mailbox of ${A}, the account is no longer in use. The mailbox is full anyway.\nBob, Postmaster team`,
    'none',
  ],
  [
    'who wants a delivery report',
    'From: Bob <bob@example.com>\nReturn-Path: <bob@example.com>\nSubject: Delivery report for October',
    `Please send the delivery report. Some messages could not be delivered.`,
    'none',
  ],
  [
    'a shop with a parcel',
    'From: Shop <no-reply@shop.example>\nSubject: Your parcel could not be delivered',
    `We were unable to deliver your parcel to ada@example.org. Please collect.`,
    'none',
  ],
  [
    'somebody who is away',
    'From: Ada <ada@example.org>\nReturn-Path: <>\nAuto-Submitted: auto-replied\nSubject: Automatic reply: ticket',
    `I am away and cannot be reached. My mailbox is full of mail, user unknown jokes aside.`,
    'none',
  ],
];

test('a notification of SES that was broken on its way', async () => {
  const json = `{"notificationType":"Bounce","mail":{"headers":[{"name":"!\n Subject"}]},"bounce":{"bouncedRecipients":[{"emailAddress":"${A}"}]}}`;
  const head = 'From: no-reply@sns.amazonaws.com\nSubject: AWS Notification Message\nx-amz-sns-message-id: 1';
  expect(await outcome(head, json)).toBe(`${A}||false`);
  expect(await outcome(head, '{"notificationType":"Complaint"}')).toBe('none');
});

describe('what people and shops write is none', () => {
  test.each(PEOPLE)('%s', async (_, head, body, want) => {
    expect(await outcome(head, body)).toBe(want);
  });
});
