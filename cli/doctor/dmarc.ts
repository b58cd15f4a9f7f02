/** DMARC records (RFC 7489), found by walking up from a domain to the last two labels. */

export type Policy = 'none' | 'quarantine' | 'reject';

export interface Dmarc {
  /** Where the record stands: the domain itself, or one above. */
  at: string;
  policy: Policy;
}

type Texts = (name: string) => Promise<string[][]>;

/** `resolveTxt` as node:dns has it: rejects with ENOTFOUND or ENODATA where nothing is. */
export async function findDmarc(domain: string, resolveTxt: Texts): Promise<Dmarc | null> {
  const labels = domain.split('.');
  for (let above = 0; above <= labels.length - 2 && above < MOST_LABELS; above += 1) {
    const at = labels.slice(above).join('.');
    const policy = readDmarc(await textsAt(`_dmarc.${at}`, resolveTxt), at !== domain);
    if (policy) return { at, policy };
  }
  return null;
}

/** RFC 7489 6.6.3: of several records none counts. `inherited`: for a domain below, which `sp` speaks of. */
export function readDmarc(texts: readonly string[], inherited: boolean): Policy | null {
  const records = texts.filter((text) => /^v=DMARC1\s*(;|$)/.test(text));
  if (records.length !== 1) return null;
  const tags = new Map(
    (records[0] as string).split(';').map((tag) => {
      const [name = '', value = ''] = tag.split('=', 2);
      return [name.trim().toLowerCase(), value.trim().toLowerCase()];
    }),
  );
  const said = (inherited ? tags.get('sp') : undefined) ?? tags.get('p');
  return POLICIES.find((policy) => policy === said) ?? null;
}

const POLICIES: readonly Policy[] = ['none', 'quarantine', 'reject'];
/** A domain of a hundred labels costs no more lookups than a deep one. */
const MOST_LABELS = 5;

async function textsAt(name: string, resolveTxt: Texts): Promise<string[]> {
  try {
    return (await resolveTxt(name)).map((pieces) => pieces.join(''));
  } catch (error) {
    if (isNothing(error)) return [];
    throw error;
  }
}

/** What node:dns rejects with where a name, or a record of this type, does not exist. */
export function isNothing(error: unknown): boolean {
  return (
    error instanceof Error && ['ENOTFOUND', 'ENODATA'].includes((error as NodeJS.ErrnoException).code ?? '')
  );
}
