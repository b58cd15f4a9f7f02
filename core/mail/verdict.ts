/** What a lead says to an article, and what a requester says whom one has helped: the first word of the reply decides. */
import type { Verdict } from '../knowledge/article.ts';
import { isOnlyThanks } from './thanks.ts';

const VERDICTS: Record<Verdict, string> = {
  publish: [
    'publish published yes approve approved keep',
    'veröffentlichen veröffentlicht freigeben freigegeben genehmigt ja behalten',
    'publier publie publié publiée approuvé oui garder',
    'publicar publica publicado aprobado sí mantener',
    'publique aprovado sim manter',
    '公開 公開します 公開する 公開してください はい 承認 承認します 維持',
  ].join(' '),
  internal: 'internal intern interne interno interna 内部 社内 社内限定 社内のみ',
  reject: [
    'reject rejected no discard withdraw',
    'ablehnen abgelehnt nein verwerfen zurückziehen',
    'rejeter rejeté rejetée refuser refusé refusée non retirer',
    'rechazar rechazado rechazada descartar retirar',
    'rejeitar rejeitado rejeitada recusar recusado recusada não',
    '却下 却下します 却下する いいえ 取り下げ 取り下げます',
  ].join(' '),
};
const KNOWN = new Map(
  (Object.keys(VERDICTS) as Verdict[]).flatMap((verdict) =>
    VERDICTS[verdict].split(' ').map((word): [string, Verdict] => [word, verdict]),
  ),
);
/** The word alone: with more beside it, it may mean its contrary. */
const ALONE = /^[\s\u00a0#\uff03"“„*_]{0,9}(\p{L}[\p{L}ー]{0,30})["”“*_\s\u00a0.,!:。！：]{0,9}$/u;

/** Null when the first line is no such word alone. `rest` is what stands below it. */
export function readVerdict(text: string): { verdict: Verdict; rest: string } | null {
  const [first = '', ...below] = text.trim().split('\n');
  const verdict = KNOWN.get(ALONE.exec(first.normalize('NFC'))?.[1]?.toLowerCase() ?? '');
  return verdict ? { verdict, rest: below.join('\n').trim() } : null;
}

const SOLVED = [
  'solved|fixed|resolved|it works|it works now|that worked|this worked|it worked|that helped|this helped|that solved it|that fixed it',
  'gelöst|ist gelöst|erledigt|hat sich erledigt|behoben|geholfen|hat geholfen|das hat geholfen|es funktioniert|funktioniert wieder',
  'résolu|résolue|c est résolu|réglé|ça marche|cela fonctionne|ça a marché',
  'resuelto|solucionado|ya funciona|funcionó|me ayudó',
  'resolvido|solucionado|já funciona|funcionou|ajudou',
  '解決|解決しました|解決です|解決済み|解決済みです|直りました|できました|使えるようになりました',
]
  .join('|')
  .split('|');
const PHRASES = new Set(SOLVED);
const ONE =
  /^[\s\u00a0#\uff03"“„*_]{0,9}(\p{L}[\p{L}ー' ’]{0,40}?)(?:[\s\u00a0:,.#(]{0,4}([1-9])[).番]?)?["”“*_\s\u00a0.,!:)。！\p{Extended_Pictographic}]{0,9}$/u;

/** Chooses the colours of a picture. */
const VARIANT = /\ufe0f/g;

/**
 * `solved`, or `solved 2` where several were offered; thanks may follow, and nothing else: "solved? no" and "solved, but" are
 * somebody's words. Null when it is none. `names` are those of who writes and of who is thanked.
 */
export function readSolved(text: string, names: readonly string[]): { nth: number | null } | null {
  const lines = text.normalize('NFKC').replace(VARIANT, '').trim().split('\n');
  const [first = '', ...below] = lines;
  const [head = '', ...tail] = first.split(/(?<=[.,!。！])\s*/u);
  const [, words = '', nth] = ONE.exec(head) ?? [];
  if (!PHRASES.has(words.toLowerCase().replace(/['’]/g, ' ').trim())) return null;
  const rest = [tail.join(' '), ...below].join('\n').trim();
  return !/[\p{L}\p{N}?？]/u.test(rest) || isOnlyThanks(rest, names)
    ? { nth: nth ? Number(nth) : null }
    : null;
}
