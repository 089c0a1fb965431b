// Who could be asked for: the operators of the last year's sessions that the caller may see.
import type { Person } from '../../../generated/api.ts';
import type { Api } from '../../api.ts';
import { spanOf } from '../../time/periods.ts';

export class Operators {
  known = $state.raw<Person[]>([]);

  async read(api: Api): Promise<void> {
    const query = { ...spanOf('year', Date.now()), bucket: 'month' as const, split: 'operator' as const };
    const answer = await api.ask('get', '/statistics', { query });
    if (answer.ok) this.known = (answer.value.parts ?? []).flatMap(({ of }) => (of ? [of] : []));
  }

  /** As a list to choose from; one that is asked for is there also if nothing is known of it. */
  options(asked: string, everybody: string): { value: string; name: string }[] {
    const known = this.known.map(({ id, name }) => ({ value: id, name }));
    const missing = asked !== '' && !known.some(({ value }) => value === asked);
    return [{ value: '', name: everybody }, ...(missing ? [{ value: asked, name: asked }] : []), ...known];
  }
}
