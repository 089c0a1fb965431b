// Rights of a session as its screens ask for them.
import type { ManagerRightView } from '@beside/kit/generated/ManagerRightView.ts';
import type { Right } from '@beside/kit/generated/Right.ts';
import type { SessionView } from '@beside/kit/generated/SessionView.ts';

export function rightOf(session: SessionView, right: Right): ManagerRightView | null {
  return session.rights.find((row) => row.right === right) ?? null;
}

/** Mouse and keyboard reach the customer right now. */
export function controls(session: SessionView): boolean {
  return rightOf(session, 'control')?.state === 'on' && session.path !== null && session.held === null;
}
