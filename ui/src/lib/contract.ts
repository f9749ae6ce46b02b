// Written from crates/wire by its test `contract`: ROLLCALL_WRITE=1 cargo test -p rollcall-wire

export type PresenceState = "available" | "mobile" | "ringing" | "on_call" | "in_meeting" | "presenting" | "in_calendar_event" | "busy" | "do_not_disturb" | "away" | "out_of_office" | "offline" | "unknown";

export type FirstAction = "call" | "call_told" | "ask_once_more" | "ask_reason" | "refresh_then_call";

export type Outcome = "answered" | "no_answer" | "rejected" | "busy" | "cancelled" | "voicemail" | "answered_elsewhere" | "unknown";

export type Limit = { "limit": "consults", had: number, a_day: number, } | { "limit": "quiet", until: string | null, };

export type Failure = { "code": "not_a_number" } | { "code": "not_their_number" } | { "code": "no_number" } | { "code": "unknown_person" } | { "code": "no_dialer" } | { "code": "wrong_client" } | { "code": "unknown_account" } | { "code": "app_not_activated" } | { "code": "app_removed" } | { "code": "jwt_ended" } | { "code": "missing_scope", 
/**
 * Their names, as Zoom spells them.
 */
scopes: Array<string>, } | { "code": "no_permission" } | { "code": "phone_not_enabled" } | { "code": "slow_down", 
/**
 * After how many seconds it goes on by itself.
 */
retry_secs: number, } | { "code": "daily_limit", 
/**
 * When it goes on by itself.
 */
until: string, } | { "code": "zoom_trouble", 
/**
 * The HTTP status.
 */
status: number, } | { "code": "zoom_unreachable" } | { "code": "subscription_refused" } | { "code": "clock_wrong", 
/**
 * By how many seconds it is ahead; negative when it is behind.
 */
ahead_secs: number, } | { "code": "relay_unreachable" } | { "code": "relay_busy", 
/**
 * After how many seconds it goes on by itself.
 */
retry_secs: number, } | { "code": "not_admitted" } | { "code": "not_an_invitation" } | { "code": "not_a_relay_address" } | { "code": "relay_not_encrypted" } | { "code": "not_a_relay" } | { "code": "certificate_refused" } | { "code": "code_refused" } | { "code": "session_ended" } | { "code": "sign_in_unknown" } | { "code": "sign_in_timed_out" } | { "code": "sign_in_refused" } | { "code": "signed_out_here_only" } | { "code": "protocol_too_old", 
/**
 * The relay's protocol.
 */
relay: number, 
/**
 * This app's protocol.
 */
desk: number, } | { "code": "relay_too_old", 
/**
 * The relay's protocol.
 */
relay: number, 
/**
 * This app's protocol.
 */
desk: number, } | { "code": "keychain_unavailable" } | { "code": "keychain_locked" } | { "code": "database_set_aside", 
/**
 * The name of the file that was kept.
 */
kept_as: string, 
/**
 * Whether the person's own things came back from a backup.
 */
restored: boolean, } | { "code": "database_too_new", 
/**
 * The name of the file that was kept.
 */
kept_as: string, 
/**
 * Whether the person's own things came back from a backup.
 */
restored: boolean, } | { "code": "database_unwritable" } | { "code": "too_many_favourites", 
/**
 * How many there may be.
 */
most: number, } | { "code": "too_many_folders", 
/**
 * How many there may be.
 */
most: number, } | { "code": "too_many_groups", 
/**
 * How many there may be.
 */
most: number, } | { "code": "not_a_name", 
/**
 * How many letters it may have.
 */
most: number, } | { "code": "name_taken" } | { "code": "not_a_question", 
/**
 * How many bytes it may have.
 */
most: number, } | { "code": "not_in_the_lists" } | { "code": "not_a_group_link" } | { "code": "not_a_group_file" } | { "code": "group_file_too_new", 
/**
 * Its version.
 */
version: number, } | { "code": "file_unwritable" } | { "code": "bad_field", 
/**
 * Its name.
 */
field: string, } | { "code": "not_for_this_role" } | { "code": "internal", 
/**
 * What to look for in the log.
 */
reference: string, };

