// Another site, in the same browser: what it may try against the console of whoever is signed in there.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A site with one empty page. Its origin differs from the broker's; `localhost` even is another site for cookies. */
export async function openSite(): Promise<{ origin: string; close: () => Promise<void> }> {
  const server = createServer((_, answer) => {
    answer.setHeader('content-type', 'text/html');
    answer.end(
      '<!doctype html><meta charset="utf-8"><title>elsewhere</title><link rel="icon" href="data:,"><p>elsewhere</p>',
    );
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as AddressInfo;
  return {
    origin: `http://localhost:${port}`,
    close: () => new Promise((closed, failed) => server.close((error) => (error ? failed(error) : closed()))),
  };
}
