import { asFailure, type Backend } from '../backend/backend';
import type { Failure, OwnExpertise, PersonDetail } from '../contract';
import { hoursWords } from '../words/hours';

/** A skill in the form. */
export interface SkillField {
  readonly key: number;
  name: string;
  /** 1 to 5; nothing when it is not told. */
  level: number | null;
  /** It comes from Zoom: only its level can be told here. */
  readonly fromZoom: boolean;
}

/** The texts of the form beside the skills, by the names of their parts. */
export type TextField = 'languages' | 'hours' | 'note' | 'aliases' | 'former_names';

/** The form in which it is told what the organisation itself knows of somebody. */
export class Telling {
  readonly person: PersonDetail;
  skills: SkillField[] = $state([]);
  texts: Record<TextField, string> = $state({
    languages: '',
    hours: '',
    note: '',
    aliases: '',
    former_names: '',
  });
  busy = $state(false);
  failure: Failure | null = $state.raw(null);
  readonly #backend: Backend;
  #keys = 0;

  constructor(backend: Backend, person: PersonDetail) {
    this.#backend = backend;
    this.person = person;
    const { told } = person;
    const own = new Set(told.skills.map(({ name }) => plain(name)));
    const zoom = person.row.skills.filter((name) => !own.has(plain(name)));
    this.skills = [
      ...told.skills.map(({ name, level }) => this.#skill(name, level, false)),
      ...zoom.map((name) => this.#skill(name, null, true)),
    ];
    this.texts = {
      languages: told.languages.join(', '),
      hours: hoursWords(person.hours),
      note: told.note,
      aliases: told.aliases.join(', '),
      former_names: told.former_names.join(', '),
    };
  }

  /** Adds an empty skill; its key. */
  add(): number {
    const skill = this.#skill('', null, false);
    this.skills = [...this.skills, skill];
    return skill.key;
  }

  /** Takes a skill away. */
  remove(key: number): void {
    this.skills = this.skills.filter((skill) => skill.key !== key);
  }

  /** The part of the form that the relay refused. */
  get wrong(): string | null {
    return this.failure?.code === 'bad_field' ? this.failure.field : null;
  }

  /** Saves; says whether that went well. */
  async save(): Promise<boolean> {
    this.busy = true;
    this.failure = null;
    try {
      await this.#backend.tell(this.person.row.id, this.told);
      return true;
    } catch (thrown) {
      this.failure = asFailure(thrown);
      return false;
    } finally {
      this.busy = false;
    }
  }

  /** What the form says. */
  get told(): OwnExpertise {
    const told = this.skills.filter(
      ({ name, level, fromZoom }) => name.trim() !== '' && (!fromZoom || level !== null),
    );
    return {
      skills: told.map(({ name, level }) => ({ name, level })),
      languages: items(this.texts.languages),
      hours: this.texts.hours,
      note: this.texts.note,
      aliases: items(this.texts.aliases),
      former_names: items(this.texts.former_names),
    };
  }

  #skill(name: string, level: number | null, fromZoom: boolean): SkillField {
    this.#keys += 1;
    return { key: this.#keys, name, level, fromZoom };
  }
}

/** What stands between commas or semicolons. */
function items(text: string): string[] {
  return text
    .split(/[,;|]/)
    .map((item) => item.trim())
    .filter(Boolean);
}

function plain(text: string): string {
  return text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
}