export type Question = { 
/**
 * The window's number of this question.
 */
number: number, 
/**
 * What was typed.
 */
text: string, 
/**
 * Among whom.
 */
only: Only, 
/**
 * Within which group; `only` is then the group's own.
 */
group: string | null, 
/**
 * How many of the best rows the window has already.
 */
skip: number, 
/**
 * How many rows after them are wanted.
 */
limit: number, };

export type Only = "everyone" | "free" | "favourites" | "recents";

export type Answer = { 
/**
 * The question's number.
 */
number: number, 
/**
 * The best rows after those that were left out, best first.
 */
rows: Array<Row>, 
/**
 * How many people match in all.
 */
total: number, 
/**
 * How many people there are to look among.
 */
among: number, 
/**
 * The filters that were typed, in their order.
 */
filters: Array<TypedFilter>, };

export type FoundBy = { 
/**
 * The word, in small letters without accents, or in its own script.
 */
word: string, 
/**
 * How it was found.
 */
how: "as_typed" | "beginning" | "digits" | "initials" | "other_name" | "other_word" | "mended", 
/**
 * In which kind of text.
 */
field: FieldName, 
/**
 * The whole text.
 */
text: string, };

export type TypedFilter = { 
/**
 * What it asks for.
 */
key: FilterName, 
/**
 * What stands after the colon; empty for `free` and `awake`.
 */
value: string, 
/**
 * Where it starts in the text, in UTF-16 units.
 */
start: number, 
/**
 * Where it ends (exclusive), in UTF-16 units.
 */
end: number, };

export type FilterName = "place" | "language" | "department" | "skill" | "title" | "name" | "free" | "awake";

export type Row = { 
/**
 * Who.
 */
id: string, 
/**
 * The name.
 */
name: string, 
/**
 * The job title, or nothing.
 */
title: string, 
/**
 * The department, or nothing.
 */
department: string, 
/**
 * The place of work, or nothing.
 */
place: string, 
/**
 * Skills.
 */
skills: Array<string>, 
/**
 * The time zone by its IANA name.
 */
time_zone: string | null, 
/**
 * The number that the first action dials.
 */
number: string | null, 
/**
 * The number that Shift+Enter dials.
 */
second: string | null, 
/**
 * Presence.
 */
presence: PresenceView, 
/**
 * Whether the person is a favourite.
 */
favourite: boolean, 
/**
 * The folder in which they are a favourite, by its id.
 */
folder: string | null, 
/**
 * When they were last had to do with; told among [`Only::Recents`].
 */
recent: Recent | null, 
/**
 * What matched.
 */
marks: Array<Mark>, };

export type Recent = { 
/**
 * How.
 */
how: Met, 
/**
 * When.
 */
at: string, };

export type Met = "called" | "called_by" | "opened";

export type PresenceView = { 
/**
 * The state to show.
 */
state: PresenceState, 
/**
 * What was last heard, however long ago; differs from `state` when that has expired.
 */
last_heard: PresenceState, 
/**
 * When it was true (ISO 8601, UTC); nothing when nothing was ever heard.
 */
as_of: string | null, 
/**
 * How it was heard.
 */
source: "event" | "asked" | "inferred" | null, 
/**
 * How far it can be believed.
 */
freshness: "fresh" | "old" | "expired", 
/**
 * When Zoom says that the state ends.
 */
until: string | null, 
/**
 * When the person's last call ended, if that was a moment ago.
 */
off_call_at: string | null, 
/**
 * How many consults they had today, where the organisation asks for a limit.
 */
consults: ConsultsToday | null, 
/**
 * Why they are not to be called now, by the organisation's policy.
 */
limit: Limit | null, 
/**
 * What Enter does.
 */
action: FirstAction, };

export type ConsultsToday = { 
/**
 * How many they had.
 */
had: number, 
/**
 * How many the organisation asks for at most.
 */
a_day: number, };

