// What the two apps can be asked for. Controllers answer with a new view; a command by itself tells the page nothing.
import { invoke } from '@tauri-apps/api/core';

import type { ClientSettings } from './generated/ClientSettings';
import type { Note } from './generated/Note';
import type { PageInput } from './generated/PageInput';
import type { Rating } from './generated/Rating';
import type { Right } from './generated/Right';

type Arguments = Record<string, unknown>;

/** A command whose answer is the next view. A refusal is a fault of ours: it goes to the log, the view stays true. */
function tell(command: string, args?: Arguments): void {
  invoke(command, args).catch((error: unknown) => console.error(command, error));
}

export const client = {
  settings: () => invoke<ClientSettings>('settings'),
  submitBroker: (address: string) => tell('submit_broker', { address }),
  submitCode: (code: string) => tell('submit_code', { code }),
  renewDevice: () => tell('renew_device'),
  cancel: () => tell('cancel'),
  setName: (name: string) => tell('set_name', { name }),
  continueWho: () => tell('continue_who'),
  haveRead: () => tell('have_read'),
  typeNumber: (number: string) => tell('type_number', { number }),
  answer: (allow: boolean) => tell('answer', { allow }),
  answerRequest: (right: Right, allow: boolean) => tell('answer_request', { right, allow }),
  turnOff: (right: Right) => tell('turn_off', { right }),
  stop: () => tell('stop'),
  rate: (rating: Rating) => tell('rate', { rating }),
  done: () => tell('done'),
  setLanguage: (language: string) => tell('set_language', { language }),
  resizePill: (open: boolean) => tell('resize_pill', { open }),
};

export const manager = {
  settings: () => invoke<{ language: string }>('settings'),
  signIn: (broker: string, name: string, password: string) => tell('sign_in', { broker, name, password }),
  answerSecondFactor: (answer: string) => tell('answer_second_factor', { answer }),
  cancelSignIn: () => tell('cancel_sign_in'),
  signOut: () => tell('sign_out'),
  newCode: () => tell('new_code'),
  setAway: (away: boolean) => tell('set_away', { away }),
  accept: (sid: string) => tell('accept', { sid }),
  decline: (sid: string) => tell('decline', { sid }),
  typeNumber: (sid: string, number: string) => tell('type_number', { sid, number }),
  confirmNumber: (sid: string) => tell('confirm_number', { sid }),
  ask: (sid: string, right: Right, reason: string) => tell('ask', { sid, right, reason }),
  giveBack: (sid: string, right: Right) => tell('give_back', { sid, right }),
  endSession: (sid: string) => tell('end_session', { sid }),
  noteSession: (sid: string, note: Note) => tell('note_session', { sid, note }),
  closeSession: (sid: string) => tell('close_session', { sid }),
  /** Resolves when the controller has taken the events, so that the next ones can't overtake them. */
  sendInput: (sid: string, events: PageInput[]) => invoke<void>('send_input', { sid, events }),
  /** This page's canvas is empty: the next picture is whole. */
  startPicture: (sid: string) => invoke<void>('start_picture', { sid }),
  /** Resolves with the next changes of the picture; rejects once the session is over. */
  nextPicture: (sid: string) => invoke<ArrayBuffer>('next_picture', { sid }),
  setLanguage: (language: string) => tell('set_language', { language }),
};
