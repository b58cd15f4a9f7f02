/**
 * DynamoDB in memory, as far as the desk asks for it: items in the form of the wire, conditions and updates by their
 * expressions. A sweep makes millions of calls, each of which is several milliseconds at a real engine; that both come to the same
 * end is tried in test/drill.test.ts.
 */
import { NamedError } from './fault.ts';

/** As the API has it: `{ S: 'a' }`, `{ N: '1' }`, `{ M: {…} }`. */
export type Value = Record<string, unknown>;
export type Item = Record<string, Value>;

export interface Written {
  isNew: boolean;
  item: Item;
}

export interface Items {
  all: Map<string, Item>;
  /** What was written, in its order. */
  stream: Written[];
  /** Tokens of the transactions that were made: the SDK sends one again when it heard no answer. */
  tokens: Set<string>;
}

interface Asked {
  Key?: Item;
  Item?: Item;
  ConditionExpression?: string;
  KeyConditionExpression?: string;
  UpdateExpression?: string;
  ExpressionAttributeNames?: Record<string, string>;
  ExpressionAttributeValues?: Item;
}

interface Input extends Asked {
  TransactItems: Record<string, Asked>[];
  RequestItems: Record<string, { Keys: Item[] }>;
  ClientRequestToken?: string;
  IndexName?: string;
  ScanIndexForward?: boolean;
  Limit?: number;
  ExclusiveStartKey?: Item;
}

export function emptyItems(): Items {
  return { all: new Map(), stream: [], tokens: new Set() };
}

const MOST_OF_TRANSACTION = 100;

/** What the action answers. Throws NamedError by the name that the API gives it. */
export function ask(items: Items, action: string, input: Input): unknown {
  switch (action) {
    case 'GetItem':
      return { Item: items.all.get(nameOf(input.Key)) };
    case 'BatchGetItem': {
      const [[table, { Keys }] = ['', { Keys: [] as Item[] }]] = Object.entries(input.RequestItems);
      return {
        Responses: { [table]: Keys.flatMap((key) => items.all.get(nameOf(key)) ?? []) },
        UnprocessedKeys: {},
      };
    }
    case 'Query':
      return query(items, input);
    case 'Scan':
      return { Items: [...items.all.values()] };
    case 'PutItem':
    case 'DeleteItem':
    case 'UpdateItem': {
      const write = { [action.replace('Item', '')]: input };
      if (!holds(items, write))
        throw new NamedError('ConditionalCheckFailedException', 'The conditional request failed');
      const after = make(items, write);
      return action === 'UpdateItem' ? { Attributes: after } : {};
    }
    case 'TransactWriteItems':
      return transact(items, input);
    default:
      throw new TypeError(`the drill's table knows no ${action}`);
  }
}

function transact(items: Items, { TransactItems, ClientRequestToken: token }: Input): unknown {
  if (token && items.tokens.has(token)) return {};
  const names = TransactItems.map((write) => nameOf(keyOf(write)));
  if (new Set(names).size < names.length || names.length > MOST_OF_TRANSACTION)
    throw new NamedError('ValidationException', 'one write for an item, and a hundred at the most');
  const held = TransactItems.map((write) => holds(items, write));
  if (held.includes(false))
    throw new NamedError('TransactionCanceledException', 'Transaction cancelled', {
      CancellationReasons: held.map((is) => ({ Code: is ? 'None' : 'ConditionalCheckFailed' })),
    });
  for (const write of TransactItems) make(items, write);
  if (token) items.tokens.add(token);
  return {};
}

const INDEXES: Record<string, { prefix: string; keysOnly: boolean }> = {
  open: { prefix: 'open', keysOnly: true },
  hands: { prefix: 'hands', keysOnly: true },
  listing: { prefix: 'list', keysOnly: false },
};

function query(items: Items, input: Input): unknown {
  const index = input.IndexName ? INDEXES[input.IndexName] : undefined;
  const sort = index ? `${index.prefix}Sk` : 'sk';
  const found = [...items.all.values()]
    .filter((item) => item[sort] && isTrue(input.KeyConditionExpression ?? '', item, input))
    .sort((a, b) => compare(a[sort] as Value, b[sort] as Value) || (nameOf(a) < nameOf(b) ? -1 : 1));
  if (input.ScanIndexForward === false) found.reverse();
  const start = input.ExclusiveStartKey;
  const from = start ? found.findIndex((item) => nameOf(item) === nameOf(start)) + 1 : 0;
  const until = from + (input.Limit ?? found.length);
  const Items = found.slice(from, until);
  const names = ['pk', 'sk', ...(index ? [`${index.prefix}Pk`, sort] : [])];
  const keysOf = (item: Item) => Object.fromEntries(names.map((name) => [name, item[name]]));
  const last = until < found.length ? Items.at(-1) : undefined;
  return {
    Items: index?.keysOnly ? Items.map(keysOf) : Items,
    ...(last ? { LastEvaluatedKey: keysOf(last) } : {}),
  };
}

function nameOf(key: Item = {}): string {
  return `${key.pk?.S} ${key.sk?.S}`;
}

function keyOf({ Put, Update, Delete, ConditionCheck }: Record<string, Asked>): Item | undefined {
  return Put?.Item ?? (Update ?? Delete ?? ConditionCheck)?.Key;
}

function holds(items: Items, write: Record<string, Asked>): boolean {
  const [asked = {}] = Object.values(write);
  if (!asked.ConditionExpression) return true;
  return isTrue(asked.ConditionExpression, items.all.get(nameOf(keyOf(write))) ?? {}, asked);
}