export type Mark = { 
/**
 * In which field.
 */
field: FieldName, 
/**
 * Which skill, number or language of the field, counted from 0; 0 elsewhere.
 */
item: number, 
/**
 * Where it starts, in UTF-16 units.
 */
start: number, 
/**
 * Where it ends (exclusive), in UTF-16 units.
 */
end: number, };

export type FieldName = "name" | "title" | "department" | "place" | "skill" | "language" | "email" | "number" | "alias" | "former_name";

export type PersonDetail = { 
/**
 * As in the list.
 */
row: Row, 
/**
 * The e-mail address, or nothing.
 */
email: string, 
/**
 * All numbers, in the order in which they are offered.
 */
lines: Array<DetailLine>, 
/**
 * The internal extension. Never dialled.
 */
extension: string | null, 
/**
 * Languages.
 */
languages: Array<string>, 
/**
 * How well each skill of the row is known, from 1 to 5, in the same order; nothing where it is not told.
 */
levels: Array<number | null>, 
/**
 * Working hours, as far as the organisation tells them.
 */
hours: Array<HoursSpan>, 
/**
 * A note of the organisation; may have several lines.
 */
note: string, 
/**
 * Names by which colleagues know them.
 */
aliases: Array<string>, 
/**
 * Names that they had before.
 */
former_names: Array<string>, 
/**
 * What the organisation itself tells, as it can be changed.
 */
told: OwnExpertise, 
/**
 * Zoom's own word for the presence.
 */
raw_presence: string, 
/**
 * When the record itself was read from Zoom.
 */
record_as_of: string | null, 
/**
 * The last calls with this person, newest first.
 */
consults: Array<Consult>, };

export type DetailLine = { 
/**
 * What it is for.
 */
kind: "direct" | "office" | "mobile" | "home", 
/**
 * The number that is dialled.
 */
number: string, 
/**
 * The number as people read it.
 */
grouped: string, };

export type HoursSpan = { 
/**
 * The days, 0 for Monday.
 */
days: Array<number>, 
/**
 * From when, such as `08:00`.
 */
from: string, 
/**
 * Until when, such as `18:00`; before `from`, it is on the next day.
 */
to: string, };

export type OwnExpertise = { 
/**
 * Skills, the most telling first.
 */
skills: Array<OwnSkill>, 
/**
 * Languages.
 */
languages: Array<string>, 
/**
 * Working hours as people write them, such as `Mon-Fri 08:00-18:00`; English and German days are read.
 */
hours: string, 
/**
 * A note; may have several lines.
 */
note: string, 
/**
 * Names by which colleagues know them.
 */
aliases: Array<string>, 
/**
 * Names that they had before.
 */
former_names: Array<string>, };

export type OwnSkill = { 
/**
 * What it is called.
 */
name: string, 
/**
 * How well, from 1 (a beginner) to 5 (an expert); nothing where it is not told.
 */
level: number | null, };

export type Why = "visible" | "opened";

export type CallRequest = { 
/**
 * Whom; nothing for a number that was typed.
 */
person: string | null, 
/**
 * Which number, as text; nothing for the person's first.
 */
number: string | null, 
/**
 * Whether the person at the window has seen what [`Confirmation`] says and goes on.
 */
confirmed: boolean, 
/**
 * Why a person who does not want to be disturbed is called.
 */
reason: string | null, };

export type CallAnswer = { "answer": "placed", 
/**
 * The call.
 */
consult: Consult, } | { "answer": "confirm", 
/**
 * What to confirm.
 */
confirmation: Confirmation, };

export type Confirmation = { 
/**
 * Whom.
 */
person: string | null, 
/**
 * The name, or nothing for a number alone.
 */
name: string, 
/**
 * The number that will be dialled.
 */
number: string, 
/**
 * The number as people read it.
 */
grouped: string, 
/**
 * The state that makes it ask.
 */
state: PresenceState, 
/**
 * Why they are not to be called now, by the organisation's policy.
 */
limit: Limit | null, 
/**
 * What kind of confirmation is wanted.
 */
action: FirstAction, 
/**
 * Who is free and knows the same, best first; at most three.
 */
instead: Array<Row>, };

