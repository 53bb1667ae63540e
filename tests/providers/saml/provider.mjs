// A company's identity provider, on loopback: a form for a name and a password, and behind it samlp, which makes, signs
// and posts the response. Tells its address on its first line.
//
// The name decides what becomes of it: "ada" has two roles, "denied" is refused, "elsewhere" is signed in to another
// service, "sealed" gets an encrypted assertion. The path decides on a policy of the page that posts: /strict allows a
// form to nobody but AWS, /upgrade wants every form to go over https. The page at /nosy tries to get something out of the
// program that shows it. What pages find is told on further lines; /certificate is the certificate.
import { execFileSync } from "node:child_process";
import { createServer } from "node:http";
import { createPublicKey } from "node:crypto";
import samlp from "samlp";

const AWS = "https://signin.aws.amazon.com/saml";
const ATTRIBUTES = "https://aws.amazon.com/SAML/Attributes/";
const PASSWORD = "correct horse";

const pem = execFileSync(
  "openssl",
  ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "-", "-out", "-", "-days", "2", "-subj", "/CN=provider"],
  { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] },
);
const part = (name) => pem.match(new RegExp(`-----BEGIN ${name}-----[^]*?-----END ${name}-----`))[0];
const [key, cert] = [part("PRIVATE KEY"), part("CERTIFICATE")];

const claims = {
  [`${ATTRIBUTES}Role`]: ["Developer", "Admin"].map(
    (role) => `arn:aws:iam::444455556666:role/${role},arn:aws:iam::444455556666:saml-provider/Company`,
  ),
  [`${ATTRIBUTES}RoleSessionName`]: "ada@example.com",
  [`${ATTRIBUTES}SessionDuration`]: "7200",
  [`${ATTRIBUTES}SourceIdentity`]: "ada",
  [`${ATTRIBUTES}PrincipalTag:Team`]: "R+D",
  [`${ATTRIBUTES}TransitiveTagKeys`]: ["Team"],
  "urn:oid:2.16.840.1.113730.3.1.241": 'Ada & "Charles" <ada> – é',
};

const common = { issuer: "https://idp.example.com/metadata", cert, key };
const profileMapper = () => ({
  getClaims: () => claims,
  getNameIdentifier: () => ({ nameIdentifier: "ada" }),
});
const provide = (receiver, more) =>
  samlp.auth({
    ...common,
    audience: receiver === AWS ? "urn:amazon:webservices" : receiver,
    recipient: receiver,
    destination: receiver,
    lifetimeInSeconds: 300,
    getUserFromRequest: () => ({}),
    getPostURL: (_audience, _request, _req, done) => done(null, AWS),
    profileMapper,
    ...more,
  });
const answers = {
  ada: provide(AWS, {}),
  elsewhere: provide("https://wiki.example.com/acs", {}),
  sealed: provide(AWS, {
    encryptionCert: cert,
    encryptionPublicKey: createPublicKey(cert).export({ type: "spki", format: "pem" }),
  }),
  denied: samlp.sendError({
    ...common,
    destination: AWS,
    getPostURL: (_req, done) => done(null, AWS),
    error: {
      code: "urn:oasis:names:tc:SAML:2.0:status:RequestDenied",
      description: "Ada <b>may not</b> use AWS.",
    },
  }),
};

const policies = { "/strict": `form-action ${AWS}`, "/upgrade": "upgrade-insecure-requests" };

// Told as soon as what is typed arrives in the page.
const form = `<!doctype html><title>Company</title><h1>Company sign-in</h1><form method="post">
<p><label>Name <input name="user" autofocus></label><p><label>Password <input name="password" type="password"></label>
<p><button>Sign in</button></form><script>
const tell = (found) => fetch("/told", { method: "POST", body: JSON.stringify(found) });
const field = document.querySelector("input");
const ready = () => tell({ ready: location.pathname });
if (document.hasFocus() && document.activeElement === field) ready();
else field.addEventListener("focus", ready, { once: true });
</script>`;

const nosy = `<script>
(async () => {
  const soon = (promise) => Promise.race([promise, new Promise((done) => setTimeout(done, 2000, "no answer"))]);
  const found = { kept: document.cookie + (localStorage.getItem("kept") ?? ""), answers: {} };
  document.cookie = "kept=1; max-age=3600";
  localStorage.setItem("kept", "1");
  const program = window.__TAURI_INTERNALS__;
  const invoke = async (command) => {
    try {
      return "called: " + JSON.stringify(await program.invoke(command, {}));
    } catch (why) {
      return "refused: " + why;
    }
  };
  const load = async (address) => {
    try {
      const answer = await fetch(address, { method: "POST", body: "{}" });
      return (answer.ok ? "called: " : "refused: ") + (await answer.text());
    } catch (why) {
      return "refused: " + why;
    }
  };
  for (const command of ["follow", "list_keys", "activate", "plugin:window|close", "plugin:event|listen"])
    found.answers[command] = program ? await soon(invoke(command)) : "refused: nothing to call";
  for (const address of ["ipc://localhost/list_keys", "ipc://localhost/follow", "tauri://localhost/index.html"])
    found.answers[address] = await soon(load(address));
  found.opened = Boolean(window.open("about:blank"));
  location.href = "tauri://localhost/index.html";
  setTimeout(() => tell(found), 300);
})();
</script>`;

createServer(async (req, res) => {
  res.set = (name, value) => res.setHeader(name, value);
  res.send = (body) => res.end(String(body));
  let body = "";
  for await (const chunk of req) body += chunk;
  if (req.url === "/told") {
    console.log(body);
    return res.end();
  }
  if (req.url === "/certificate") return res.end(cert);
  const said = new URLSearchParams(body);
  const answer = said.get("password") === PASSWORD ? answers[said.get("user")] : undefined;
  if (answer) {
    const policy = policies[req.url];
    if (policy) res.set("Content-Security-Policy", policy);
    answer({ method: "POST", query: {}, body: {}, headers: req.headers }, res, (error) => {
      res.writeHead(500).end(String(error));
    });
  } else {
    res.set("Content-Type", "text/html");
    res.send(req.url === "/nosy" ? form + nosy : form);
  }
}).listen(0, "127.0.0.1", function () {
  console.log(`http://127.0.0.1:${this.address().port}/`);
});
