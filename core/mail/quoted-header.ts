/**
 * The header that mail programs write above a mail they quote or forward: `From: … Sent: … To: … Subject: …`, in the
 * language of the program. Read for both: a reply is cut there, a forward is taken apart there.
 */

export type QuotedField = 'from' | 'to' | 'cc' | 'date' | 'subject' | 'other';

/** One row for each language: what its programs call the fields. Several names where the programs differ. */
const LABELS: readonly { language: string; labels: Partial<Record<QuotedField, string>> }[] = [
  {
    language: 'English',
    labels: {
      from: 'From',
      to: 'To',
      cc: 'Cc|CC',
      date: 'Date|Sent|Sent at|On',
      subject: 'Subject',
      other:
        'Reply-To|Reply To|Bcc|BCC|Importance|Attachments|Priority|Message-ID|Organization|Sender|Newsgroups|X-Mailer',
    },
  },
  {
    language: 'Arabic',
    labels: {
      from: 'من',
      to: 'إلى|الى',
      cc: 'نسخة',
      date: 'التاريخ|تاريخ الإرسال|تم الإرسال',
      subject: 'الموضوع',
    },
  },
  {
    language: 'Bulgarian',
    labels: {
      from: 'От|Подател',
      to: 'До|Получател',
      cc: 'Копие',
      date: 'Дата|Изпратено',
      subject: 'Тема|Относно',
    },
  },
  {
    language: 'Catalan',
    labels: { from: 'De', to: 'Per a|A', cc: 'A/c', date: 'Data|Enviat', subject: 'Assumpte' },
  },
  {
    language: 'Chinese',
    labels: {
      from: '发件人|寄件者|寄件人|發件人|发信人',
      to: '收件人|收件者',
      cc: '抄送|副本',
      date: '发送时间|發送時間|日期|寄件日期|发送日期|傳送時間|时间',
      subject: '主题|主旨|主題|标题',
      other: '密送|附件',
    },
  },
  {
    language: 'Croatian',
    labels: {
      from: 'Šalje|Od',
      to: 'Prima|Za|Primatelj',
      cc: 'Kopija|Kopija za',
      date: 'Datum|Poslano',
      subject: 'Naslov|Predmet',
    },
  },
  {
    language: 'Czech',
    labels: { from: 'Od', to: 'Komu', cc: 'Kopie', date: 'Datum|Odesláno', subject: 'Předmět' },
  },
  { language: 'Danish', labels: { from: 'Fra', to: 'Til', cc: 'Kopi', date: 'Dato|Sendt', subject: 'Emne' } },
  {
    language: 'Dutch',
    labels: { from: 'Van', to: 'Aan', cc: 'Kopie', date: 'Datum|Verzonden|Verstuurd', subject: 'Onderwerp' },
  },
  {
    language: 'Estonian',
    labels: {
      from: 'Saatja|Kellelt',
      to: 'Saaja|Adressaat|Kellele',
      cc: 'Koopia',
      date: 'Kuupäev|Saadetud|Saatmisaeg',
      subject: 'Teema',
    },
  },
  {
    language: 'Finnish',
    labels: {
      from: 'Lähettäjä',
      to: 'Vastaanottaja|Vastaanottajat',
      cc: 'Kopio',
      date: 'Päivämäärä|Lähetetty|Päiväys',
      subject: 'Aihe',
    },
  },
  {
    language: 'French',
    labels: {
      from: 'De|Expéditeur|Message de',
      to: 'À|A|Pour|Destinataire',
      cc: 'Copie à|Copie',
      date: 'Date|Envoyé|Envoyé le|Message du',
      subject: 'Objet|Sujet',
      other: 'Répondre à|Importance',
    },
  },
  {
    language: 'German',
    labels: {
      from: 'Von|Absender',
      to: 'An|Empfänger',
      cc: 'Kopie|Kopie (CC)',
      date: 'Datum|Gesendet|Gesendet am',
      subject: 'Betreff',
      other: 'Antwort an|Wichtigkeit|Priorität|Anlagen',
    },
  },
  {
    language: 'Greek',
    labels: {
      from: 'Από|Αποστολέας',
      to: 'Προς|Παραλήπτης',
      cc: 'Κοιν.|Κοινοποίηση',
      date: 'Ημερομηνία|Στάλθηκε|Εστάλη',
      subject: 'Θέμα',
    },
  },
  {
    language: 'Hebrew',
    labels: { from: 'מאת', to: 'אל', cc: 'עותק|העתק', date: 'תאריך|נשלח', subject: 'נושא|הנדון' },
  },
  {
    language: 'Hungarian',
    labels: {
      from: 'Feladó',
      to: 'Címzett',
      cc: 'Másolat|Másolatot kap',
      date: 'Dátum|Elküldve|Küldve',
      subject: 'Tárgy',
    },
  },
  {
    language: 'Indonesian',
    labels: {
      from: 'Dari',
      to: 'Kepada|Ke',
      cc: 'Tembusan',
      date: 'Tanggal|Dikirim',
      subject: 'Subjek|Perihal',
    },
  },
  {
    language: 'Italian',
    labels: {
      from: 'Da',
      to: 'A',
      cc: 'Copia',
      date: 'Data|Inviato|Inviato il',
      subject: 'Oggetto',
      other: 'Rispondi a',
    },
  },
  {
    language: 'Japanese',
    labels: {
      from: '差出人|送信者|送信元',
      to: '宛先|受信者|送信先',
      cc: 'Cc',
      date: '日時|日付|送信日時|送信日',
      subject: '件名',
    },
  },
  {
    language: 'Korean',
    labels: {
      from: '보낸 사람|보낸사람|발신|보낸이',
      to: '받는 사람|받는사람|수신|받는이',
      cc: '참조',
      date: '날짜|보낸 날짜|보낸 시간|보낸날짜',
      subject: '제목',
    },
  },
  {
    language: 'Latvian',
    labels: { from: 'No', to: 'Kam', cc: 'Kopija', date: 'Datums|Nosūtīts', subject: 'Temats|Tēma' },
  },
  {
    language: 'Lithuanian',
    labels: {
      from: 'Nuo|Siuntėjas',
      to: 'Kam|Gavėjas',
      cc: 'Kopija',
      date: 'Data|Išsiųsta',
      subject: 'Tema',
    },
  },
  {
    language: 'Norwegian',
    labels: { from: 'Fra', to: 'Til', cc: 'Kopi', date: 'Dato|Sendt', subject: 'Emne' },
  },
  {
    language: 'Polish',
    labels: {
      from: 'Od|Nadawca',
      to: 'Do|Adresat',
      cc: 'Dw|DW|Kopia',
      date: 'Data|Wysłano|Wysłane',
      subject: 'Temat',
      other: 'UDW',
    },
  },
  {
    language: 'Portuguese',
    labels: {
      from: 'De',
      to: 'Para',
      cc: 'Cópia',
      date: 'Data|Enviado|Enviada|Enviada em|Enviado em',
      subject: 'Assunto',
      other: 'Responder a|Responder para',
    },
  },
  {
    language: 'Romanian',
    labels: {
      from: 'De la|Expeditor|Expeditorul',
      to: 'Către|Catre|Destinatar|Destinatarul|Pentru',
      cc: 'Copie',
      date: 'Dată|Data|Trimis',
      subject: 'Subiect|Subiectul',
    },
  },
  {
    language: 'Russian',
    labels: {
      from: 'От|От кого|Отправитель',
      to: 'Кому|Получатель',
      cc: 'Копия|Копии',
      date: 'Дата|Отправлено|Дата отправки',
      subject: 'Тема',
    },
  },
  {
    language: 'Slovak',
    labels: { from: 'Od', to: 'Komu|Pre', cc: 'Kópia', date: 'Dátum|Odoslané', subject: 'Predmet' },
  },
  {
    language: 'Slovenian',
    labels: {
      from: 'Od|Pošiljatelj',
      to: 'Za',
      cc: 'Kp|V vednost',
      date: 'Datum|Poslano',
      subject: 'Zadeva',
    },
  },
  {
    language: 'Spanish',
    labels: {
      from: 'De|Remitente',
      to: 'Para|A',
      cc: 'Copia',
      date: 'Fecha|Enviado|Enviado el|Enviado a las',
      subject: 'Asunto',
      other: 'Responder a',
    },
  },
  {
    language: 'Swedish',
    labels: { from: 'Från', to: 'Till', cc: 'Kopia', date: 'Datum|Skickat', subject: 'Ämne' },
  },
  {
    language: 'Thai',
    labels: { from: 'จาก', to: 'ถึง', cc: 'สำเนา', date: 'วันที่|ส่งเมื่อ', subject: 'เรื่อง|หัวเรื่อง' },
  },
  {
    language: 'Turkish',
    labels: {
      from: 'Kimden|Gönderen',
      to: 'Kime|Alıcı',
      cc: 'Bilgi',
      date: 'Tarih|Gönderildi|Gönderme Tarihi',
      subject: 'Konu',
    },
  },
  {
    language: 'Ukrainian',
    labels: { from: 'Від кого|Від', to: 'Кому', cc: 'Копія', date: 'Дата|Надіслано', subject: 'Тема' },
  },
  {
    language: 'Vietnamese',
    labels: {
      from: 'Từ|Người gửi',
      to: 'Đến|Tới|Người nhận',
      cc: 'Đồng gửi',
      date: 'Ngày|Đã gửi|Vào lúc',
      subject: 'Chủ đề|Tiêu đề',
    },
  },
];

