/**
 * What a classic help desk takes of this machine's processor for the mails that ours is measured with: Request Tracker 5 with
 * PostgreSQL, of Debian's packages, in a temporary folder. Nothing of an installation that is there is used or changed.
 *
 * A mail goes the way that its manual gives: a mail server hands it to `rt-mailgate`, which hands it to the web server. A
 * new mail is acknowledged to its requester, and one agent is told, as with us; what leaves is written to a file.
 * https://docs.bestpractical.com/rt/5.0/rt-mailgate.html
 */
import { type ChildProcess, execFileSync, type SpawnOptions, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  chownSync,
  existsSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../local/dynamodb.ts';
import { described, machine, rounded, table } from './figures.ts';
import { ordinaryMail, storedOf, type Worded } from './mails.ts';
import { flag, optionsOf, whole } from './options.ts';
import { endedCpuMs, treeCpuMs } from './processes.ts';

const { json, mails } = optionsOf('What Request Tracker 5 takes of this machine’s processor for a mail.', {
  mails: whole('of each kind', 60),
  json: flag('print one JSON document'),
});

const RT = '/usr/share/request-tracker5';
const MAILGATE = '/usr/bin/rt-mailgate-5';
const WARM_UP = 12;
const AGENT = 'agent@desk.example.test';
const NAME = 'desk.example.test';

/** Whoever writes may open a ticket and answer it, and one agent is told of all. */
const SETUP = `
use RT; RT::LoadConfig(); RT::Init();
sub ok { my ($ok, $said) = @_; die $said unless $ok }
my $queue = RT::Queue->new(RT->SystemUser); ok($queue->Load('General'));
my $everyone = RT::Group->new(RT->SystemUser); ok($everyone->LoadSystemInternalGroup('Everyone'));
ok($everyone->PrincipalObj->GrantRight(Right => $_, Object => $queue)) for qw(CreateTicket ReplyToTicket);
my $staff = RT::Group->new(RT->SystemUser); ok($staff->LoadSystemInternalGroup('Privileged'));
ok($staff->PrincipalObj->GrantRight(Right => $_, Object => $queue)) for qw(SeeQueue ShowTicket OwnTicket Watch WatchAsAdminCc);
my $agent = RT::User->new(RT->SystemUser);
ok($agent->Create(Name => 'agent', EmailAddress => '${AGENT}', Privileged => 1));
ok($queue->AddWatcher(Type => 'AdminCc', PrincipalId => $agent->PrincipalId));
`;

const [initdb] = globSync('/usr/lib/postgresql/*/bin/initdb').sort().reverse();
const isThere = [`${RT}/libexec/rt-server`, MAILGATE, '/usr/bin/starman'].every((path) => existsSync(path));
if (!initdb || !isThere) {
  console.error(
    'Request Tracker 5 is not here. Debian has it: apt-get install --no-install-recommends request-tracker5 rt5-db-postgresql rt5-standalone rt5-clients postgresql starman',
  );
  process.exit(2);
}

const folder = mkdtempSync(join(tmpdir(), 'replydesk-classic-'));
const outbox = join(folder, 'outbox');
const children: ChildProcess[] = [];
try {
  const figures = await measured(initdb);
  if (json) console.log(JSON.stringify(figures, null, 2));
  else {
    console.log(`${described(figures.machine)}; Request Tracker ${figures.version}\n`);
    console.log(
      table([
        ['CPU a mail, ms', 'mail server’s side', 'web server', 'database', 'all', 'mails out', 'a fifteenth'],
        ...figures.rounds.map(({ name, gate, web, database, all, out }) =>
          [name, gate, web, database, all, out, rounded(all / 15, 1)].map(String),
        ),
      ]),
    );
  }
} finally {
  for (const child of children.reverse()) {
    child.kill('SIGTERM');
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  }
  rmSync(folder, { recursive: true, force: true });
}

async function measured(initdb: string) {
  chmodSync(folder, 0o755);
  const database = await startDatabase(initdb);
  const port = await freePort();
  configure(port);
  run('/usr/sbin/rt-setup-database-5', ['--action', 'init', '--dba', 'postgres', '--dba-password', '']);
  run('perl', [`-I${RT}/lib`, '-e', SETUP]);
  const web = start(`${RT}/libexec/rt-server`, [
    '--server',
    'Starman',
    '--port',
    String(port),
    '--workers',
    '2',
  ]);
  await until(() => isOpen(port), 'the web server does not answer');
  const send = (raw: Uint8Array) =>
    run(
      MAILGATE,
      ['--queue', 'General', '--action', 'correspond', '--url', `http://127.0.0.1:${port}/`],
      raw,
    );

  const round = async (name: string, many: number, mailOf: (n: number) => Worded) => {
    const raws = await Promise.all(Array.from({ length: many }, (_, n) => storedOf(mailOf(n))));
    const before = [
      treeCpuMs(web.pid ?? 0),
      treeCpuMs(database.pid ?? 0),
      endedCpuMs(process.pid),
      leftSoFar(),
    ];
    for (const raw of raws) send(raw);
    const after = [
      treeCpuMs(web.pid ?? 0),
      treeCpuMs(database.pid ?? 0),
      endedCpuMs(process.pid),
      leftSoFar(),
    ];
    const [ofWeb, ofDatabase, gate, out] = after.map((at, n) =>
      rounded((at - (before[n] ?? 0)) / many, 1),
    ) as [number, number, number, number];
    if (out < 1) throw new Error(`${name}: ${out} mails left for each that came in: it was not taken`);
    return { name, gate, web: ofWeb, database: ofDatabase, all: rounded(gate + ofWeb + ofDatabase, 1), out };
  };
  const reply = (n: number): Worded => {
    const { subject, ...mail } = ordinaryMail(n);
    return {
      ...mail,
      subject: `Re: [${NAME} #${n + 1}] ${subject}`,
      says: ['It works again since noon, thank you.'],
    };
  };
  // Tickets are numbered in the order in which their mails come.
  await round('warming up', WARM_UP, ordinaryMail);
  await round('warming up', WARM_UP, reply);
  const here = machine();
  const rounds = [
    await round('new mail', mails, (n) => ordinaryMail(WARM_UP + n)),
    await round('reply', mails, (n) => reply(WARM_UP + n)),
  ];
  return { machine: here, version: version(), mails, rounds };
}

/** PostgreSQL refuses to run as root; Debian's package brings a user for it. */
async function startDatabase(initdb: string): Promise<ChildProcess> {
  const data = join(folder, 'data');
  const isRoot = process.getuid?.() === 0;
  const id = (flag: string) => Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }));
  const as: SpawnOptions = isRoot ? { uid: id('-u'), gid: id('-g') } : {};
  mkdirSync(data);
  if (isRoot) for (const path of [folder, data]) chownSync(path, id('-u'), id('-g'));
  execFileSync(initdb, ['-D', data, '-A', 'trust', '-U', 'postgres'], {
    ...as,
    stdio: ['ignore', 'ignore', 'pipe'],
    cwd: folder,
  } as never);
  const database = start(initdb.replace(/initdb$/, 'postgres'), ['-D', data, '-k', folder, '-h', ''], as);
  await until(() => existsSync(join(folder, '.s.PGSQL.5432')), 'the database does not begin');
  return database;
}

