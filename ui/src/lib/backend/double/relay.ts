import type { Failure, Invitation, YourRelay } from '../../contract';

/** A relay with a certificate, and who is signed in there. */
export const yourRelay: YourRelay = {
  address: 'https://relay.example.org',
  organisation: 'Example Ltd',
  email: 'robin@example.org',
  role: 'agent',
  encrypted: true,
  certificate: {
    subject: 'relay.example.org',
    issuer: 'Example Ltd authority, Example Ltd',
    sha256: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
    expires: '2031-05-06T00:00:00Z',
  },
  failure: null,
};

/** Reads an invitation's link as the engine does, a little less strictly. */
export function invitationOf(text: string): Invitation {
  const asked = new URLSearchParams(text.replaceAll(/\s/g, '').split('?')[1] ?? '');
  const [relay, code] = [asked.get('relay'), asked.get('code')];
  if (relay === null) throw { code: 'not_an_invitation' } satisfies Failure;
  return { relay, code: code ?? '' };
}