export type Consult = { 
/**
 * Its id.
 */
id: string, 
/**
 * Whom; nothing for a number that was typed.
 */
person: string | null, 
/**
 * The name at that time.
 */
name: string, 
/**
 * The number that was dialled.
 */
number: string, 
/**
 * The reason that was given, or nothing.
 */
reason: string, 
/**
 * How far it came.
 */
state: ConsultState, 
/**
 * When the number was handed to the phone.
 */
dialled_at: string, 
/**
 * When it was answered.
 */
answered_at: string | null, 
/**
 * When it ended.
 */
ended_at: string | null, 
/**
 * How it ended.
 */
outcome: Outcome | null, };

export type ConsultState = "dialling" | "ringing" | "connected" | "held" | "ended" | "unheard";

export type WatchWish = { "whom": "person", 
/**
 * Who.
 */
person: string, } | { "whom": "search", 
/**
 * As it was typed.
 */
text: string, 
/**
 * Among whom. "Free" is what is waited for, and counts as "Everyone".
 */
only: Only, };

export type Watch = { 
/**
 * Its id.
 */
id: string, 
/**
 * Whom it waits for.
 */
wish: WatchWish, 
/**
 * The name of the person, or nothing for a search.
 */
name: string, 
/**
 * How many people it waits for.
 */
members: number, 
/**
 * When it ends by itself.
 */
ends_at: string, 
/**
 * Who is free and told of.
 */
raised: Raised | null, 
/**
 * Whether somebody is being called because of it.
 */
calling: boolean, };

export type Raised = { 
/**
 * Who.
 */
person: string, 
/**
 * The name.
 */
name: string, 
/**
 * The job title, or nothing.
 */
title: string, 
/**
 * The department, or nothing.
 */
department: string, 
/**
 * The number that a call would dial.
 */
number: string | null, };

export type WatchChoice = "next" | "stop";

export type Lists = { 
/**
 * How many favourites are in no folder.
 */
loose: number, 
/**
 * The folders of favourites, in their order.
 */
folders: Array<Folder>, 
/**
 * The groups, in their order.
 */
groups: Array<Group>, 
/**
 * What undoing would take back.
 */
undo: ListDeed | null, 
/**
 * What doing again would bring back.
 */
redo: ListDeed | null, };

export type Folder = { 
/**
 * Its id.
 */
id: string, 
/**
 * Its name.
 */
name: string, 
/**
 * Whether it is shown without the people in it.
 */
folded: boolean, 
/**
 * How many people are in it.
 */
people: number, };

export type Group = { 
/**
 * Its id.
 */
id: string, 
/**
 * Its name.
 */
name: string, 
/**
 * What is searched for.
 */
text: string, 
/**
 * Among whom.
 */
only: Only, 
/**
 * Whether it lists only those who are free now: it is among them, or its text asks for them.
 */
only_free: boolean, 
/**
 * How many people it has; nothing before they were counted.
 */
count: GroupCount | null, };

export type GroupCount = { 
/**
 * Whoever it finds, free or not.
 */
members: number, 
/**
 * Those of them who are free now.
 */
free: number, };

export type ListChange = { "change": "move_favourite", 
/**
 * Who.
 */
person: string, 
/**
 * Into which folder; nothing for none.
 */
folder: string | null, 
/**
 * Before whom there; nothing for the end.
 */
before: string | null, } | { "change": "make_folder", 
/**
 * Its name.
 */
name: string, 
/**
 * A favourite who goes into it.
 */
person: string | null, } | { "change": "rename_folder", 
/**
 * Which.
 */
id: string, 
/**
 * The name.
 */
name: string, } | { "change": "fold_folder", 
/**
 * Which.
 */
id: string, 
/**
 * Without them.
 */
folded: boolean, } | { "change": "move_folder", 
/**
 * Which.
 */
id: string, 
/**
 * Before which other one; nothing for the end.
 */
before: string | null, } | { "change": "remove_folder", 
/**
 * Which.
 */
id: string, } | { "change": "add_groups", 
/**
 * Which.
 */
groups: Array<GroupOffer>, } | { "change": "rename_group", 
/**
 * Which.
 */
id: string, 
/**
 * The name.
 */
name: string, } | { "change": "move_group", 
/**
 * Which.
 */
id: string, 
/**
 * Before which other one; nothing for the end.
 */
before: string | null, } | { "change": "remove_group", 
/**
 * Which.
 */
id: string, } | { "change": "clear_recents" };

