import type { Consult, Outcome } from '../contract';
import { m } from '../paraglide/messages.js';

const OUTCOMES: Record<Outcome, () => string> = {
  answered: m.outcome_answered,
  no_answer: m.outcome_no_answer,
  rejected: m.outcome_rejected,
  busy: m.outcome_busy,
  cancelled: m.outcome_cancelled,
  voicemail: m.outcome_voicemail,
  answered_elsewhere: m.outcome_answered_elsewhere,
  unknown: m.outcome_unknown,
};

const STATES: Record<Consult['state'], () => string> = {
  dialling: m.consult_dialling,
  ringing: m.consult_ringing,
  connected: m.consult_connected,
  held: m.consult_held,
  ended: m.consult_ended,
  unheard: m.consult_unheard,
};

/** How far a call came, or how it ended. */
export function consultWords({ state, outcome }: Consult): string {
  return state === 'ended' && outcome !== null ? OUTCOMES[outcome]() : STATES[state]();
}

/** How long was or is talked, in milliseconds; nothing when nobody answered. */
export function talked(consult: Consult, now: number): number | null {
  if (consult.answered_at === null) return null;
  const end = consult.ended_at === null ? now : Date.parse(consult.ended_at);
  return end - Date.parse(consult.answered_at);
}