function configure(port: number): void {
  const sendmail = join(folder, 'sendmail');
  writeFileSync(outbox, '');
  chmodSync(outbox, 0o666);
  writeFileSync(sendmail, `#!/bin/sh\nexec cat >> ${outbox}\n`);
  chmodSync(sendmail, 0o755);
  const settings = {
    ...{
      DatabaseType: 'Pg',
      DatabaseHost: folder,
      DatabaseName: 'rt5',
      DatabaseUser: 'rt',
      DatabaseAdmin: 'postgres',
    },
    ...{ DatabasePassword: 'rt', DatabasePort: '5432', rtname: NAME, Organization: NAME, WebPath: '' },
    ...{
      WebDomain: '127.0.0.1',
      WebPort: String(port),
      CorrespondAddress: `support@${NAME}`,
      CommentAddress: `comment@${NAME}`,
    },
    ...{ MailCommand: 'sendmailpipe', SendmailPath: sendmail, LogToSTDERR: 'error' },
  };
  const lines = Object.entries(settings).map(([name, value]) => `Set($${name}, '${value}');`);
  writeFileSync(
    join(folder, 'RT_SiteConfig.pm'),
    [...lines, 'Set($LogToSyslog, undef);', '1;', ''].join('\n'),
  );
  mkdirSync(join(folder, 'more'));
}

function environment(): NodeJS.ProcessEnv {
  return {
    ...process.env,
    RT_SITE_CONFIG: join(folder, 'RT_SiteConfig.pm'),
    RT_SITE_CONFIG_DIR: join(folder, 'more'),
  };
}

function start(command: string, args: string[], as: SpawnOptions = {}): ChildProcess {
  const child = spawn(command, args, { ...as, env: environment(), cwd: folder, stdio: 'ignore' });
  children.push(child);
  return child;
}

function run(command: string, args: string[], input: Uint8Array = new Uint8Array()): void {
  execFileSync(command, args, { input, env: environment(), cwd: folder, stdio: ['pipe', 'pipe', 'pipe'] });
}

function version(): string {
  return execFileSync('perl', [`-I${RT}/lib`, '-MRT', '-e', 'print $RT::VERSION'], {
    env: environment(),
    encoding: 'utf8',
  });
}

function leftSoFar(): number {
  return readFileSync(outbox, 'latin1').match(/^X-RT-Loop-Prevention: /gm)?.length ?? 0;
}

async function isOpen(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

async function until(holds: () => boolean | Promise<boolean>, otherwise: string): Promise<void> {
  for (let looks = 0; !(await holds()); looks++) {
    if (looks === 240) throw new Error(`${otherwise} after a minute`);
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}