export type ListDeed = { "deed": "favourite_added", 
/**
 * The person's name.
 */
name: string, } | { "deed": "favourite_removed", 
/**
 * The person's name.
 */
name: string, } | { "deed": "favourite_moved", 
/**
 * The person's name.
 */
name: string, 
/**
 * Whether it is in another folder than before, or in none.
 */
elsewhere: boolean, 
/**
 * The name of the folder that they are in, or nothing.
 */
folder: string, } | { "deed": "folder_made", 
/**
 * Its name.
 */
name: string, } | { "deed": "folder_renamed", 
/**
 * The new name.
 */
name: string, } | { "deed": "folder_moved", 
/**
 * Its name.
 */
name: string, } | { "deed": "folder_removed", 
/**
 * Its name.
 */
name: string, } | { "deed": "groups_added", 
/**
 * The name of the first.
 */
name: string, 
/**
 * How many.
 */
count: number, } | { "deed": "group_renamed", 
/**
 * The new name.
 */
name: string, } | { "deed": "group_moved", 
/**
 * Its name.
 */
name: string, } | { "deed": "group_removed", 
/**
 * Its name.
 */
name: string, } | { "deed": "recents_cleared" };

export type GroupOffer = { 
/**
 * Its name.
 */
name: string, 
/**
 * What it searches for.
 */
text: string, 
/**
 * Among whom.
 */
only: Only, };

export type OfferedGroups = { 
/**
 * Those that can be added.
 */
groups: Array<GroupOffer>, 
/**
 * Those that cannot.
 */
misfits: Array<Misfit>, };

export type Misfit = { 
/**
 * Which group of the file it is, counted from 1.
 */
nth: number, 
/**
 * Its name, as far as it can be read.
 */
name: string, 
/**
 * Why.
 */
why: Failure, };

export type Push = { "push": "presence", 
/**
 * Who.
 */
person: string, 
/**
 * The presence.
 */
presence: PresenceView, } | { "push": "people", 
/**
 * How many, since the last time this was said.
 */
changed: number, } | { "push": "consult", 
/**
 * The call.
 */
consult: Consult, } | { "push": "watches", 
/**
 * Oldest first.
 */
watches: Array<Watch>, } | { "push": "lists", 
/**
 * As they are now.
 */
lists: Lists, } | { "push": "status", 
/**
 * How they stand.
 */
status: Status, } | { "push": "open", 
/**
 * Who.
 */
person: string, } | { "push": "confirm", 
/**
 * What to ask.
 */
confirmation: Confirmation, } | { "push": "join", 
/**
 * What stands in it.
 */
invitation: Invitation, } | { "push": "groups", 
/**
 * Which.
 */
offered: OfferedGroups, } | { "push": "failed", 
/**
 * What.
 */
failure: Failure, };

export type Status = { 
/**
 * Where the people come from.
 */
mode: Mode, 
/**
 * Whether news comes in: the worse of the link to the relay and the relay's link to Zoom.
 */
link: Link, 
/**
 * How far the directory is known.
 */
directory: StatusProgress, 
/**
 * After an outage: whose presence is known again.
 */
repair: StatusRepair | null, 
/**
 * When the last news came.
 */
heard_at: string | null, 
/**
 * Who is at this desk, when known.
 */
me: Me | null, 
/**
 * Whether what the organisation itself tells of people may be changed here.
 */
may_tell: boolean, 
/**
 * Who waits until the person at this desk is free, where the organisation shows that.
 */
waited_by: Array<Waiter>, 
/**
 * What the organisation asks of those who call its experts.
 */
policy: Policy, 
/**
 * What stays to be told until it is dismissed or mended.
 */
notices: Array<Notice>, };

