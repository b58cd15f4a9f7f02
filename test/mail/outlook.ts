/** Writes what Outlook sends to another Outlook (MS-OXTNEF), for tests that open it. */

const u16 = (value: number) => Buffer.from([value & 0xff, value >> 8]);
const u32 = (value: number) => {
  const octets = Buffer.alloc(4);
  octets.writeUInt32LE(value);
  return octets;
};
const padded = (octets: Buffer) => Buffer.concat([octets, Buffer.alloc(-octets.length & 3)]);

/** `said`: the length that it claims, when not its own. */
export function attribute(level: 1 | 2, id: number, data: Buffer, said = data.length): Buffer {
  const checksum = data.reduce((sum, octet) => (sum + octet) & 0xffff, 0);
  return Buffer.concat([Buffer.from([level]), u32(id), u32(said), data, u16(checksum)]);
}

export function stream(...attributes: Buffer[]): Buffer {
  return Buffer.concat([
    u32(0x223e9f78),
    u16(1),
    attribute(1, 0x00069007, Buffer.concat([u32(1252), u32(0)])),
    ...attributes,
  ]);
}

export type Property = [type: number, id: number, value: Buffer];

export const utf16 = (text: string) => Buffer.from(`${text}\0`, 'utf16le');

/** From 0x8000 on they are named, and from 0x9000 on by a number. */
export function properties(...all: Property[]): Buffer {
  return Buffer.concat([
    u32(all.length),
    ...all.flatMap(([type, id, value]) => {
      const named =
        id >= 0x9000
          ? [Buffer.alloc(16), u32(0), u32(7)]
          : id >= 0x8000
            ? [Buffer.alloc(16), u32(1), u32(6), padded(utf16('ab'))]
            : [];
      const fixed = type === 3 || type === 0x0b || type === 0x40;
      return [
        u16(type),
        u16(id),
        ...named,
        ...(fixed ? [padded(value)] : [u32(1), u32(value.length), padded(value)]),
      ];
    }),
  ]);
}

export const body = (...all: Property[]) => attribute(1, 0x00069003, properties(...all));

export function file(title: string, data: Buffer, ...all: Property[]): Buffer {
  return Buffer.concat([
    attribute(2, 0x00069002, Buffer.alloc(14)),
    attribute(2, 0x00018010, Buffer.from(`${title}\0`, 'latin1')),
    attribute(2, 0x0006800f, data),
    ...(all.length > 0 ? [attribute(2, 0x00069005, properties(...all))] : []),
  ]);
}

/** RTF as MAPI stores it, uncompressed (MS-OXRTFCP 2.1.3.1). */
export function rtf(text: string): Buffer {
  const octets = Buffer.from(text, 'latin1');
  return Buffer.concat([u32(octets.length + 12), u32(octets.length), u32(0x414c454d), u32(0), octets]);
}

/** The same, compressed: every octet as it is, in runs of eight. */
export function compressedRtf(text: string): Buffer {
  const octets = Buffer.from(text, 'latin1');
  const runs: Buffer[] = [];
  for (let at = 0; at < octets.length; at += 8) runs.push(Buffer.from([0]), octets.subarray(at, at + 8));
  const packed = Buffer.concat(runs);
  return Buffer.concat([u32(packed.length + 12), u32(octets.length), u32(0x75465a4c), u32(0), packed]);
}

/** A mail whose only part is such a stream, beside a text when one is given. */
export function mailWith(tnef: Buffer, text: string | null = null): Buffer {
  const part = `Content-Type: application/ms-tnef; name="winmail.dat"\r\nContent-Transfer-Encoding: base64\r\n\r\n${tnef.toString('base64').replace(/.{76}/g, '$&\r\n')}\r\n`;
  const words = text === null ? '' : `--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n${text}\r\n`;
  return Buffer.from(
    `From: Ada Ohm <ada@example.org>\r\nTo: support@desk.example.test\r\nSubject: Hello\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n${words}--b\r\n${part}--b--\r\n`,
  );
}
