/** What a program of bench/ can be told: it declares that once, and its help, its checks and its types come of it. */
import { basename } from 'node:path';
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';

interface Declared<T> {
  what: string;
  otherwise: T;
  /** As usage shows it; a flag has none. */
  value?: string;
  /** It is said without `--name`. */
  isArgument?: true;
  allowed?: string;
  /** Undefined for what is not allowed. */
  read?(said: string): T | undefined;
}
type Declarations = Record<string, Declared<unknown>>;
type Values<D extends Declarations> = { [Name in keyof D]: D[Name]['otherwise'] };

/** Of this process. `--help` ends it with 0, and what is not allowed with 2. */
export function optionsOf<D extends Declarations>(about: string, declared: D): Values<D> {
  const name = `node bench/${basename(process.argv[1] ?? '')}`;
  try {
    return readOptions(new Command(name).description(about), declared, process.argv.slice(2));
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    process.exit(error.exitCode === 0 ? 0 : 2);
  }
}

/** Throws CommanderError when it has said all that there is to say. */
export function readOptions<D extends Declarations>(
  command: Command,
  declared: D,
  said: readonly string[],
): Values<D> {
  command.exitOverride().showHelpAfterError().helpOption('--help', 'say this');
  const values = Object.entries(declared).map(([name, { what, otherwise, value, ...each }]) => {
    if (each.isArgument) {
      command.argument(value ?? '', what);
      return [name, () => command.args] as const;
    }
    const option = new Option(value ? `--${name} ${value}` : `--${name}`, what);
    if (value && otherwise !== undefined) option.default(otherwise, String(otherwise));
    const { read, allowed } = each;
    if (read)
      option.argParser((text) => {
        const found = read(text);
        if (found === undefined) throw new InvalidArgumentError(`Allowed is ${allowed}.`);
        return found;
      });
    command.addOption(option);
    return [name, () => command.getOptionValue(option.attributeName()) ?? otherwise] as const;
  });
  command.parse(said, { from: 'user' });
  return Object.fromEntries(values.map(([name, value]) => [name, value()])) as Values<D>;
}

export function flag(what: string): Declared<boolean> {
  return { what, otherwise: false };
}

export function text(value: string, what: string): Declared<string | undefined> {
  // Else `--out --json` would write a file of that name.
  const read = (said: string) => (/^(?!--)./.test(said) ? said : undefined);
  return { what, otherwise: undefined, value, allowed: 'what does not begin with --', read };
}

export function whole<T extends number | undefined>(
  what: string,
  otherwise: T,
  least = 1,
): Declared<number | T> {
  return number(
    what,
    otherwise,
    `a whole number from ${least}`,
    (n) => Number.isSafeInteger(n) && n >= least,
  );
}

/** `allowed` says in words what `fits`. */
export function number<T extends number | undefined>(
  what: string,
  otherwise: T,
  allowed: string,
  fits: (n: number) => boolean,
): Declared<number | T> {
  const read = (said: string) =>
    /^\d+(\.\d+)?$/.test(said) && fits(Number(said)) ? Number(said) : undefined;
  return { what, otherwise, value: '<n>', allowed, read };
}

export function oneOf<Name extends string>(what: string, names: readonly Name[]): Declared<Name | undefined> {
  const allowed = names.join(', ');
  const read = (said: string) => names.find((name) => name === said);
  return { what: `${what}: ${allowed}`, otherwise: undefined, value: '<name>', allowed, read };
}

export function several<T>(
  { what, value, allowed, read }: Declared<T>,
  otherwise: readonly NonNullable<T>[],
): Declared<readonly NonNullable<T>[]> {
  return {
    ...{ what, otherwise, value: value?.replace('>', ',…>') ?? '' },
    allowed: `${allowed}, or several with commas between them`,
    read: (said) => {
      const all = said.split(',').map((one) => read?.(one) ?? undefined);
      return all.every((one) => one !== undefined) ? all : undefined;
    },
  };
}

/** `<folder>` must be said, `[folder]` may be, and `[file...]` may be several. */
export function argument(value: string, what: string): Declared<readonly string[]> {
  return { what, otherwise: [], value, isArgument: true };
}
