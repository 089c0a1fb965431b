// Some people at work: operators at their desks, customers who wait and who are helped.
import { Client, Manager } from './apps.ts';
import { hire, unique } from './person.ts';

const OPERATORS = ['정유진', '田中美咲', 'Hannah Lindqvist', '최서연'];
const PATHS = ['direct_udp', 'relay', 'direct_tcp'];

/** Opens the office; it is closed by the function that is returned. */
export async function openOffice(): Promise<() => void> {
  const managers = await Promise.all(OPERATORS.map(async (name) => Manager.open(await hire('operator', unique(name)))));
  const clients: Client[] = [];
  for (const [place, manager] of managers.slice(0, 3).entries()) {
    const client = new Client();
    clients.push(client);
    await client.knock(await manager.code(), '김하늘');
    await manager.accept();
    await client.begin();
    await client.tell({ kind: 'path', path: PATHS[place], delay_ms: 12 + 17 * place });
  }
  for (const manager of managers.slice(0, 2)) {
    const client = new Client();
    clients.push(client);
    await client.knock(await manager.code());
  }
  return () => [...clients, ...managers].forEach((socket) => socket.close());
}
