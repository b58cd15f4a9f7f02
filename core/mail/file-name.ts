/**
 * Names of files. They come from outside and may hold anything: a path, a line break, a character that turns the
 * extension around (U+202E), the name of a device. One form is for us to store under, the other for people to see.
 */

/** In characters. With the extension, and far from what any file system allows. */
const LONGEST_STORED = 80;
const LONGEST_SHOWN = 120;

/** Letters, digits, dots, hyphens and underscores; not empty. Safe as the last part of a key and as one word of a shell's line. */
export function safeName(name: string): string {
  const clean = name
    .toWellFormed()
    .normalize('NFC')
    .replace(/[^\p{L}\p{N}._-]+/gu, '_');
  return notReserved(trimmed(shortened(trimmed(clean), LONGEST_STORED, ''))) || 'file';
}

/** As the sender named it, as far as every system can take it. `index` tells nameless files apart. */
export function shownName(name: string, index: number): string {
  const clean = name
    .toWellFormed()
    .replace(CONTROLS, ' ')
    .replace(INVISIBLE, '')
    .trim()
    .replace(/[/\\<>:"|?*]/g, '_');
  return (
    notReserved(shortened(clean, LONGEST_SHOWN, '…').replace(/(?<![. ])[. ]+$/, '')) || `file-${index + 1}`
  );
}

/** A second file of the same name would be written over the first: `scan.pdf`, `scan (2).pdf`. */
export function shownNames(names: readonly string[]): string[] {
  const taken = new Set<string>();
  const tries = new Map<string, number>();
  return names.map((given, index) => {
    const name = shownName(given, index);
    let free = name;
    let n = tries.get(name.toLowerCase()) ?? 1;
    while (taken.has(free.toLowerCase())) free = numbered(name, ++n);
    tries.set(name.toLowerCase(), n);
    taken.add(free.toLowerCase());
    return free;
  });
}

function numbered(name: string, n: number): string {
  const extension = extensionOf(name);
  return `${name.slice(0, name.length - extension.length)} (${n})${extension}`;
}

const CONTROLS = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g;
/** Marks of direction, and what has no width and joins no letters: two names that look alike would be two files. */
const INVISIBLE = /[\u00ad\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]/g;

/** Windows drops dots and spaces at the end; a dot in front hides a file. */
function trimmed(name: string): string {
  return name.replace(/^\.+/, '').replace(/(?<![. ])[. ]+$/, '');
}

/** Windows knows these as devices, with any extension. */
function notReserved(name: string): string {
  return /^(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(\.|$)/i.test(name) ? `_${name}` : name;
}

/** The extension stays: it is what opens the file, and what warns of it. */
function shortened(name: string, most: number, mark: string): string {
  const letters = [...name.slice(0, 4 * most)];
  if (letters.length <= most) return name;
  const extension = [...extensionOf(name)];
  return `${letters.slice(0, most - extension.length - mark.length).join('')}${mark}${extension.join('')}`;
}

function extensionOf(name: string): string {
  return /(?<=.)(?:\.tar)?\.[\p{L}\p{N}_-]{1,12}$/u.exec(name.slice(-30))?.[0] ?? '';
}