const FIELD_OF: ReadonlyMap<string, QuotedField> = new Map(
  LABELS.flatMap(({ labels }) =>
    Object.entries(labels).flatMap(([field, names]) =>
      names.split('|').map((name) => [foldCase(name), field as QuotedField] as const),
    ),
  ),
);

const LONGEST_LABEL = Math.max(...[...FIELD_OF.keys()].map((label) => label.length));

/** How far below a label the next may stand: Lotus and some phones leave blank lines, long values are folded. */
const MAX_GAP = 3;

export interface QuotedHeader {
  /** Unfolded values, the first of each field. */
  values: Partial<Record<QuotedField, string>>;
  /** The first line of the block, and the first line behind it. */
  start: number;
  end: number;
}

/** Lower case, with the Turkish dotted capital as a plain i. */
export function foldCase(text: string): string {
  return text.normalize('NFC').toLowerCase().replaceAll('i\u0307', 'i');
}

/** The lines without quote marks, emphasis and what mail programs put invisibly at their ends. */
export function bareLine(line: string): string {
  return line
    .replace(/^[\s>\uFEFF\u200B\u200E\u200F|]+/, '')
    .replace(/(?<![\s\u200B\uFEFF])[\s\u200B\uFEFF]+$/, '');
}

/** `*From:* Ada <ada@example.com>` → field and value; null for any other line. */
export function quotedField(line: string): { field: QuotedField; value: string } | null {
  if (!/[:：]/.test(line)) return null;
  const bare = bareLine(line).replace(/^[*_]{1,2}/, '');
  const head = bare.slice(0, LONGEST_LABEL + 6);
  const colon = head.search(/[:：]/);
  if (colon < 1) return null;
  const label = foldCase(
    head
      .slice(0, colon)
      .replace(/(?<![*_\s\u00A0])[*_\s\u00A0]+$/, '')
      .replace(/\u00A0/g, ' '),
  );
  const field = FIELD_OF.get(label);
  return field
    ? {
        field,
        value: bare
          .slice(colon + 1)
          .replace(/^[*_]{1,2}/, '')
          .trim(),
      }
    : null;
}

