/** The room that a line takes in a font of one width: East Asian characters take that of two (UAX 11). */
export function columns(text: string): number {
  return text.length + (text.match(EACH_WIDE)?.length ?? 0);
}

export const WIDE_RANGE =
  '\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6';
const EACH_WIDE = new RegExp(`[${WIDE_RANGE}]`, 'g');
