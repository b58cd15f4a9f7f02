/** The files that macros attach: which there may be, and what a desk knows of each. */
import { createHash } from 'node:crypto';
import type { Path } from './check.ts';
import { listed } from './suggest.ts';

export interface MacroFile {
  /** As its reader sees it. */
  name: string;
  contentType: string;
  /** Octets. */
  size: number;
  /** What it is called beside the function's code: by its content, so that another content is another desk. */
  beside: string;
}

interface Wrong {
  /** From the macros on. */
  path: Path;
  message: string;
  allowed: string;
}

/** Octets of one macro's files: a mail has room for 7 MB (parts.ts), and whoever answers attaches some of his own. */
const MOST_OF_ONE = 5_000_000;
/** Of all: Lambda takes 250 MB with the code, and unpacks them before a new environment's first call. */
const MOST_OF_ALL = 25_000_000;

/** What every reader can open. Programs, and documents with macros, arrive nowhere. */
const CONTENT_TYPES: Readonly<Record<string, string>> = {
  pdf: 'application/pdf',
  png: 'image/png',
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  gif: 'image/gif',
  txt: 'text/plain',
  csv: 'text/csv',
  ics: 'text/calendar',
  zip: 'application/zip',
  docx: 'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  pptx: 'application/vnd.openxmlformats-officedocument.presentationml.presentation',
  odt: 'application/vnd.oasis.opendocument.text',
  ods: 'application/vnd.oasis.opendocument.spreadsheet',
  odp: 'application/vnd.oasis.opendocument.presentation',
};

/** `read` gives the content of a path, or why it cannot. `files`: one list for each macro. `contents`: by their names beside the code. */
export function readMacroFiles(
  macros: readonly { files?: readonly string[] | undefined }[],
  read: (path: string) => Uint8Array | { refused: string },
): { files: MacroFile[][]; contents: Record<string, Uint8Array>; wrong: Wrong[] } {
  const contents: Record<string, Uint8Array> = {};
  const wrong: Wrong[] = [];
  let ofAll = 0;
  const files = macros.map(({ files: paths = [] }, at) => {
    let ofOne = 0;
    return paths.flatMap((path, nth): MacroFile[] => {
      const place: Path = [at, 'files', nth];
      const name = path.split('/').at(-1) ?? '';
      const contentType = CONTENT_TYPES[/\.([a-z]+)$/i.exec(name)?.[1]?.toLowerCase() ?? ''];
      if (!leadsDown(path))
        wrong.push({ path: place, message: 'it leads out of the folder of desk.yaml', allowed: DOWNWARDS });
      else if (!contentType)
        wrong.push({
          path: place,
          message: 'files of this kind do not arrive everywhere',
          allowed: `a file that ends in ${listed(Object.keys(CONTENT_TYPES))}`,
        });
      else {
        const content = read(path);
        if ('refused' in content) {
          wrong.push({ path: place, message: content.refused, allowed: DOWNWARDS });
          return [];
        }
        const size = content.length;
        const beside = `macro-${createHash('sha256').update(content).digest('hex')}`;
        ofOne += size;
        if (!Object.hasOwn(contents, beside)) ofAll += size;
        contents[beside] = content;
        if (size === 0)
          wrong.push({ path: place, message: 'it is empty', allowed: 'a file with something in it' });
        else if (ofOne > MOST_OF_ONE || ofAll > MOST_OF_ALL)
          wrong.push({
            path: place,
            message: `with it they are ${ofOne > MOST_OF_ONE ? ofOne : ofAll} octets, more than can travel`,
            allowed: `at most ${MOST_OF_ONE} octets for one macro, and ${MOST_OF_ALL} for all`,
          });
        return [{ name, contentType, size, beside }];
      }
      return [];
    });
  });
  return { files, contents, wrong };
}

const DOWNWARDS = 'the path of a file beside or below desk.yaml, such as guides/vpn.pdf';

function leadsDown(path: string): boolean {
  const steps = path.split('/');
  return !/[\\:\p{Cc}]/u.test(path) && steps.every((step) => step !== '' && step !== '.' && step !== '..');
}
