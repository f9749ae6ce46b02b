import type { Failure, HoursSpan, OwnExpertise } from '../../contract';
import type { Member } from './organisation';

/** Days as they are read here. */
const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];

/** Takes what is told of somebody as a relay does, a little less strictly. */
export function tellOf(member: Member, told: OwnExpertise): void {
  const hours = hoursOf(told.hours);
  const before = new Set(member.told.skills.map(({ name }) => name));
  const zoom = member.row.skills.filter((name) => !before.has(name));
  const names = told.skills.map(({ name }) => name);
  const skills = [...zoom, ...names.filter((name) => !zoom.includes(name))];
  member.told = told;
  member.hours = hours;
  member.note = told.note;
  member.aliases = told.aliases;
  member.former_names = told.former_names;
  member.levels = skills.map((name) => told.skills.find((skill) => skill.name === name)?.level ?? null);
  member.row.skills = skills;
}

function hoursOf(text: string): HoursSpan[] {
  return text
    .split(';')
    .filter((span) => span.trim() !== '')
    .map((span) => {
      const found = /^\s*(\w{3})[–-](\w{3}) (\d\d:\d\d)[–-](\d\d:\d\d)\s*$/i.exec(span);
      if (!found) throw { code: 'bad_field', field: 'hours' } satisfies Failure;
      const [first, last] = [found[1], found[2]].map((day) => DAYS.indexOf((day ?? '').toLowerCase()));
      const days = [0, 1, 2, 3, 4, 5, 6].filter((day) => day >= (first ?? 0) && day <= (last ?? 0));
      return { days, from: found[3] ?? '', to: found[4] ?? '' };
    });
}
