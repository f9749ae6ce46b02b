import type {
  Answer,
  CallAnswer,
  CallRequest,
  Consult,
  Failure,
  FoundBy,
  Invitation,
  ListChange,
  ListDeed,
  Lists,
  OfferedGroups,
  OwnExpertise,
  PersonDetail,
  Policy,
  Push,
  Question,
  SetUp,
  Settings,
  SignIn,
  SigningIn,
  Status,
  Watch,
  WatchChoice,
  WatchWish,
  Why,
  YourRelay,
} from '../contract';

/**
 * The window's only way out: one method for each thing the engine can do.
 *
 * Every method that fails rejects with a `Failure`. Shapes and units are those of the contract; the window
 * never builds a number, an address or a state of its own.
 */
export interface Backend {
  /** Starts the stream of news. Batches come at most every 50 ms; the answer is how things stand now. */
  subscribe(onPushes: (pushes: Push[]) => void): Promise<Status>;
  /** Asks for the best rows. Answers may come in any order; they carry the question's number. */
  ask(question: Question): Promise<Answer>;
  /** Reads everything about one person. */
  person(id: string): Promise<PersonDetail>;
  /** Tells why a person is in the answer to a text. */
  why(id: string, text: string): Promise<FoundBy[]>;
  /**
   * Tells what the organisation itself knows of somebody, in place of what it told before; comes back once that is
   * known here. Rejects with `bad_field` naming a part, or with `not_for_this_role`.
   */
  tell(id: string, told: OwnExpertise): Promise<void>;
  /** Sets what the organisation asks of those who call its experts. */
  setPolicy(policy: Policy): Promise<void>;
  /** Reports who is on the screen or was opened, so that old presence is asked again. */
  look(why: Why, people: string[]): Promise<void>;
  /** Calls, or says what must be confirmed first. */
  call(request: CallRequest): Promise<CallAnswer>;
  /** Keeps or drops a favourite. */
  favourite(person: string, on: boolean): Promise<void>;
  /** Reads the person's own lists. */
  lists(): Promise<Lists>;
  /** Changes them; the answer says what was done, when that can be undone. */
  arrange(change: ListChange): Promise<ListDeed | null>;
  /** Takes the last change of the lists back; the answer says what that was. */
  undo(): Promise<ListDeed | null>;
  /** Brings back what was taken back last. */
  redo(): Promise<ListDeed | null>;
  /** The link that offers a group to others. */
  groupLink(id: string): Promise<string>;
  /** Reads a file of groups; nothing is added. */
  readGroups(text: string): Promise<OfferedGroups>;
  /** Asks where to save groups (all when none is named) and saves them; the answer is the file's name, if any. */
  saveGroups(ids: string[]): Promise<string | null>;
  /** Tells by a toast as soon as this person, or anyone of this search, is free. */
  watch(wish: WatchWish): Promise<Watch>;
  /** Lists the watches that run, oldest first. */
  watches(): Promise<Watch[]>;
  /** Goes on to the next one of a watch, or ends it. */
  chooseWatch(id: string, choice: WatchChoice): Promise<void>;
  /** Lists the calls made from here, newest first. */
  consults(): Promise<Consult[]>;
  /** Reads what the person chose. */
  settings(): Promise<Settings>;
  /** Keeps what the person chose. */
  saveSettings(settings: Settings): Promise<void>;
  /** Connects this computer to Zoom. Rejects with `bad_field` naming a field of the form. */
  setUp(form: SetUp): Promise<void>;
  /** Asks the keychain again now, when it was not there at the start; what comes of it is told by the status. */
  tryAgain(): Promise<void>;
  /** Starts the made-up organisation. */
  startDemo(): Promise<void>;
  /** Reads an invitation's link; rejects with `not_an_invitation` and the like. */
  readInvitation(text: string): Promise<Invitation>;
  /** Joins a relay with an invitation: a whole link, or a code and an address. */
  join(invitation: Invitation): Promise<void>;
  /** Opens Zoom's sign-in in the browser; the answer says what was opened. */
  signIn(form: SignIn): Promise<SigningIn>;
  /** Waits for the end of the sign-in, five minutes at most, and joins the relay with it. */
  signedIn(): Promise<void>;
  /** Ends the sign-in that is waited for. */
  stopSignIn(): Promise<void>;
  /** Asks the relay of this desk about itself; nothing when there is none. */
  yourRelay(): Promise<YourRelay | null>;
  /** Disconnects, signs out or leaves the demo; the status becomes `unset`. */
  leave(): Promise<void>;
  /** Dismisses the notice with this failure code. */
  dismiss(code: Failure['code']): Promise<void>;
  /** Hides the window; the tray keeps the app. */
  hide(): Promise<void>;
  /** Reports a paint: rows on the screen, and how many presence changes were painted so far. */
  painted(rows: number, moves: number): Promise<void>;
  /** Puts text on the clipboard. */
  copy(text: string): Promise<void>;
}

/** Whether something that was thrown is a failure of the engine. */
export function isFailure(thrown: unknown): thrown is Failure {
  return typeof thrown === 'object' && thrown !== null && typeof (thrown as Failure).code === 'string';
}

/** What was thrown, as a failure; anything else is a fault of the program itself. */
export function asFailure(thrown: unknown): Failure {
  return isFailure(thrown) ? thrown : { code: 'internal', reference: 'window' };
}