/**
 * Reads the block of fields that begins at a line. It is one when it names who wrote, and at least as many fields in
 * all as `least`: three in running text, where two may be chance; two behind a separator.
 */
export function quotedHeaderAt(lines: readonly string[], start: number, least = 3): QuotedHeader | null {
  const first = quotedField(lines[start] ?? '');
  if (!first) return null;
  const values: QuotedHeader['values'] = {};
  let field: QuotedField = first.field;
  let end = start;
  let at = start;
  while (at < lines.length) {
    const here = quotedField(lines[at] ?? '');
    if (here) {
      if (values[here.field] !== undefined && here.field !== 'other') break;
      values[here.field] ??= here.value;
      field = here.field;
      end = at + 1;
      at += 1;
      continue;
    }
    const next = nextField(lines, at, values);
    if (next === null) {
      // A long list of recipients, or an address below the name, goes on though nothing follows it.
      if (
        isAddressLine(lines[at] ?? '') &&
        (field === 'from' || field === 'to' || field === 'cc') &&
        end === at
      ) {
        values[field] = `${values[field]} ${bareLine(lines[at] ?? '')}`.trim();
        end = at + 1;
        at += 1;
        continue;
      }
      break;
    }
    for (; at < next; at += 1) {
      const folded = bareLine(lines[at] ?? '');
      if (folded !== '') values[field] = `${values[field] ?? ''} ${folded}`.trim();
    }
  }
  const named = Object.keys(values).filter((name) => name !== 'other').length;
  return values.from !== undefined && named >= least ? { values, start, end } : null;
}

