/** SSM's Parameter Store: the few parameters that the desk keeps. */
import { AwsFault } from './fault.ts';
import type { Service } from './gateway.ts';
import type { Fields } from './protocol.ts';
import type { State } from './state.ts';

/** SecureStrings are not encrypted here: whoever reads the data folder may read the desk's mail as well. */
export function openParameters(state: State, account: { region: string; accountId: string }): Service {
  const { db } = state;
  db.exec(
    'CREATE TABLE IF NOT EXISTS parameters (name TEXT PRIMARY KEY, type TEXT NOT NULL, value TEXT NOT NULL, version INTEGER NOT NULL, modified INTEGER NOT NULL) STRICT',
  );
  const find = db.prepare('SELECT * FROM parameters WHERE name = ?');
  const write = db.prepare('INSERT OR REPLACE INTO parameters VALUES (?, ?, ?, ?, ?)');
  const remove = db.prepare('DELETE FROM parameters WHERE name = ?');
  const arn = (name: unknown) =>
    `arn:aws:ssm:${account.region}:${account.accountId}:parameter/${String(name).replace(/^\//, '')}`;

  const described = (name: string, decrypt: boolean): Fields | null => {
    const row = find.get(name);
    if (!row) return null;
    const hidden = row.type === 'SecureString' && !decrypt;
    return {
      ARN: arn(name),
      Name: name,
      Type: row.type,
      Value: hidden ? Buffer.from('encrypted').toString('base64') : row.value,
      Version: row.version,
      DataType: 'text',
      LastModifiedDate: Number(row.modified) / 1000,
    };
  };

  return {
    protocol: 'json-1.1',
    operations: {
      PutParameter(input) {
        const name = String(input.Name);
        const there = find.get(name);
        if (there && input.Overwrite !== true)
          throw new AwsFault(
            'ParameterAlreadyExists',
            'The parameter already exists. To overwrite this value, set the overwrite option in the request to true.',
          );
        const value = String(input.Value ?? '');
        if (Buffer.byteLength(value) > 4096)
          throw new AwsFault(
            'ValidationException',
            'Standard tier parameters support a maximum parameter value of 4096 characters.',
          );
        const version = Number(there?.version ?? 0) + 1;
        write.run(name, String(input.Type ?? there?.type ?? 'String'), value, version, Date.now());
        return { Version: version, Tier: 'Standard' };
      },
      GetParameter(input) {
        const parameter = described(String(input.Name), input.WithDecryption === true);
        if (!parameter) throw new AwsFault('ParameterNotFound', `Parameter ${input.Name} not found.`);
        return { Parameter: parameter };
      },
      GetParameters(input) {
        const names = input.Names as string[];
        const found = names.map((name) => described(name, input.WithDecryption === true));
        return {
          Parameters: found.filter((parameter) => parameter !== null),
          InvalidParameters: names.filter((_, index) => found[index] === null),
        };
      },
      DeleteParameter(input) {
        const { changes } = remove.run(String(input.Name));
        if (changes === 0) throw new AwsFault('ParameterNotFound', `Parameter ${input.Name} not found.`);
        return {};
      },
    },
    needs: (operation, input) =>
      (operation === 'GetParameters' ? (input.Names as string[]) : [input.Name]).map((name) => ({
        action: `ssm:${operation}`,
        resource: arn(name),
      })),
  };
}
