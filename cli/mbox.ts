/**
 * mboxrd: mail after mail, each after a line that begins with `From `. A line of a mail that begins so, after any number of
 * `>`, gets one more, which whoever reads the file takes away again (RFC 4155 names the format, and not this quoting; the
 * other ways lose what was there before).
 */

/** One mail as it stands in an mbox. `sender` is of the envelope; `at` is ISO 8601 UTC. Line ends become LF. */
export function mboxEntry(raw: Uint8Array, sender: string, at: string): Buffer {
  // One octet a character, so that nothing is read as text that is none.
  const mail = Buffer.from(raw).toString('latin1').replaceAll('\r\n', '\n');
  const quoted = mail.replace(/^(>*From )/gm, '>$1');
  const end = quoted.endsWith('\n') ? '\n' : '\n\n';
  // A sender with a space would end the line's first word; nobody's address has one outside quotes.
  const from = sender.replace(/[^\x21-\x7e]/g, '') || 'MAILER-DAEMON';
  return Buffer.from(`From ${from} ${asctime(at)}\n${quoted}${end}`, 'latin1');
}

/** `Mon Nov 23 09:00:00 2026`, in UTC. RFC 4155, Appendix A. */
function asctime(at: string): string {
  const [day = '', date = '', month = '', year = '', time = ''] = new Date(at)
    .toUTCString()
    .replace(',', '')
    .split(' ');
  return `${day} ${month} ${date.replace(/^0/, ' ')} ${time} ${year}`;
}
