/** What somebody says who was asked to approve: the word at the head of the reply decides. */
import type { Vote } from '../ticket/ticket.ts';

const WORDS: Record<Vote, readonly string[]> = {
  approve: [
    ...['approve', 'approved', 'yes', 'agreed', 'accept', 'accepted', 'granted'],
    ...[
      'ja',
      'genehmigt',
      'genehmige',
      'genehmigen',
      'freigegeben',
      'zugestimmt',
      'einverstanden',
      'bewilligt',
    ],
    ...['approuvé', 'approuvée', 'approuve', 'approuver', 'oui', 'accepté', 'accepte', 'accordé', 'validé'],
    ...['aprobado', 'aprobada', 'apruebo', 'aprobar', 'sí', 'acepto', 'aceptado', 'autorizado', 'concedido'],
    ...['aprovado', 'aprovada', 'aprovo', 'aprovar', 'sim', 'aceito', 'aceite', 'concordo'],
    ...[
      '承認',
      '承認します',
      '承認する',
      '承認いたします',
      '承認しました',
      '承認です',
      'はい',
      '許可',
      '許可します',
      '了承します',
      '了承しました',
    ],
  ],
  reject: [
    ...[
      'reject',
      'rejected',
      'no',
      'denied',
      'deny',
      'decline',
      'declined',
      'disapprove',
      'disapproved',
      'refused',
    ],
    ...['nein', 'abgelehnt', 'ablehnen', 'verweigert'],
    ...['refusé', 'refusée', 'refuse', 'refuser', 'rejeté', 'rejetée', 'rejeter', 'non'],
    ...['rechazado', 'rechazada', 'rechazo', 'rechazar', 'denegado', 'denegada'],
    ...['recusado', 'recusada', 'recuso', 'recusar', 'rejeitado', 'rejeitada', 'rejeito', 'não', 'negado'],
    ...[
      '却下',
      '却下します',
      '却下する',
      '却下いたします',
      '却下しました',
      '却下です',
      '否認',
      '否認します',
      '不承認',
      'いいえ',
    ],
  ],
};
const VOTES = new Map(
  (Object.keys(WORDS) as Vote[]).flatMap((vote) => WORDS[vote].map((word): [string, Vote] => [word, vote])),
);
/** With one of these in its line a word may mean its contrary: "yes, but not before June", "No problem, approved". */
const TURNS =
  /(?<!\p{L})(?:not|but|unless|until|don['’]t|problems?|objections?|nicht|aber|sofern|wenn|if|kein\p{L}{0,2}|pas|mais|sauf|sous|aucune?|problèmes?|condition|pero|salvo|siempre|hasta|problemas?|inconvenientes?|objeci\p{L}+|contra|mas|exceto|desde|objeç\p{L}+|nada|rien)(?!\p{L})|ません|ない|ただし|しかし|けど|ですが|条件|場合|問題|異議/iu;
const HEAD = /^\s{0,99}[#\uff03"“„*_]{0,3}(\p{L}{1,20})(?!\p{L})[^\n]{0,500}/u;

/**
 * Null when the first word is no vote, or its line says both: then it is asked again, for a vote that was guessed is
 * worse than none. `text` is what was written now, without quotes and signature. `rest` is what else it says.
 */
export function readVote(text: string): { vote: Vote; rest: string } | null {
  const [line = '', word = ''] = HEAD.exec(text) ?? [];
  const vote = VOTES.get(word.toLowerCase());
  if (!vote || TURNS.test(line)) return null;
  const others = line.toLowerCase().match(/\p{L}+/gu) ?? [];
  if (others.some((other) => (VOTES.get(other) ?? vote) !== vote)) return null;
  const whole = text.trim();
  const bare = whole.replace(/^[^\p{L}]*\p{L}+[\s.,:;!*_"”“–。、：！-]*/u, '');
  return { vote, rest: bare === '' ? '' : whole };
}
