// Every screen of the broker's pages, at a desk and on the narrowest telephone.
import { casts } from './people.ts';
import {
  FakeBroker,
  choosePassword,
  goodPassword,
  kept,
  opened,
  origin,
  recoveryCodes,
  type Refusal,
} from './broker.ts';
import { everywhere, type Place, type Showing } from './run.ts';

type Play = (screen: {
  showing: Showing;
  broker: FakeBroker;
  /** Loads a page anew, whatever was shown before. */
  visit: (path: string) => Promise<void>;
  /** Visits an account link. */
  link: (changes?: Parameters<typeof opened>[0]) => Promise<void>;
}) => Promise<void>;

const refused = (reasons: string[]) => () => ({ value: { accepted: false, reasons } }) as never;

const plays: Record<string, Play> = {
  async public({ showing: { page, look, language }, broker, visit }) {
    broker.about = {
      value: {
        organisation: casts[language].organisation.name,
        security_contact: 'security@daonbank.example',
        privacy_contact: 'https://www.daonbank.example/privacy/contact',
      },
    };
    await visit('/');
    await page.getByTestId('security-txt').waitFor();
    await look('0-public');
    broker.about = {
      value: {
        organisation: casts[language].long.organisation?.name ?? '',
        security_contact: 'information-security-incident-response@digital-services.daonbank.example',
        privacy_contact: 'Room 4, Harbour Street 12',
      },
    };
    await visit('/');
    await page.getByTestId('security-txt').waitFor();
    await look('0-public-long');
    broker.about = { value: { organisation: null, security_contact: null, privacy_contact: null } };
    await visit('/');
    await page.getByTestId('security-txt').waitFor();
    await look('0-public-bare');
    broker.about = 'cut';
    await visit('/');
    await page.getByTestId('retry').waitFor();
    await look('0-public-trouble');
    broker.about = 'silent';
    await visit('/');
    await page.getByTestId('public').waitFor();
    await page.clock.runFor(400);
    await look('0-public-loading');
  },

  async stopped({ showing: { page, look }, broker, visit }) {
    const stops: [string, Refusal][] = [
      ['invalid', { status: 404, code: 'link_invalid' }],
      ['unreachable', 'cut'],
      ['waits', { status: 429, code: 'too_many_tries', retry_after: 90 }],
    ];
    for (const [name, refusal] of stops) {
      broker.open = refusal;
      await visit('/account#token');
      await page.getByTestId('stopped').waitFor();
      await look(`1-stopped-${name}`);
    }
    await visit('/account');
    await page.locator('[data-error=missing]').waitFor();
    await look('1-stopped-missing');
  },

  async welcome({ showing: { page, look, language }, link }) {
    await link();
    await page.getByTestId('start').waitFor();
    await look('2-welcome');
    await link({ ...kept, role: 'administrator', name: casts[language].long.name ?? '' });
    await page.getByTestId('start').waitFor();
    await look('2-welcome-lost');
  },

  async password({ showing: { page, look }, broker, link }) {
    await link();
    await page.getByTestId('start').click();
    await look('3-password');
    await page.getByTestId('password-submit').click();
    await look('3-password-none');
    await page.getByTestId('password-input').pressSequentially('harbour');
    await look('3-password-short');
    await page.getByTestId('password-input').fill(goodPassword);
    await page.clock.runFor(500);
    await page.locator('[data-verdict=accepted]').waitFor();
    await look('3-password-good');
    await page.getByTestId('repeated-input').fill('harbour lantern kilt');
    await page.getByTestId('password-submit').click();
    await look('3-password-differs');
    await page.getByTestId('make').click();
    await page.clock.runFor(500);
    await page.locator('[data-verdict=accepted]').waitFor();
    await look('3-password-made');
    broker.judge = refused(['not_mixed', 'breached', 'name_inside', 'keyboard_pattern']);
    await link({ rules: { minimum_length: 15, mixed: true } });
    await page.getByTestId('start').click();
    await page.getByTestId('password-input').fill('minji.kim.qwertyuiop');
    await page.clock.runFor(500);
    await page.locator('[data-verdict=refused]').waitFor();
    await look('3-password-refused');
    broker.judge = () => 'cut';
    await page.getByTestId('password-input').fill(goodPassword);
    await page.clock.runFor(500);
    await page.getByTestId('trouble').waitFor();
    await look('3-password-unknown');
  },

  async 'new-factor'({ showing: { page, look }, broker, link }) {
    await link();
    await choosePassword(page);
    await page.getByTestId('new-factor').waitFor();
    await look('4-factor');
    broker.finish = { status: 401, code: 'second_factor_refused' };
    await page.getByTestId('factor-input').pressSequentially('482916');
    await page.getByTestId('factor-error').waitFor();
    await page.getByTestId('factor-input').pressSequentially('48');
    await look('4-factor-refused');
    await link({ second_factor: 'possible', role: 'auditor' });
    await choosePassword(page);
    await page.getByTestId('new-factor').waitFor();
    await look('4-factor-possible');
    broker.finish = { status: 422, code: 'password_refused', reasons: ['breached', 'organisation_inside'] };
    await page.getByTestId('skip').click();
    await page.getByTestId('password-input').waitFor();
    await look('4-factor-password-refused');
  },

  async 'kept-factor'({ showing: { page, look }, broker, link }) {
    await link(kept);
    await choosePassword(page);
    await page.getByTestId('kept-factor').waitFor();
    await look('4-kept');
    broker.finish = 'silent';
    await page.getByTestId('factor-input').pressSequentially('482916');
    await look('4-kept-saving');
    broker.finish = { status: 401, code: 'second_factor_refused' };
    await link(kept);
    await choosePassword(page);
    await page.getByTestId('factor-turn').click();
    await page.getByTestId('recovery-input').fill('kmrt-x7wd');
    await page.getByTestId('recovery-submit').click();
    await page.getByTestId('factor-error').waitFor();
    await look('4-kept-recovery');
    broker.finish = { status: 429, code: 'too_many_tries', retry_after: 600 };
    await page.getByTestId('recovery-submit').click();
    await page.locator('[data-error=too_many_tries]').waitFor();
    await look('4-kept-tries');
  },

  async end({ showing: { page, look, language }, broker, link }) {
    broker.finish = { value: { recovery_codes: recoveryCodes } };
    await link({ name: casts[language].helper.name ?? '' });
    await choosePassword(page);
    await page.getByTestId('factor-input').pressSequentially('482916');
    await page.getByTestId('codes').waitFor();
    await look('5-codes');
    await page.getByTestId('done').click();
    await look('5-codes-remind');
    await page.getByTestId('kept').check();
    await page.getByTestId('done').click();
    await page.getByTestId('account-done').waitFor();
    await look('6-done');
    broker.finish = { value: { recovery_codes: [] } };
    await link({ second_factor: 'possible', role: 'supervisor', name: casts[language].long.name ?? '' });
    await choosePassword(page);
    await page.getByTestId('skip').click();
    await page.getByTestId('account-done').waitFor();
    await look('6-done-console');
    await link(kept);
    await choosePassword(page);
    await page.getByTestId('factor-input').pressSequentially('482916');
    await page.getByTestId('account-done').waitFor();
    await look('6-done-lost');
    broker.finish = 'cut';
    await link(kept);
    await choosePassword(page);
    await page.getByTestId('factor-input').pressSequentially('482916');
    await page.locator('[data-error=broker_unreachable]').waitFor();
    await look('6-unanswered');
    broker.finish = { status: 404, code: 'link_invalid' };
    await page.getByTestId('factor-input').pressSequentially('482917');
    await page.locator('[data-error=unsure]').waitFor();
    await look('6-unsure');
  },
};

const demands = { target: 24, scrolls: true };
const rules = ['target-size'];

for (const [name, play] of Object.entries(plays)) {
  const places: Place[] = [
    { name: `console-${name}`, width: 1280, height: 800, zooms: [1, 2], demands, rules },
    { name: `console-${name}-narrow`, width: 320, height: 640, zooms: [1], themes: ['light'], demands, rules },
  ];
  for (const place of places) {
    everywhere(place, async (showing) => {
      const broker = new FakeBroker();
      await broker.install(showing.page);
      const visit = async (path: string) => {
        await showing.page.goto('about:blank');
        await showing.page.goto(`${origin}${path}`);
      };
      const link = (changes: Parameters<typeof opened>[0] = {}) => {
        broker.open = { value: opened(changes) };
        return visit('/account#token');
      };
      await play({ showing, broker, visit, link });
    });
  }
}
