/** What was learned from filed tickets, for `classify.ts` to ask where the rules of desk.yaml have found no clue. */
import { type Guess, guesser } from './guess.ts';
import { ASPECTS, type Aspect, type Model, readModel } from './model.ts';

/** Of a text, the category that people would file it under. */
export type Learned = (text: string) => Opinion;
/** The same of whoever may have none. */
export type Asked = (text: string) => Opinion | undefined;

export interface Opinion {
  category: string;
  /** From 0 to 1. */
  confidence: number;
  /** Whether nine of ten such opinions were right on tickets that were held out, and there are words to show for it. */
  isSure: boolean;
  /** The words that spoke most for it, the strongest first. */
  closest: string[];
  /** All that it may be, the likeliest first: itself. */
  likeliest: string[];
  /** What else it is sure of. */
  aspects?: Partial<Record<Aspect, Guess>>;
  /** Whose it is, when it is that of a model in the account. */
  model?: string;
}

export function learnedFrom(model: Model): Learned {
  const { guess, likeliest, closest } = guesser(model);
  const beside = ASPECTS.flatMap((of) => {
    const { [of]: aspect } = model.aspects ?? {};
    return aspect ? [{ of, sure: aspect.sure, guess: guesser(aspect).guess }] : [];
  });
  return (text) => {
    const { label, confidence } = guess(text);
    const words = closest(text, label, CLOSEST);
    const sure = beside.flatMap(({ of, sure, guess }) => {
      const found = guess(text);
      return sure !== null && found.confidence >= sure ? [[of, found] as const] : [];
    });
    return {
      category: label,
      confidence,
      isSure: model.sure !== null && confidence >= model.sure && words.length > 0,
      closest: words,
      likeliest: likeliest(text),
      ...(sure.length > 0 ? { aspects: Object.fromEntries(sure) } : {}),
    };
  };
}

/** `file`: what `desk train` wrote. Throws when it is none, damaged, or of a newer desk. */
export function openLearned(file: Uint8Array): Learned {
  const read = readModel(file);
  if (!read.ok) throw new TypeError(`the model is ${read.reason}: ${read.detail}`);
  return learnedFrom(read.model);
}

/** As many as a reason has room for. */
const CLOSEST = 3;
