import type {
  CallRequest,
  Consult,
  Failure,
  PersonDetail,
  Push,
  Question,
  Settings,
  Status,
} from '../contract';
import type { Backend } from './backend';
import { find, reasonsFor } from './double/find';
import { listing } from './double/listing';
import { watching } from './double/watching';
import { tellOf } from './double/telling';
import { anyState, dice, organisation, presenceOf, type Member } from './double/organisation';
import { invitationOf, yourRelay } from './double/relay';

/** How the test double starts. */
export interface DoubleOptions {
  /** How many people there are. */
  people?: number;
  /** Where they come from. */
  mode?: Status['mode'];
  /** Whether presence moves by itself, this many times a second. */
  movesPerSecond?: number;
  /** Milliseconds since the epoch. */
  now?: () => number;
  /** Changes the status that the window starts with. */
  status?: Partial<Status>;
  /** Changes people after they were made up. */
  change?: (members: Member[]) => void;
}

/** The double, with a hand on what it says. */
export interface Double extends Backend {
  /** Everybody there is. */
  readonly members: Member[];
  /** What was reported or done, by command, oldest first. */
  readonly done: [command: string, ...args: unknown[]][];
  /** Says this to the window. */
  say(...pushes: Push[]): void;
  /** Changes the status and says it. */
  stand(change: Partial<Status>): void;
  /** Ends the sign-in that is waited for as the browser does. */
  browse(): void;
  /** Lets a watch tell of somebody, or of nobody. */
  raise(watch: string, person: string | null): void;
  /** Lets the next call of this command fail. */
  failNext(command: keyof Backend, failure: Failure): void;
}

