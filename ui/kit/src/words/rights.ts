// The customer's names and signs for what can be allowed.
import type { Right } from '../generated/Right';
import type { IconName } from '../icons.ts';
import { m } from '../paraglide/messages.js';

export const rightWord: Record<Right, () => string> = {
  view: m.right_view,
  control: m.right_control,
  clipboard: m.right_clipboard,
  files: m.right_files,
  recording: m.right_recording,
  restart: m.right_restart,
  system_information: m.right_system_information,
};

export const rightIcon: Record<Right, IconName> = {
  view: 'eye',
  control: 'hand',
  clipboard: 'clipboard',
  files: 'folder',
  recording: 'record',
  restart: 'power',
  system_information: 'info',
};
