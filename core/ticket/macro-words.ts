/** Words of desk.yaml, and what is filled into them. */
export const MACRO_VARIABLES = ['requester', 'ticket', 'agent', 'desk', 'subject'] as const;

const VARIABLE = /\{\{\s{0,9}([^{}\s]{1,40})\s{0,9}\}\}/g;

export function variablesIn(text: string): string[] {
  return [...text.matchAll(VARIABLE)].map(([, name]) => name as string);
}

/** Each is filled in once: braces in a subject stay what they are. */
export function fillIn(text: string, values: Readonly<Record<string, string>>): string {
  return text.replace(VARIABLE, (written, name: string) =>
    Object.hasOwn(values, name) ? (values[name] as string) : written,
  );
}
