// What the customer has decided, in the operator's words.
import type { ConsentView } from '@beside/kit/generated/ConsentView.ts';
import { m } from '@beside/kit/paraglide/messages.js';
import { leftText } from '@beside/kit/time.ts';

export function consentWords(consent: ConsentView, left: (ms: number) => number): string {
  switch (consent.state) {
    case 'deciding':
      return m.consent_deciding({ time: leftText(left(consent.left_ms)) });
    case 'allowed':
      return m.consent_allowed();
    case 'refused':
      return m.consent_refused();
  }
}
