/** What the changelog says between two versions. Under `### When you upgrade` stands what an admin has to do. */

export interface Note {
  version: string;
  /** What has to be done, in the changelog's own words. */
  todo: string[];
  /** The first words of each other entry. */
  changes: string[];
}

/** `from`: the deployed version; null: from before stacks said theirs, and then everything counts. Newest first, as it stands there. */
export function notesBetween(changelog: string, from: string | null): Note[] {
  const sections = changelog.split(/^## /m).slice(1);
  return sections
    .map((section): Note => {
      const [head = '', ...lines] = section.split('\n');
      const [changes = '', todo = ''] = lines.join('\n').split(/^### When you upgrade\s*$/m);
      return {
        version: /^\S+/.exec(head)?.[0] ?? '',
        todo: entries(todo.split(/^### /m)[0] ?? ''),
        changes: entries(changes).map(firstWords),
      };
    })
    .filter(({ version }) => !/^\d/.test(version) || from === null || isNewer(version, from));
}

/** Paragraphs that begin with a dash, each in one line. */
function entries(text: string): string[] {
  return text
    .split(/^- /m)
    .slice(1)
    .map(
      (entry) =>
        entry
          .split(/\n\s*\n/)[0]
          ?.replace(/\s+/g, ' ')
          .trim() ?? '',
    );
}

function firstWords(entry: string): string {
  const bold = /^\*\*(.+?)\*\*/.exec(entry)?.[1];
  return (bold ?? entry.split(/(?<=[.:])\s/)[0] ?? entry).replace(/[.:]$/, '');
}

function isNewer(version: string, than: string): boolean {
  const [a, b] = [version, than].map((each) => each.split('.').map((part) => Number.parseInt(part, 10) || 0));
  for (let at = 0; at < 3; at += 1) {
    const difference = (a?.[at] ?? 0) - (b?.[at] ?? 0);
    if (difference !== 0) return difference > 0;
  }
  return false;
}

export function describeNotes({
  from,
  to,
  notes,
}: {
  from: string | null;
  to: string;
  notes: Note[];
}): string {
  const todo = notes.flatMap((note) => note.todo);
  return [
    `From ${from ?? 'a version that does not say its number'} to ${to}, this folder.`,
    '',
    todo.length > 0 ? 'To do:' : 'There is nothing to do but desk deploy.',
    ...todo.map((each) => `  - ${each}`),
    ...notes.flatMap(({ version, changes }) => ['', `${version}:`, ...changes.map((each) => `  ${each}`)]),
  ].join('\n');
}
