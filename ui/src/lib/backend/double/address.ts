import type { Failure, Mode } from '../../contract';
import { double, type Double, type DoubleOptions } from '../double';
import { presenceOf } from './organisation';

/**
 * The double that a page address asks for, so that every state of the window can be looked at in a browser:
 * `?people=3&mode=unset&moves=0&link=offline&why=session_ended&join=1&done=4200&of=18204&notice=no_dialer&long=1&busy=1`.
 */
export function doubleFromAddress(address: string): Double {
  const asked = new URLSearchParams(address);
  const now = Date.now();
  const since = new Date(now - 192_000).toISOString();
  const status: NonNullable<DoubleOptions['status']> = {
    me: { id: 'me', name: 'Robin Example', presence: presenceOf('available', now) },
  };
  if (asked.get('link') === 'offline') {
    const retry_at = new Date(now + 18_000).toISOString();
    status.link = {
      link: 'offline',
      since,
      failure: { code: asked.get('why') ?? 'zoom_unreachable' } as Failure,
      retry_at,
    };
  }
  if (asked.get('link') === 'connecting') status.link = { link: 'connecting' };
  if (asked.has('of')) status.directory = { done: Number(asked.get('done')), of: Number(asked.get('of')) };
  if (asked.has('notice')) {
    status.notices = [{ failure: { code: asked.get('notice') } as Failure, since }];
  }
  return double({
    people: Number(asked.get('people') ?? 2000),
    mode: (asked.get('mode') ?? 'demo') as Mode,
    movesPerSecond: Number(asked.get('moves') ?? 3),
    status,
    change: (members) => {
      const first = members[0]?.row;
      if (!first || !asked.has('long')) return;
      first.name = 'Maximiliane-Friederike von Hohenstein-Württemberg-Schlüsselfeld';
      first.title = 'Principal Payments Reconciliation and Chargebacks Specialist';
      first.presence = presenceOf('available', now);
    },
  });
}
