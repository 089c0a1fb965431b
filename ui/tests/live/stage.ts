// The broker that everything here is shown on: `cargo xtask` sets it up and writes down where it is.
import { readFileSync } from 'node:fs';

export interface Stage {
  /** The broker's program and configuration, for its command line. */
  program: string;
  config: string;
  /** Where it listens for the public and for administration, `host:port`. */
  public: string;
  administration: string;
  /** Its certificate, in PEM. */
  certificate: string;
  /** Sessions of its year. */
  sessions: number;
  /** A folder for what the tests hand on to each other. */
  work: string;
  /** Where pictures of the pages go. */
  pictures: string;
  /** Where figures are written down. */
  figures: string;
}

function read(): Stage & { console: string } {
  const file = process.env['BESIDE_STAGE'];
  if (file === undefined) throw new Error('there is no stage: start this with `cargo xtask test --only console`');
  const stage = JSON.parse(readFileSync(file, 'utf8')) as Stage;
  return { ...stage, console: `https://${stage.administration}` };
}

export const stage = read();
