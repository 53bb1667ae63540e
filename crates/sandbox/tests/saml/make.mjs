// Makes responses.json: what providers post, signed by others' code (samlp and xml-crypto, of tests/providers/saml) with a
// key that is thrown away. The README says how it is run.
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";

const require = createRequire(new URL("../../../../tests/providers/saml/provider.mjs", import.meta.url));
const samlp = require("samlp");
const { SignedXml } = require("xml-crypto");

const [cert, key, otherCert] = process.argv.slice(2).map((file) => readFileSync(file, "utf8"));
const bare = cert.replace(/-----[^-]*-----|\s/g, "");
const AWS = "https://signin.aws.amazon.com/saml";
const ATTRIBUTES = "https://aws.amazon.com/SAML/Attributes/";
const EXCLUSIVE = "http://www.w3.org/2001/10/xml-exc-c14n#";
const ENVELOPED = "http://www.w3.org/2000/09/xmldsig#enveloped-signature";
const PROVIDER = "arn:aws:iam::444455556666:saml-provider/Company";
const ROLE = `arn:aws:iam::444455556666:role/Federated,${PROVIDER}`;
const issued = new Date(Math.floor(Date.now() / 1000) * 1000);
const after = (minutes) => new Date(issued.getTime() + minutes * 60000).toISOString();
const responses = {};
const post = (name, xml) => (responses[name] = Buffer.from(xml).toString("base64"));

// As samlp makes and signs it.
const claims = {
  [`${ATTRIBUTES}Role`]: [ROLE],
  [`${ATTRIBUTES}RoleSessionName`]: "ada@example.com",
  [`${ATTRIBUTES}SourceIdentity`]: "ada",
  [`${ATTRIBUTES}PrincipalTag:Team`]: "R+D",
  [`${ATTRIBUTES}TransitiveTagKeys`]: ["Team"],
  "urn:oid:2.16.840.1.113730.3.1.241": 'Ada & "Charles" <ada> – é',
};
const bySamlp = (name, options) =>
  new Promise((resolve, reject) => {
    const provide = samlp.auth({
      issuer: "https://idp.example.com/metadata",
      audience: "urn:amazon:webservices",
      recipient: AWS,
      destination: AWS,
      lifetimeInSeconds: 300,
      cert,
      key,
      getUserFromRequest: () => ({}),
      getPostURL: (_audience, _request, _req, done) => done(null, AWS),
      responseHandler: (response) => resolve(post(name, response)),
      profileMapper: () => ({ getClaims: () => claims, getNameIdentifier: () => ({ nameIdentifier: "ada" }) }),
      ...options,
    });
    provide({ method: "GET", query: {}, body: {}, headers: {} }, { set() {}, send() {} }, reject);
  });
await bySamlp("samlp", {});
await bySamlp("samlp-response", { signResponse: true, signAssertion: false });
await bySamlp("samlp-both", { signResponse: true });
await bySamlp("samlp-sha1", { signatureAlgorithm: "rsa-sha1", digestAlgorithm: "sha1" });
await bySamlp("samlp-unsigned", { signAssertion: false });

// As other providers write it: prefixes throughout, blanks and comments.
const attribute = (name, ...values) =>
  `<saml2:Attribute Name="${name}">${values
    .map((value) => `<saml2:AttributeValue xsi:type="xs:string">${value}</saml2:AttributeValue>`)
    .join("\n  ")}</saml2:Attribute>`;
