// Runs before every page of the sign-in window: a form for AWS goes to the agent's listener on this machine instead.
// Called with the addresses of AWS's SAML endpoints and with the listener's.
(endpoints, postTo) => {
  "use strict";
  const HTMLForm = HTMLFormElement.prototype;
  const submit = HTMLForm.submit;
  const { get: actionOf, set: setAction } = Object.getOwnPropertyDescriptor(HTMLForm, "action");
  const { set: setTarget } = Object.getOwnPropertyDescriptor(HTMLForm, "target");
  const Fields = FormData;
  const place = window.location;
  let last = null;

  const isForAws = (address) => {
    const plain = String(address).split(/[?#]/)[0];
    return endpoints.some((endpoint) => plain === endpoint || plain.startsWith(endpoint + "/acs/"));
  };

  // A form may have fields that are called "action" or "target": only the prototype's own accessors are used.
  const redirect = (form, submitter) => {
    const own = submitter && submitter.hasAttribute("formaction");
    if (!isForAws(own ? submitter.formAction : actionOf.call(form))) return;
    if (own) submitter.removeAttribute("formaction");
    setAction.call(form, postTo);
    setTarget.call(form, "_top");
    last = form;
  };

  // A page's policy may keep its forms from any place but AWS. Then the browser goes to the listener without a form,
  // and the response goes along where no server sees it: behind the "#".
  const carry = () => {
    if (!last) return;
    const response = new Fields(last).get("SAMLResponse");
    last = null;
    if (typeof response === "string") place.replace(postTo + "#" + encodeURIComponent(response));
  };

  if (place.href.startsWith(postTo + "#")) {
    const response = decodeURIComponent(place.hash.slice(1));
    history.replaceState(null, "", postTo);
    addEventListener("DOMContentLoaded", () => {
      const form = document.createElement("form");
      const field = document.createElement("input");
      Object.assign(form, { method: "post", action: postTo, hidden: true });
      Object.assign(field, { type: "hidden", name: "SAMLResponse", value: response });
      form.append(field);
      document.documentElement.append(form);
      submit.call(form);
    });
    return;
  }

  addEventListener("submit", (event) => redirect(event.target, event.submitter), true);
  HTMLForm.submit = function () {
    redirect(this, null);
    submit.call(this);
  };
  addEventListener("securitypolicyviolation", (event) => {
    if (event.effectiveDirective === "form-action") carry();
  });
  // The window's own code stops a form that the page's policy turned away from the listener.
  addEventListener("hatrack:turned-away", carry);
}
