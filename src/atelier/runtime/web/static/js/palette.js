// "/" opens the list of places; typing narrows it, arrows and Enter choose.

const dialog = document.getElementById("palette");
const input = dialog?.querySelector("input");
const options = dialog ? [...dialog.querySelectorAll("[role='option']")] : [];
const fold = (text) => text.toLocaleLowerCase().normalize("NFD").replace(/\p{M}/gu, "");

const shown = () => options.filter((option) => !option.hidden);

function select(option) {
  for (const each of options) each.setAttribute("aria-selected", String(each === option));
  if (option) input.setAttribute("aria-activedescendant", option.id);
  else input.removeAttribute("aria-activedescendant");
  option?.scrollIntoView({ block: "nearest" });
}

function narrow() {
  const words = fold(input.value).split(/\s+/);
  for (const option of options) {
    const text = fold(option.textContent);
    option.hidden = !words.every((word) => text.includes(word));
  }
  dialog.querySelector(".palette-none").hidden = shown().length > 0;
  select(shown()[0]);
}

function step(by) {
  const list = shown();
  const at = list.findIndex((option) => option.ariaSelected === "true");
  if (list.length) select(list[(at + by + list.length) % list.length]);
}

function go(option) {
  if (option) location.assign(option.dataset.href);
}

function isTyping(target) {
  return target.closest?.("input:not([type='radio'], [type='checkbox'], [type='range']), textarea, select, [contenteditable]");
}

document.addEventListener("keydown", (event) => {
  const asked = event.key === "/" || (event.key.toLowerCase() === "k" && (event.metaKey || event.ctrlKey));
  const plain = event.key !== "/" || !(event.metaKey || event.ctrlKey || event.altKey);
  if (!dialog || !asked || !plain || document.querySelector("dialog:modal") || isTyping(event.target)) return;
  event.preventDefault();
  dialog.showModal();
});

if (dialog) {
  new MutationObserver(() => {
    if (!dialog.open) return;
    input.value = "";
    narrow();
    input.focus();
  }).observe(dialog, { attributeFilter: ["open"] });
  input.addEventListener("input", narrow);
  dialog.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      step(event.key === "ArrowDown" ? 1 : -1);
    } else if (event.key === "Enter") go(shown().find((option) => option.ariaSelected === "true"));
  });
  dialog.addEventListener("click", (event) => go(event.target.closest("[role='option']")));
  dialog.addEventListener("pointermove", (event) => {
    const option = event.target.closest("[role='option']");
    if (option) select(option);
  });
}
