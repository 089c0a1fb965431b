// Every page of the console, at a desk and in a small window, with empty lists, trouble, and dialogs.
import { FakeConsoleBroker } from './console-broker.ts';
import { origin } from './broker.ts';
import { everywhere, type Place, type Showing } from './run.ts';

type Play = (screen: {
  showing: Showing;
  broker: FakeConsoleBroker;
  /** Loads a page anew, whatever was shown before. */
  visit: (path: string, testid: string) => Promise<void>;
}) => Promise<void>;

const plays: Record<string, Play> = {
  async signin({ showing: { page, look }, broker, visit }) {
    broker.signedIn = false;
    await visit('/console/sessions', 'signin');
    await look('0-signin');
    broker.instead.set('POST /console/sign-in', { status: 429, code: 'too_many_tries', retry_after: 30 });
    await page.getByTestId('signin-name').fill('minji.kim');
    await page.getByTestId('signin-password').fill('harbour lantern quilt');
    await page.getByTestId('signin-submit').click();
    await page.getByTestId('signin-error').waitFor();
    await look('0-signin-waits');
    broker.instead.set('POST /console/sign-in', { status: 401, code: 'second_factor_needed' });
    await page.getByTestId('signin-password').fill('harbour lantern quilt');
    await page.getByTestId('signin-submit').click();
    await page.getByTestId('second-step').waitFor();
    await look('0-signin-factor');
  },

  async wall({ showing: { page, look }, broker, visit }) {
    await visit('/console', 'running');
    await page.clock.runFor(1_100);
    await look('1-wall');
    broker.live = { at: broker.data.live.at, operators: [], waiting: [], running: [] };
    await visit('/console', 'running');
    await look('1-wall-empty');
    broker.live = null;
    await visit('/console', 'wall');
    await page.clock.runFor(400);
    await look('1-wall-connecting');
  },

  async sessions({ showing: { page, look }, broker, visit }) {
    await visit('/console/sessions', 'table-sessions');
    await page.getByTestId('count').waitFor();
    await look('2-sessions');
    await page.keyboard.press('j');
    await page.keyboard.press('j');
    await look('2-sessions-row');
    await visit('/console/sessions?period=28d&weekday=0&hour=9&device=K7Q2-9XMB-41TD&carried=direct', 'table-sessions');
    await page.getByTestId('count').waitFor();
    await look('2-sessions-cell');
    await visit('/console/sessions?period=7d&end=lost', 'table-sessions');
    await page.getByTestId('count').waitFor();
    await look('2-sessions-filtered');
    await page.getByTestId('export').click();
    await page.getByTestId('confirm').waitFor();
    await look('2-sessions-factor');
    broker.instead.set('GET /sessions', { value: { items: [] } });
    await visit('/console/sessions?end=lost', 'empty');
    await look('2-sessions-none');
    broker.instead.set('GET /sessions', 'cut');
    await visit('/console/sessions', 'trouble');
    await look('2-sessions-trouble');
    broker.instead.set('GET /sessions', 'silent');
    await visit('/console/sessions', 'table-sessions');
    await page.clock.runFor(400);
    await look('2-sessions-loading');
  },

  async export({ showing: { page, look }, broker, visit }) {
    broker.steppedUpUntil = Number.MAX_SAFE_INTEGER;
    await visit('/console/sessions', 'table-sessions');
    await page.getByTestId('export').click();
    await page.getByTestId('confirm-reason').fill('Monthly report');
    await look('2-sessions-export');
  },

  async session({ showing: { page, look }, broker, visit }) {
    await visit('/console/sessions/session-3', 'moments');
    await page.keyboard.press('j');
    await page.keyboard.press('j');
    await look('3-session');
    broker.instead.set('GET /sessions/session-9', { status: 404, code: 'not_found' });
    await visit('/console/sessions/session-9', 'trouble');
    await look('3-session-none');
  },

  async graphs({ showing: { page, look }, broker, visit }) {
    await visit('/console/graphs', 'table-week');
    await look('4-graphs');
    await page.keyboard.press('t');
    await look('4-graphs-tables');
    await visit('/console/graphs?split=customer', 'table-parts');
    await page.getByTestId('table-parts').scrollIntoViewIfNeeded();
    await look('4-graphs-customers');
    broker.instead.set('GET /statistics', {
      status: 503,
      code: 'overloaded',
      retry_after: 2,
      reasons: ['statistics_loading'],
    });
    await visit('/console/graphs', 'trouble');
    await look('4-graphs-loading');
  },

  async report({ showing: { page, look }, visit }) {
    await visit('/console/report', 'summary');
    await look('4-report');
    // As wide as a sheet of A4 is.
    await page.setViewportSize({ width: 794, height: 1123 });
    await page.emulateMedia({ media: 'print' });
    await page.waitForFunction(() =>
      [...document.querySelectorAll('.chart')].every(
        (chart) => Number(chart.querySelector('svg')?.getAttribute('width')) === chart.clientWidth,
      ),
    );
    // What follows from that is drawn with the next frame of the installed clock.
    await page.clock.runFor(100);
    await look('4-report-print');
    await page.emulateMedia({ media: 'screen' });
  },

  async people({ showing: { page, look }, broker, visit }) {
    await visit('/console/people', 'table-people');
    await page.getByTestId('count').waitFor();
    await look('5-people');
    broker.steppedUpUntil = Number.MAX_SAFE_INTEGER;
    await visit('/console/people', 'table-people');
    await page.getByTestId('invite').click();
    await page.getByTestId('invite-name').fill(broker.name);
    await page.getByTestId('confirm-reason').fill('New colleague');
    await look('5-people-invite');
    await page.getByTestId('confirm-act').click();
    await page.getByTestId('shown').waitFor();
    await look('5-people-link');
    await visit('/console/people/u-8', 'addresses');
    await page.getByRole('table').waitFor();
    await look('5-person');
    broker.instead.set('POST /accounts/u-8/addresses', { status: 409, code: 'would_lock_out' });
    await page.getByTestId('address-range').fill('192.0.2.0/24');
    await page.getByTestId('address-add').click();
    await page.getByTestId('confirm-reason').fill('Branch office');
    await page.getByTestId('confirm-act').click();
    await page.getByTestId('confirm-anyway').waitFor();
    await look('5-person-lock-out');
    await visit('/console/groups', 'table-groups');
    await page.getByTestId('count').waitFor();
    await look('5-groups');
    await visit('/console/groups/g-0', 'addresses');
    await page.getByRole('table').waitFor();
    await look('5-group');
    await page.getByTestId('hours-change').click();
    await page.getByTestId('hours-zone').waitFor();
    await look('5-group-hours');
  },

  async rules({ showing: { page, look }, broker, visit }) {
    await visit('/console/alerts', 'table-alerts');
    await page.getByTestId('count').waitFor();
    await look('6-alerts');
    await visit('/console/policy', 'policy-failures');
    await look('6-policy');
    broker.role = 'auditor';
    await visit('/console/policy', 'policy-failures');
    await look('6-policy-auditor');
  },

  async audit({ showing: { page, look }, broker, visit }) {
    await visit('/console/audit', 'table-audit');
    await page.getByTestId('count').waitFor();
    await look('7-audit');
    await page.keyboard.press('j');
    await page.keyboard.press('Enter');
    await page.getByTestId('entry').waitFor();
    await look('7-audit-entry');
    await visit('/console/reviews', 'table-reviews');
    await page.getByTestId('count').waitFor();
    await look('7-reviews');
    broker.role = 'auditor';
    await visit('/console/reviews/2026-10', 'verification');
    await look('7-review');
    await page.getByTestId('sign-off').click();
    await page.getByTestId('confirm').waitFor();
    await look('7-review-sign');
  },

  async system({ showing: { page, look }, broker, visit }) {
    await visit('/console/system', 'verification');
    await page.getByTestId('healthy').waitFor();
    await look('8-system');
    await visit('/console/backups', 'backups-standing');
    await look('8-backups');
    const settings = broker.data.backups.settings ?? null;
    const failed = { at: broker.data.backups.backups[0]?.made_at ?? 0, fault: 'no_room' };
    broker.instead.set('GET /backups', { value: { settings, backups: [], failed } });
    await visit('/console/backups', 'backups-standing');
    await look('8-backups-failed');
    broker.instead.set('GET /backups', { value: { backups: [] } });
    await visit('/console/backups', 'empty');
    await look('8-backups-off');
    await visit('/console/outlets', 'outlet-mail');
    await look('8-outlets');
    broker.instead.set('GET /outlets', { value: { outlets: [] } });
    await visit('/console/outlets', 'empty');
    await look('8-outlets-none');
    await visit('/console/tokens', 'table-tokens');
    await page.getByTestId('count').waitFor();
    await look('8-tokens');
    broker.instead.set('GET /tokens', { value: [] });
    await visit('/console/tokens', 'empty');
    await look('8-tokens-none');
    broker.role = 'supervisor';
    await visit('/console/tokens', 'no-page');
    await look('8-not-allowed');
    await page.getByTestId('account').click();
    await page.getByTestId('theme-dark').waitFor();
    await look('8-account');
  },
};

const demands = { target: 24, scrolls: true };
const rules = ['target-size'];

for (const [name, play] of Object.entries(plays)) {
  const places: Place[] = [
    { name: `app-${name}`, width: 1440, height: 900, zooms: [1], demands, rules },
    { name: `app-${name}-small`, width: 1024, height: 700, zooms: [1], themes: ['light'], demands, rules },
  ];
  for (const place of places) {
    everywhere(place, async (showing) => {
      const broker = new FakeConsoleBroker(showing.language);
      await broker.install(showing.page);
      const visit = async (path: string, testid: string) => {
        await showing.page.goto('about:blank');
        await showing.page.goto(`${origin}${path}`);
        await showing.page.getByTestId(testid).first().waitFor();
      };
      await play({ showing, broker, visit });
    });
  }
}
