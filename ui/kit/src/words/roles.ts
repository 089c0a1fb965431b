// What an account may do, in one word.
import { m } from '../paraglide/messages.js';

export type Role = 'administrator' | 'supervisor' | 'operator' | 'auditor';

export const roleWord: Record<Role, () => string> = {
  administrator: m.account_administrator,
  supervisor: m.account_supervisor,
  operator: m.account_operator,
  auditor: m.account_auditor,
};