/** A small organisation in memory that answers the contract honestly: for tests, and for a plain browser. */
export function double(options: DoubleOptions = {}): Double {
  const now = options.now ?? Date.now;
  const roll = dice(11);
  const members = organisation(options.people ?? 2000, now());
  options.change?.(members);
  const byId = new Map(members.map((member) => [member.row.id, member]));
  const done: Double['done'] = [];
  const failing = new Map<string, Failure>();
  const history: Consult[] = [];
  let settings: Settings = {
    theme: 'system',
    language: 'system',
    region: null,
    watch_minutes: 30,
    watch_sound: false,
  };
  let signingIn: { done: () => void; stopped: (failure: Failure) => void } | null = null;
  let listener: (pushes: Push[]) => void = () => {};
  let status = standing(options.mode ?? 'demo');

  const lists = listing(members, (all) => say({ push: 'lists', lists: all }));

  const watches = watching(
    now,
    (id) => byId.get(id)?.row,
    (all) => say({ push: 'watches', watches: all }),
  );

  function standing(mode: Status['mode']): Status {
    const since = new Date(now()).toISOString();
    return {
      mode,
      link: mode === 'unset' ? { link: 'connecting' } : { link: 'online', since },
      directory: { done: members.length, of: members.length },
      repair: null,
      heard_at: mode === 'unset' ? null : since,
      me: null,
      waited_by: [],
      policy: { consults_a_day: null, quiet_hours: '', watchers_shown: false },
      may_tell: mode === 'demo' || mode === 'this_computer',
      notices: [],
      ...options.status,
    };
  }

  function say(...pushes: Push[]): void {
    listener(pushes);
  }

  function stand(change: Partial<Status>): void {
    status = { ...status, ...change };
    say({ push: 'status', status });
  }

  /** Runs a command: remembers it, and fails when it was told to. */
  async function run<T>(command: keyof Backend, args: unknown[], answer: () => T | Promise<T>): Promise<T> {
    done.push([command, ...args]);
    await Promise.resolve();
    const failure = failing.get(command);
    failing.delete(command);
    if (failure) throw failure;
    return answer();
  }

  /** A browser that is open until it is told to be back. */
  function browser(): Promise<void> {
    return new Promise((done, stopped) => (signingIn = { done, stopped }));
  }

  function known(id: string | null): Member {
    const member = id === null ? undefined : byId.get(id);
    if (!member) throw { code: 'unknown_person' } satisfies Failure;
    return member;
  }

  function call(request: CallRequest): ReturnType<Backend['call']> {
    return run('call', [request], () => {
      const { row, lines } = known(request.person);
      const number = request.number ?? row.number;
      if (!number) throw { code: 'no_number' } satisfies Failure;
      const { state, limit, action } = row.presence;
      if (!request.confirmed && action !== 'call' && action !== 'call_told') {
        const grouped = lines.find((line) => line.number === number)?.grouped ?? number;
        const instead = members
          .map((member) => member.row)
          .filter(
            (other) =>
              other.presence.state === 'available' &&
              other.id !== row.id &&
              other.skills.some((skill) => row.skills.includes(skill)),
          )
          .slice(0, 3);
        const confirmation = {
          person: row.id,
          name: row.name,
          number,
          grouped,
          state,
          limit,
          action,
          instead,
        };
        return { answer: 'confirm', confirmation } as const;
      }
      lists.met(row, 'called', now());
      const consult = dialled(row.id, row.name, number, request.reason ?? '');
      history.unshift(consult);
      comeOn(consult);
      return { answer: 'placed', consult } as const;
    });
  }

  function dialled(person: string, name: string, number: string, reason: string): Consult {
    const dialled_at = new Date(now()).toISOString();
    const unheard = { answered_at: null, ended_at: null, outcome: null };
    return {
      id: `c${history.length}`,
      person,
      name,
      number,
      reason,
      state: 'dialling',
      dialled_at,
      ...unheard,
    };
  }

  /** Lets a call ring, be answered and end, as long as the double is lively. */
  function comeOn(consult: Consult): void {
    if (!options.movesPerSecond) return;
    const at = (ms: number, change: () => Partial<Consult>) =>
      setTimeout(() => {
        const moved = { ...history.find(({ id }) => id === consult.id), ...change() } as Consult;
        history.splice(
          history.findIndex(({ id }) => id === consult.id),
          1,
          moved,
        );
        say({ push: 'consult', consult: moved });
      }, ms);
    const stamp = () => new Date(now()).toISOString();
    at(900, () => ({ state: 'ringing' }));
    at(3600, () => ({ state: 'connected', answered_at: stamp() }));
    at(24_000, () => ({ state: 'ended', ended_at: stamp(), outcome: 'answered' }));
  }

  function move(): void {
    const member = members[Math.floor(roll() * Math.min(members.length, 60))];
    if (!member || status.mode === 'unset') return;
    member.row.presence = presenceOf(anyState(roll), now());
    say({ push: 'presence', person: member.row.id, presence: member.row.presence });
    if (roll() < 0.1) say({ push: 'people', changed: 1 });
    stand({ heard_at: new Date(now()).toISOString() });
  }

  function person(id: string): PersonDetail {
    const { row, ...more } = known(id);
    const consults = history.filter((consult) => consult.person === id);
    return {
      row,
      ...more,
      raw_presence: row.presence.state,
      record_as_of: new Date(now()).toISOString(),
      consults,
    };
  }

  return {
    members,
    done,
    say,
    stand,
    browse: () => signingIn?.done(),
    failNext: (command, failure) => void failing.set(command, failure),
    subscribe: (onPushes) =>
      run('subscribe', [], () => {
        listener = onPushes;
        if (options.movesPerSecond) setInterval(move, 1000 / options.movesPerSecond);
        return status;
      }),
    ask: (question: Question) => run('ask', [question], () => find(members, question, lists)),
    person: (id) => run('person', [id], () => person(id)),
    why: (id, text) => run('why', [id, text], () => reasonsFor(known(id), text)),
    setPolicy: (policy) => run('setPolicy', [policy], () => stand({ policy })),
    tell: (id, told) => run('tell', [id, told], () => tellOf(known(id), told)),
    look: (why, people) =>
      run('look', [why, people], () => {
        if (why === 'opened') people.forEach((id) => lists.met(known(id).row, 'opened', now()));
      }),
    call,
    favourite: (id, on) => run('favourite', [id, on], () => lists.favourite(known(id).row.id, on)),
    lists: () => run('lists', [], () => lists.view()),
    arrange: (change) => run('arrange', [change], () => lists.arrange(change)),
    undo: () => run('undo', [], () => lists.undo()),
    redo: () => run('redo', [], () => lists.redo()),
    groupLink: (id) => run('groupLink', [id], () => lists.link(id)),
    readGroups: (text) => run('readGroups', [text], () => lists.read(text)),
    saveGroups: (ids) => run('saveGroups', [ids], () => 'Groups.rollcall-group.json'),
    watch: (wish) =>
      run('watch', [wish], () => {
        if (wish.whom === 'person') return watches.start(wish, 1, known(wish.person).row.name);
        const all = { number: 0, text: wish.text, only: 'everyone', group: null, skip: 0, limit: 0 } as const;
        return watches.start(wish, find(members, all, lists).total);
      }),
    watches: () => run('watches', [], () => watches.all()),
    chooseWatch: (id, choice) => run('chooseWatch', [id, choice], () => watches.choose(id, choice)),
    raise: (id, person) => watches.raise(id, person),
    consults: () => run('consults', [], () => [...history]),
    settings: () => run('settings', [], () => settings),
    saveSettings: (chosen) => run('saveSettings', [chosen], () => void (settings = chosen)),
    setUp: (form) => run('setUp', [form], () => stand(standing('this_computer'))),
    tryAgain: () => run('tryAgain', [], () => stand({ notices: [], link: { link: 'connecting' } })),
    startDemo: () => run('startDemo', [], () => stand(standing('demo'))),
    readInvitation: (text) => run('readInvitation', [text], () => invitationOf(text)),
    join: (invitation) => run('join', [invitation], () => stand(standing('team'))),
    signIn: (form) =>
      run('signIn', [form], () => ({ address: `${form.relay}/v1/signin/start?state=made-up` })),
    signedIn: () => run('signedIn', [], browser).then(() => stand(standing('team'))),
    stopSignIn: () => run('stopSignIn', [], () => signingIn?.stopped({ code: 'sign_in_unknown' })),
    yourRelay: () => run('yourRelay', [], () => (status.mode === 'team' ? yourRelay : null)),
    leave: () => run('leave', [], () => stand(standing('unset'))),
    dismiss: (code) =>
      run('dismiss', [code], () =>
        stand({ notices: status.notices.filter(({ failure }) => failure.code !== code) }),
      ),
    hide: () => run('hide', [], () => {}),
    painted: (rows, moves) => run('painted', [rows, moves], () => {}),
    copy: (text) => run('copy', [text], () => {}),
  };
}
