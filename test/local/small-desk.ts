/** Runs the desk in very small until it is ended: `node small-desk.ts <data folder> <assembly> <speed>`. */
import { startDesk } from '../../local/desk.ts';

const [dataDir = '', assembly = '', speed = '1'] = process.argv.slice(2);
const desk = await startDesk(
  { dataDir, fresh: false, smtpPort: 0, webPort: 0, relay: null, speed: Number(speed) },
  async () => assembly,
);
process.stdout.write(
  `${JSON.stringify({ smtpPort: desk.smtpPort, webPort: desk.webPort, endpoint: desk.endpoint })}\n`,
);
