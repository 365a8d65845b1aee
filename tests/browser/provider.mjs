// An OpenID provider that knows nothing of us (oidc-provider): one client, and anybody who says who they are.
import { createServer } from "node:http";
import Provider from "oidc-provider";

const [redirect, domain] = process.argv.slice(2);
const listener = createServer().listen(0, "127.0.0.1", () => {
  const issuer = `http://127.0.0.1:${listener.address().port}`;
  const provider = new Provider(issuer, {
    clients: [{ client_id: "leaddesk", client_secret: "s+/%", redirect_uris: [redirect] }],
    claims: { openid: ["sub"], email: ["email", "email_verified"], profile: ["name"] },
    cookies: { keys: ["of one test"] },
    findAccount: (_context, id) => ({
      accountId: id,
      claims: () => ({ sub: id, email: id.includes("@") ? id : `${id}@${domain}`, email_verified: true, name: "Nele Neu" }),
    }),
  });
  listener.on("request", provider.callback());
  console.log(issuer);
});
