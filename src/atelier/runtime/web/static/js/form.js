// A form is sent once: its button shows that it is busy, and a second press does nothing.

function setBusy(form, button) {
  form.dataset.busy = "";
  if (!button) return;
  button.setAttribute("aria-busy", "true");
  button.setAttribute("aria-disabled", "true");
  const label = button.querySelector("span");
  if (button.dataset.busyLabel && label) {
    button.dataset.label = label.textContent;
    label.textContent = button.dataset.busyLabel;
  }
}

function setFree(form) {
  delete form.dataset.busy;
  for (const button of form.querySelectorAll("[aria-busy='true']")) {
    button.removeAttribute("aria-busy");
    button.removeAttribute("aria-disabled");
    if (button.dataset.label) button.querySelector("span").textContent = button.dataset.label;
  }
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.dataset.busy !== undefined) {
    event.preventDefault();
    event.stopImmediatePropagation();
  }
}, true);

document.addEventListener("submit", (event) => {
  const form = event.target;
  const usesHtmx = form.matches("[hx-post], [hx-get], [hx-put], [hx-delete], [hx-patch]");
  const staysHere = form.method === "dialog" || (event.defaultPrevented && !usesHtmx);
  if (!staysHere) setBusy(form, event.submitter);
});

document.addEventListener("htmx:afterRequest", (event) => {
  const form = event.target.closest?.("form");
  if (form) setFree(form);
});

// A page that comes back from the browser's cache must not stay busy.
addEventListener("pageshow", (event) => {
  if (event.persisted) document.querySelectorAll("form[data-busy]").forEach(setFree);
});

for (const first of document.querySelectorAll("[aria-invalid='true']")) {
  first.focus();
  break;
}