/** The line of the next field of the same block that is not named yet, when there is one close enough. */
function nextField(lines: readonly string[], from: number, values: QuotedHeader['values']): number | null {
  for (let at = from; at < Math.min(from + MAX_GAP, lines.length); at += 1) {
    const here = quotedField(lines[at] ?? '');
    if (here) return values[here.field] === undefined || here.field === 'other' ? at : null;
  }
  return null;
}

function isAddressLine(line: string): boolean {
  return /^[^:]{0,200}[^\s@<>]{1,64}@[^\s@<>]{1,255}>?[,;]?$/.test(bareLine(line));
}

/**
 * Yahoo writes the whole block on one line behind its separator: `----- Forwarded Message ----- From: …To: …Subject: …`.
 * Such a line is broken before each of its labels; every other is left as it is.
 */
export function spreadOneLineHeader(line: string): string[] {
  const separator = /^[\s>]*-{3,}[^-:]{3,60}-{3,} */.exec(line)?.[0];
  if (!separator || quotedField(line.slice(separator.length)) === null) return [line];
  const parts: string[] = [separator.trim()];
  let rest = line.slice(separator.length);
  for (let cut = nextLabel(rest); cut > 0; cut = nextLabel(rest)) {
    parts.push(rest.slice(0, cut).trim());
    rest = rest.slice(cut);
  }
  parts.push(rest.replace(SUBJECT_WITHOUT_COLON, '$1: ').trim());
  return parts;
}

const ALL_LABELS = [...FIELD_OF.keys()]
  .filter((label) => label.length > 0)
  .sort((one, other) => other.length - one.length);

function alternatives(labels: readonly string[]): string {
  return labels.map((label) => label.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&')).join('|');
}

const BEHIND_ADDRESS = new RegExp(`(?<=>)(?:${alternatives(ALL_LABELS)})\\s?:`, 'iu');
const SUBJECTS = [...FIELD_OF].filter(([, field]) => field === 'subject').map(([label]) => label);
/** The subject stands right behind the time zone; Yahoo in Portuguese leaves out its colon. */
const BEHIND_DATE = new RegExp(
  `(?<=[\\p{L}\\d)])(?:${SUBJECTS.map((label) => alternatives([label.slice(0, 1).toUpperCase() + label.slice(1)])).join('|')})(?:\\s?:|(?=\\s\\p{Lu}))`,
  'u',
);
const SUBJECT_WITHOUT_COLON = new RegExp(`^(${alternatives(SUBJECTS)})\\s(?!:)`, 'iu');

function nextLabel(text: string): number {
  const places = [BEHIND_ADDRESS.exec(text)?.index ?? -1, BEHIND_DATE.exec(text)?.index ?? -1].filter(
    (place) => place > 0,
  );
  return places.length === 0 ? -1 : Math.min(...places);
}
