// Links with data-lightbox="GROUP" open their picture over the page; arrows walk through the group.

const box = document.getElementById("lightbox");
let group = [];
let index = 0;

function show(position) {
  index = (position + group.length) % group.length;
  const link = group[index];
  const picture = box.querySelector("img");
  picture.src = link.dataset.full ?? link.href;
  picture.alt = link.dataset.caption ?? link.textContent.trim();
  box.querySelector("[data-lightbox-caption]").textContent = `${picture.alt} · ${index + 1} / ${group.length}`;
  // A link that has a larger copy of its own leads to a page.
  const open = box.querySelector("[data-lightbox-open]");
  open.hidden = !link.dataset.full;
  open.href = link.href;
  for (const step of box.querySelectorAll("[data-step]")) step.hidden = group.length < 2;
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-lightbox]");
  const plain = !event.metaKey && !event.ctrlKey && !event.shiftKey;
  if (box && link && plain) {
    event.preventDefault();
    group = [...document.querySelectorAll(`[data-lightbox="${CSS.escape(link.dataset.lightbox)}"]`)];
    show(group.indexOf(link));
    box.showModal();
  }
});

box?.addEventListener("click", (event) => {
  const step = event.target.closest("[data-step]");
  if (step) show(index + Number(step.dataset.step));
});

box?.addEventListener("keydown", (event) => {
  const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
  if (step) show(index + step * (document.dir === "rtl" ? -1 : 1));
});

box?.addEventListener("close", () => group[index]?.focus());