/** The item as it is then. */
function make(items: Items, write: Record<string, Asked>): Item | undefined {
  const name = nameOf(keyOf(write));
  const before = items.all.get(name);
  if (write.ConditionCheck) return before;
  if (write.Delete) {
    items.all.delete(name);
    return before;
  }
  const { Put, Update } = write;
  const after = Put?.Item ?? updated({ ...Update?.Key, ...structuredClone(before ?? {}) }, Update ?? {});
  items.all.set(name, after);
  items.stream.push({ isNew: !before, item: after });
  return after;
}

type Token = string;
const TOKENS = /\s*(<=|>=|<>|[=<>(),+-]|[\w#:.]+)/gy;

/** The adapters have a few dozen expressions, and ask with them again and again. */
const read = new Map<string, readonly Token[]>();

function tokensOf(expression: string): readonly Token[] {
  const tokens = read.get(expression) ?? [...expression.matchAll(TOKENS)].map(([, token]) => token as Token);
  read.set(expression, tokens);
  return tokens;
}

/** A path through names and maps. */
function pathOf(token: Token, names: Record<string, string> = {}): string[] {
  return token.split('.').map((part) => names[part] ?? part);
}

function at(item: Item, path: readonly string[]): Value | undefined {
  let found: Value | undefined = { M: item };
  for (const part of path) found = (found?.M as Item | undefined)?.[part];
  return found;
}

function put(item: Item, path: readonly string[], value: Value | undefined): void {
  const parent = path.length === 1 ? item : (at(item, path.slice(0, -1))?.M as Item | undefined);
  if (!parent) throw new NamedError('ValidationException', 'The document path is invalid for update');
  const last = path.at(-1) as string;
  if (value === undefined) delete parent[last];
  else parent[last] = value;
}

function compare(a: Value, b: Value): number {
  if ('N' in a && 'N' in b) return Number(a.N) - Number(b.N);
  const [left, right] = [String(Object.values(a)[0]), String(Object.values(b)[0])];
  return left === right ? 0 : left < right ? -1 : 1;
}

function isTrue(expression: string, item: Item, asked: Asked): boolean {
  const tokens = tokensOf(expression);
  let place = 0;
  const next = () => tokens[place++] ?? '';
  const value = (): Value | undefined => {
    const token = next();
    return token.startsWith(':')
      ? asked.ExpressionAttributeValues?.[token]
      : at(item, pathOf(token, asked.ExpressionAttributeNames));
  };
  const either = (): boolean => {
    let held = both();
    while (tokens[place] === 'OR') {
      place++;
      const other = both();
      held = held || other;
    }
    return held;
  };
  const both = (): boolean => {
    let held = one();
    while (tokens[place] === 'AND') {
      place++;
      const other = one();
      held = held && other;
    }
    return held;
  };
  const called = (): Value[] => {
    const given: Value[] = [];
    next();
    while (tokens[place] !== ')') {
      given.push(value() as Value);
      if (tokens[place] === ',') place++;
    }
    next();
    return given;
  };
  const one = (): boolean => {
    switch (tokens[place]) {
      case '(': {
        next();
        const held = either();
        next();
        return held;
      }
      case 'attribute_exists':
        next();
        return called()[0] !== undefined;
      case 'attribute_not_exists':
        next();
        return called()[0] === undefined;
      case 'begins_with': {
        next();
        const [whole, begin] = called();
        return whole !== undefined && String(whole.S).startsWith(String(begin?.S));
      }
    }
    const left = value();
    const operator = next();
    const right = value();
    if (operator === 'BETWEEN') {
      next();
      const last = value();
      return Boolean(left && right && last && compare(left, right) >= 0 && compare(left, last) <= 0);
    }
    if (!left || !right) return operator === '<>';
    const order = compare(left, right);
    switch (operator) {
      case '=':
        return order === 0;
      case '<>':
        return order !== 0;
      case '<':
        return order < 0;
      case '<=':
        return order <= 0;
      case '>':
        return order > 0;
      case '>=':
        return order >= 0;
      default:
        throw new TypeError(`the drill's table knows no «${operator}» in ${expression}`);
    }
  };
  return either();
}

/** SET with a value or `if_not_exists`, ADD of numbers, REMOVE. */
function updated(item: Item, asked: Asked): Item {
  const {
    UpdateExpression = '',
    ExpressionAttributeNames: names,
    ExpressionAttributeValues: values = {},
  } = asked;
  const before = structuredClone(item);
  const parts = UpdateExpression.split(/\b(SET|ADD|REMOVE)\b/).slice(1);
  for (let part = 0; part < parts.length; part += 2) {
    const [verb, clauses = ''] = [parts[part], parts[part + 1]];
    for (const clause of clauses.split(/,(?![^(]*\))/)) {
      const tokens = tokensOf(clause);
      const path = pathOf(tokens[0] as Token, names);
      if (verb === 'REMOVE') put(item, path, undefined);
      else if (verb === 'ADD') {
        const sum = Number(at(before, path)?.N ?? 0) + Number(values[tokens[1] as Token]?.N);
        put(item, path, { N: String(sum) });
      } else if (tokens[2] === 'if_not_exists')
        put(item, path, at(before, pathOf(tokens[4] as Token, names)) ?? values[tokens[6] as Token]);
      else put(item, path, values[tokens[2] as Token]);
    }
  }
  return item;
}
