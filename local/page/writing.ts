/** Writing as somebody: a mail client of the page's own, which speaks to the SMTP door as any other would. */
import { createTransport } from 'nodemailer';
import * as z from 'zod';

/** No line may end within a header. */
const Line = z.string().regex(/^[^\r\n]*$/, 'one line');
const Address = z.string().regex(/^[^\s<>@,;"]+@[^\s<>@,;"]+$/, 'an address such as ada@example.com');

export const Writing = z.strictObject({
  from: z.strictObject({ address: Address, name: Line }),
  to: z.array(Address).min(1).max(50),
  cc: z.array(Address).max(50),
  subject: Line,
  text: z.string(),
  inReplyTo: Line.nullable(),
  references: z.array(Line).max(200),
  /** By AUTH: then SPF, DKIM and DMARC pass. */
  proven: z.boolean(),
  attachments: z
    .array(z.strictObject({ name: Line, type: Line, content: z.base64().describe('the octets in base 64') }))
    .max(50),
});

export type Written = { sent: true; refused: string[] } | { sent: false; reason: string };

/** `at`: desk time in epoch ms, for the Date. Refusals of the door are values, in its own words. */
export async function write(mail: z.output<typeof Writing>, smtpPort: number, at: number): Promise<Written> {
  const { from, to, cc, subject, text, inReplyTo, references, proven, attachments } = mail;
  const transport = createTransport({
    ...{ host: '127.0.0.1', port: smtpPort, ignoreTLS: true },
    ...{ disableFileAccess: true, disableUrlAccess: true },
    ...(proven ? { auth: { user: from.address, pass: 'any' } } : {}),
  });
  try {
    const { rejectedErrors } = await transport.sendMail({
      ...{ from, to, cc, subject, text, date: new Date(at) },
      ...(inReplyTo ? { inReplyTo, references } : {}),
      attachments: attachments.map(({ name, type, content }) => ({
        ...{ filename: name, contentType: type || 'application/octet-stream' },
        content: Buffer.from(content, 'base64'),
      })),
    });
    return { sent: true, refused: (rejectedErrors ?? []).map(said) };
  } catch (error) {
    if (error instanceof Error && 'responseCode' in error) return { sent: false, reason: said(error) };
    throw error;
  } finally {
    transport.close();
  }
}

function said(error: Error & { response?: string }): string {
  return error.response ?? error.message;
}
