// One screen's part of the view.
import type { ClientView } from '@beside/kit/generated/ClientView.ts';

export type ScreenView<Name extends ClientView['screen']> = Extract<ClientView, { screen: Name }>;
