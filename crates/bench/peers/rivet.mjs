// Zoom's own receiver with an empty handler, for comparison.
// usage: node rivet.mjs <port> <secret token> <path of the SDK's users module>
const [port, webhooksSecretToken, sdk] = process.argv.slice(2);
const { UsersS2SAuthClient } = await import(sdk);

const client = new UsersS2SAuthClient({
  accountId: 'made-up',
  clientId: 'made-up',
  clientSecret: 'made-up',
  webhooksSecretToken,
  port: Number(port),
});
const nothing = () => {};
for (const name of [
  'user.presence_status_updated',
  'phone.callee_ringing',
  'phone.callee_answered',
  'phone.callee_ended',
]) {
  client.webEventConsumer.event(name, nothing);
}
await client.start();
