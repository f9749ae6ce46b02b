import type { Failure } from '../contract';
import { m } from '../paraglide/messages.js';
import { shortAge } from './age';
import { count } from './count';
import { timeOfDay } from './time';

type Sentences = { [Code in Failure['code']]: (failure: Extract<Failure, { code: Code }>) => string };

const SENTENCES: Sentences = {
  not_a_number: () => m.failure_not_a_number(),
  not_their_number: () => m.failure_not_their_number(),
  no_number: () => m.failure_no_number(),
  unknown_person: () => m.failure_unknown_person(),
  no_dialer: () => m.failure_no_dialer(),
  wrong_client: () => m.failure_wrong_client(),
  unknown_account: () => m.failure_unknown_account(),
  app_not_activated: () => m.failure_app_not_activated(),
  app_removed: () => m.failure_app_removed(),
  jwt_ended: () => m.failure_jwt_ended(),
  missing_scope: ({ scopes }) => m.failure_missing_scope({ scopes: scopes.join(', ') }),
  no_permission: () => m.failure_no_permission(),
  phone_not_enabled: () => m.failure_phone_not_enabled(),
  slow_down: ({ retry_secs }) => m.failure_slow_down({ seconds: shortAge(retry_secs * 1000) }),
  daily_limit: ({ until }) => m.failure_daily_limit({ time: timeOfDay(Date.parse(until)) ?? until }),
  zoom_trouble: ({ status }) => m.failure_zoom_trouble({ status }),
  zoom_unreachable: () => m.failure_zoom_unreachable(),
  subscription_refused: () => m.failure_subscription_refused(),
  clock_wrong: ({ ahead_secs }) => m.failure_clock_wrong({ offset: shortAge(Math.abs(ahead_secs) * 1000) }),
  relay_busy: ({ retry_secs }) => m.failure_relay_busy({ seconds: shortAge(retry_secs * 1000) }),
  relay_unreachable: () => m.failure_relay_unreachable(),
  not_admitted: () => m.failure_not_admitted(),
  not_an_invitation: () => m.failure_not_an_invitation(),
  not_a_relay_address: () => m.failure_not_a_relay_address(),
  relay_not_encrypted: () => m.failure_relay_not_encrypted(),
  not_a_relay: () => m.failure_not_a_relay(),
  certificate_refused: () => m.failure_certificate_refused(),
  code_refused: () => m.failure_code_refused(),
  session_ended: () => m.failure_session_ended(),
  sign_in_unknown: () => m.failure_sign_in_unknown(),
  sign_in_timed_out: () => m.failure_sign_in_timed_out(),
  sign_in_refused: () => m.failure_sign_in_refused(),
  signed_out_here_only: () => m.failure_signed_out_here_only(),
  protocol_too_old: ({ relay, desk }) => m.failure_protocol_too_old({ relay, desk }),
  relay_too_old: ({ relay, desk }) => m.failure_relay_too_old({ relay, desk }),
  keychain_unavailable: () => m.failure_keychain_unavailable(),
  keychain_locked: () => m.failure_keychain_locked(),
  database_set_aside: ({ kept_as, restored }) =>
    restored
      ? m.failure_database_set_aside_restored({ file: kept_as })
      : m.failure_database_set_aside({ file: kept_as }),
  database_too_new: ({ kept_as, restored }) =>
    restored
      ? m.failure_database_too_new_restored({ file: kept_as })
      : m.failure_database_too_new({ file: kept_as }),
  database_unwritable: () => m.failure_database_unwritable(),
  too_many_favourites: ({ most }) => m.failure_too_many_favourites({ most: count(most) }),
  too_many_folders: ({ most }) => m.failure_too_many_folders({ most: count(most) }),
  too_many_groups: ({ most }) => m.failure_too_many_groups({ most: count(most) }),
  not_a_name: ({ most }) => m.failure_not_a_name({ most: count(most) }),
  name_taken: () => m.failure_name_taken(),
  not_a_question: () => m.failure_not_a_question(),
  not_in_the_lists: () => m.failure_not_in_the_lists(),
  not_a_group_link: () => m.failure_not_a_group_link(),
  not_a_group_file: () => m.failure_not_a_group_file(),
  group_file_too_new: ({ version }) => m.failure_group_file_too_new({ version }),
  file_unwritable: () => m.failure_file_unwritable(),
  bad_field: ({ field }) => m.failure_bad_field({ field }),
  not_for_this_role: () => m.failure_not_for_this_role(),
  internal: ({ reference }) => m.failure_internal({ reference }),
};

/** The failure in one sentence: what failed, what was kept, what to do. */
export function failureSentence(failure: Failure): string {
  const sentence = SENTENCES[failure.code] as ((failure: Failure) => string) | undefined;
  return sentence ? sentence(failure) : m.failure_internal({ reference: failure.code });
}

/** The same of a relay that a person is asking for the first time: nothing goes on by itself there. */
export function joinSentence(failure: Failure): string {
  if (failure.code === 'relay_unreachable') return m.join_unreachable();
  if (failure.code === 'relay_busy') {
    return m.join_relay_busy({ seconds: shortAge(failure.retry_secs * 1000) });
  }
  return failureSentence(failure);
}

/** What is wrong with a field of the join screen; nothing when nothing is. */
export function wrongSentence(wrong: Failure | 'empty' | undefined): string | undefined {
  if (wrong === undefined) return undefined;
  return wrong === 'empty' ? m.field_empty() : joinSentence(wrong);
}
