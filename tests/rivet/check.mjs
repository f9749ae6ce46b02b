// Zoom's own SDK, unchanged, against the fake Zoom: lists users, reads presence, receives a signed event.
// usage: node check.mjs '<the fake's ready line>'   (HTTPS_PROXY and NODE_EXTRA_CA_CERTS lead it there)
// Prints one JSON object with what it saw.
import { UsersS2SAuthClient } from '@zoom/rivet/users';

const ready = JSON.parse(process.argv[2]);
const seen = { users: 0, pages: 0, status: null, validated: false, event: null };

const client = new UsersS2SAuthClient({
  accountId: ready.account_id,
  clientId: ready.client_id,
  clientSecret: ready.client_secret,
  webhooksSecretToken: ready.secret_token,
  port: Number(process.argv[3]),
});

let next;
let first;
do {
  const query = { page_size: 30, ...(next ? { next_page_token: next } : {}) };
  const { data } = await client.endpoints.users.listUsers({ query });
  seen.pages += 1;
  seen.users += data.users.length;
  first ??= data.users[0];
  next = data.next_page_token;
} while (next);

const presence = await client.endpoints.users.getUserPresenceStatus({ path: { userId: first.id } });
seen.status = presence.data.status;

const heard = new Promise((resolve) => {
  client.webEventConsumer.event('user.presence_status_updated', ({ payload }) => resolve(payload.object));
});
const server = await client.start();

const control = async (method, path, body) => {
  const reply = await fetch(`${ready.base}/_control/${path}`, {
    method,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (!reply.ok) throw new Error(`${path}: ${reply.status} ${await reply.text()}`);
  return reply;
};
await control('POST', 'webhooks', { url: `http://127.0.0.1:${process.argv[3]}/zoom/events` });
seen.validated = true;
await control('PUT', `people/${first.id}/presence`, { status: 'Do_Not_Disturb' });

const timeout = new Promise((_, reject) => setTimeout(() => reject(new Error('no event within 10 s')), 10_000).unref());
const object = await Promise.race([heard, timeout]);
seen.event = { id: object.id, presence_status: object.presence_status, expected_id: first.id };

console.log(JSON.stringify(seen));
server.close();
process.exit(0);