const good = {
  recipient: AWS,
  audience: "urn:amazon:webservices",
  issuer: "https://idp.example.com/metadata",
  before: after(0),
  ends: after(5),
  session: "",
  name: attribute(`${ATTRIBUTES}RoleSessionName`, "ada@example.com"),
  roles: [`${PROVIDER} , arn:aws:iam::444455556666:role/Federated`],
  more: "",
};
const response = (its) => `<?xml version="1.0" encoding="UTF-8"?>
<!-- a comment --><saml2p:Response xmlns:saml2p="urn:oasis:names:tc:SAML:2.0:protocol" xmlns:xs="http://www.w3.org/2001/XMLSchema"
    xmlns="urn:unused" Version="2.0" ID="response" IssueInstant="${after(0)}" Destination="${AWS}">
  <saml2p:Status><saml2p:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Success"/></saml2p:Status>
  <saml2:Assertion xmlns:saml2="urn:oasis:names:tc:SAML:2.0:assertion" Version='2.0' IssueInstant="${after(0)}" ID="assertion">
    <saml2:Issuer>${its.issuer}</saml2:Issuer>
    <saml2:Subject><saml2:NameID Format="urn:oasis:names:tc:SAML:2.0:nameid-format:persistent">a<!-- no -->da</saml2:NameID>
      <saml2:SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:bearer">
        <saml2:SubjectConfirmationData Recipient="${its.recipient}" NotOnOrAfter="${its.ends}"/></saml2:SubjectConfirmation>
    </saml2:Subject>
    <saml2:Conditions NotOnOrAfter="${its.ends}" NotBefore="${its.before}"><saml2:AudienceRestriction>
      <saml2:Audience>${its.audience}</saml2:Audience></saml2:AudienceRestriction></saml2:Conditions>
    <saml2:AuthnStatement AuthnInstant="${after(0)}"${its.session}/>
    <saml2:AttributeStatement xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xml:lang="en">
      ${attribute(`${ATTRIBUTES}Role`, "not a pair", ...its.roles)}
      ${its.name}${its.more}
      <odd:extra xmlns:odd="urn:odd" odd:b="1 2  3 &lt;" a="&quot;'>" xmlns:z="urn:a" z:y="2"><inner xmlns=""><deeper/></inner><![CDATA[<&>]]>&gt;</odd:extra>
    </saml2:AttributeStatement>
  </saml2:Assertion>
</saml2p:Response>
`;
const sign = (xml, { element = "Assertion", digest = "http://www.w3.org/2001/04/xmlenc#sha256", transforms } = {}) => {
  const signed = new SignedXml(null, { idAttribute: "ID" });
  signed.signatureAlgorithm = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256";
  signed.canonicalizationAlgorithm = EXCLUSIVE;
  signed.signingKey = key;
  signed.keyInfoProvider = {
    getKeyInfo: () => `<ds:X509Data><ds:X509Certificate>${bare}</ds:X509Certificate></ds:X509Data>`,
  };
  const at = `//*[local-name(.)='${element}']`;
  signed.addReference(at, transforms ?? [ENVELOPED, EXCLUSIVE], digest);
  signed.computeSignature(xml, { prefix: "ds", location: { action: "prepend", reference: at } });
  return signed.getSignedXml();
};
const made = (name, its, how) => post(name, sign(response({ ...good, ...its }), how));
made("prefixed", {});
made("prefixed-response", {}, { element: "Response" });
made("digest-512", {}, { digest: "http://www.w3.org/2001/04/xmlenc#sha512" });
made("elsewhere", { recipient: "https://wiki.example.com/acs" });
made("audience", { audience: "https://wiki.example.com" });
made("stranger", { issuer: "https://else.example.com" });
made("ended", { ends: after(-1) });
made("early", { before: after(4) });
made("short", { session: ` SessionNotOnOrAfter="${after(20)}"` });
made("nameless", { name: "" });
made("misnamed", { name: attribute(`${ATTRIBUTES}RoleSessionName`, "ada lovelace") });
made("roleless", { roles: [`arn:aws:iam::444455556666:role/Other,${PROVIDER}`] });
made("untaggable", { more: attribute(`${ATTRIBUTES}PrincipalTag:Team`, "R &amp; D") });
made("denied-identity", { more: attribute(`${ATTRIBUTES}SourceIdentity`, "aws:ada") });
post(
  "refused",
  response(good).replace("status:Success", "status:Responder").replace(/<saml2:Assertion[^]*<\/saml2:Assertion>/, ""),
);

const file = new URL("responses.json", import.meta.url);
writeFileSync(file, `${JSON.stringify({ issued: issued.toISOString(), certificate: cert, otherCertificate: otherCert, responses }, null, 2)}\n`);
