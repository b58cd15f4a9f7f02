/** The words of a macro, with what is filled into them. */
export const MACRO_VARIABLES = ['requester', 'ticket', 'agent', 'desk', 'subject'] as const;
export type MacroVariable = (typeof MACRO_VARIABLES)[number];

const VARIABLE = /\{\{\s{0,9}([^{}\s]{1,40})\s{0,9}\}\}/g;

export function variablesIn(text: string): string[] {
  return [...text.matchAll(VARIABLE)].map(([, name]) => name as string);
}

/** Each is filled in once: braces in a subject stay what they are. */
export function fillIn(text: string, values: Readonly<Record<MacroVariable, string>>): string {
  return text.replace(VARIABLE, (written, name: string) => {
    const known = MACRO_VARIABLES.find((each) => each === name);
    return known ? values[known] : written;
  });
}
