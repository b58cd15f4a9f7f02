/** What a check says. Facts are gathered first, with what could not be learned and why; findings are then decided from them alone. */

export interface Finding {
  /** Its name, as `desk deploy --despite` takes it. */
  check: string;
  /**
   * `problem`: somebody has to do something. `waits`: it comes by itself, or with what is done next. `unknown`: it could not be
   * looked at, and why.
   */
  state: 'fine' | 'problem' | 'waits' | 'unknown';
  seen: string;
  wanted: string;
  remedy: string | null;
}

export type Fact<T> = { known: true; value: T } | { known: false; why: string };

/** A lookup that fails, or takes longer than `within` milliseconds, is a fact that is not known. */
export async function look<T>(lookup: () => Promise<T>, within: number): Promise<Fact<T>> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<Fact<T>>((resolve) => {
    timer = setTimeout(resolve, within, { known: false, why: `no answer within ${within / 1000} s` });
  });
  try {
    return await Promise.race([late, lookup().then((value) => ({ known: true as const, value }))]);
  } catch (error) {
    return { known: false, why: whyNot(error) };
  } finally {
    clearTimeout(timer);
  }
}

function whyNot(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return `${error.name}: ${error.message}`.split('\n', 1)[0]?.slice(0, 300) ?? error.name;
}

/** The findings of a fact: `unknown` as long as it is not known. */
export function of<T>(
  check: string,
  wanted: string,
  fact: Fact<T>,
  decide: (value: T) => Omit<Finding, 'check' | 'wanted' | 'remedy'> & { remedy?: string },
): Finding {
  if (!fact.known) return { check, wanted, state: 'unknown', seen: fact.why, remedy: null };
  const { state, seen, remedy = null } = decide(fact.value);
  return { check, state, seen, wanted, remedy };
}

export interface Diagnosis {
  findings: Finding[];
  counts: Record<Finding['state'], number>;
}

export function diagnosis(findings: Finding[]): Diagnosis {
  const counts = { fine: 0, problem: 0, waits: 0, unknown: 0 };
  for (const { state } of findings) counts[state] += 1;
  return { findings, counts };
}
