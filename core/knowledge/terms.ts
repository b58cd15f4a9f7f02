/** What is compared of a text: its words without case, and in scripts without blanks the pairs of their signs. */
import { ASCII } from '../triage/words.ts';

const WORDS = /[\p{L}\p{M}\p{N}]+/gu;
const UNSPACED = /[\p{sc=Han}\p{sc=Katakana}ー]+/gu;
const HAS_UNSPACED = /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}]/u;
const LONGEST = 40;

/** Words that stand in any mail say nothing of what it is about. Japanese says such things in hiragana, of which no pairs are made. */
const COMMON = new Set(
  [
    'a an and are as at be but by can cannot do does for from get has have he her his how i if in is it its me my no not of on one or our she since so some that the their them then there they this to too up us was we what when where which who why will with would you your please thanks thank hello hi help need problem issue since today yesterday again anymore any help could now',
    'aber alle als am an auch auf aus bei bin bitte da das dass dem den der des die doch du ein eine einem einen einer er es etwas für habe haben hallo hat heute ich ihr im in ist ja kann kein keine können man mein meine meinem meinen meiner mich mir mit muss nach nicht noch nur oder schon sehr seit sich sie sind so über um und uns unser von vor war was wenn wer wie wir wird wo zu zum zur danke problem gestern hilfe',
    'au aux avec bonjour c ce cela ces cette d dans de depuis des du elle en est et être il ils j je l la le les leur ma mais me merci mes mon n ne nos notre nous ont ou par pas plus pour problème qu que qui s sa se si son sur un une vous votre y aide plait svp',
    'al algo ayuda con como cuando de del desde el ella en es esta este esto gracias ha hay hola la las le lo los me mi mis muy no nos o para pero por porque problema que qué se si sin su un una y ya yo',
    'ajuda ao aos as com como da das de desde do dos e ela em é esta este isso já mais mas me meu minha muito na não no nos o obrigado obrigada olá os ou para pela pelo por porque problema que se sem seu sua um uma',
  ].flatMap((words) => words.split(' ')),
);

export function termsOf(text: string): string[] {
  return split(text, 2);
}

/** With signs of their own, which say little in an article, and are a floor in what somebody looks for. */
export function everyTermOf(text: string): string[] {
  return split(text, 1);
}

function split(text: string, shortest: number): string[] {
  const lower = text.normalize('NFKC').toLowerCase();
  const isTerm = (word: string) => word.length >= shortest && !COMMON.has(word);
  // Most mail is spaced, and need not be asked about word by word.
  const words = lower.match(ASCII.test(lower) ? /[a-z0-9]+/g : WORDS) ?? [];
  if (!HAS_UNSPACED.test(lower)) return words.filter(isTerm).map((word) => word.slice(0, LONGEST));
  return words.flatMap((word) => {
    if (HAS_UNSPACED.test(word)) return (word.match(UNSPACED) ?? []).flatMap(pairsOf);
    return isTerm(word) ? [word.slice(0, LONGEST)] : [];
  });
}

function pairsOf(run: string): string[] {
  const signs = [...run];
  return signs.length === 1 ? signs : signs.slice(1).map((sign, index) => `${signs[index]}${sign}`);
}