export type Mode = "unset" | "demo" | "this_computer" | "team";

export type Link = { "link": "connecting" } | { "link": "online", 
/**
 * Since when.
 */
since: string, } | { "link": "offline", 
/**
 * Since when.
 */
since: string, 
/**
 * Why.
 */
failure: Failure, 
/**
 * When it is tried again.
 */
retry_at: string | null, };

export type StatusProgress = { 
/**
 * Done.
 */
done: number, 
/**
 * All there is, when known.
 */
of: number | null, };

export type StatusRepair = { 
/**
 * How many people were heard of since.
 */
done: number, 
/**
 * How many are to be.
 */
of: number, 
/**
 * For how many seconds nothing was heard of Zoom, where that is known.
 */
away_secs: number | null, 
/**
 * How many seconds the rest takes at the pace so far; nothing before that can be told.
 */
left_secs: number | null, };

export type Me = { 
/**
 * Who.
 */
id: string, 
/**
 * The name.
 */
name: string, 
/**
 * The own presence.
 */
presence: PresenceView, };

export type Waiter = { 
/**
 * Who.
 */
person: string, 
/**
 * The name.
 */
name: string, };

export type Policy = { 
/**
 * How many consults somebody is asked for in a day of theirs; nothing for as many as come.
 */
consults_a_day: number | null, 
/**
 * When nobody is to be called, by their own clock, as people write it; empty for never. English and German days
 * are read.
 */
quiet_hours: string, 
/**
 * Whether people are shown who waits until they are free.
 */
watchers_shown: boolean, };

export type Notice = { 
/**
 * What.
 */
failure: Failure, 
/**
 * Since when.
 */
since: string, };

export type SetUp = { 
/**
 * The account id of the Server-to-Server app.
 */
account_id: string, 
/**
 * Its client id.
 */
client_id: string, 
/**
 * Its client secret. Goes to the keychain and comes back never.
 */
client_secret: string, 
/**
 * The id of its WebSocket event subscription.
 */
subscription_id: string, 
/**
 * The Zoom e-mail address of the person at this desk.
 */
email: string, };

export type Invitation = { 
/**
 * The whole link, or only its one-time code; empty for a link that invites to sign in.
 */
code: string, 
/**
 * The relay's address; may be empty when `code` is a whole link.
 */
relay: string, };

export type SignIn = { 
/**
 * The relay's address.
 */
relay: string, 
/**
 * The organisation's short name at a relay that serves several; empty for the usual one.
 */
organisation: string, };

export type SigningIn = { 
/**
 * What was opened in the browser; for a person whose browser did not open.
 */
address: string, };

export type YourRelay = { 
/**
 * Its address.
 */
address: string, 
/**
 * The organisation's name, as the relay spells it.
 */
organisation: string, 
/**
 * The e-mail address that is signed in.
 */
email: string, 
/**
 * What it may see.
 */
role: Role, 
/**
 * Whether the way to the relay is encrypted; only a relay inside this computer may do without.
 */
encrypted: boolean, 
/**
 * The relay's certificate, when it is encrypted and the relay answered.
 */
certificate: Certificate | null, 
/**
 * Why the relay did not answer; the rest is then as it was last known.
 */
failure: Failure | null, };

export type Certificate = { 
/**
 * Whom it names.
 */
subject: string, 
/**
 * Who signed it.
 */
issuer: string, 
/**
 * SHA-256 of the whole certificate, 64 hexadecimal digits.
 */
sha256: string, 
/**
 * When it ends.
 */
expires: string, };

export type Role = "agent" | "supervisor" | "admin";

export type Settings = { 
/**
 * Light or dark.
 */
theme: Theme, 
/**
 * The window's language.
 */
language: Language, 
/**
 * The region that completes numbers typed without a country code (ISO 3166, two letters).
 */
region: string | null, 
/**
 * After how many minutes a watch ends by itself; 1 to 480.
 */
watch_minutes: number, 
/**
 * Whether a toast of a watch makes a sound.
 */
watch_sound: boolean, };

export type Theme = "system" | "light" | "dark";

export type Language = "system" | "en" | "de";
