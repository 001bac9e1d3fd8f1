// Short messages. The page or htmx (`HX-Trigger: {"toast": {"kind": "good", "text": "…"}}`) fires `toast`.

const LIFETIME = 7000;
const list = document.getElementById("toasts");

function arm(toast) {
  if (toast.dataset.kind === "bad") return;
  let timer = 0;
  const start = () => { timer = setTimeout(() => toast.remove(), LIFETIME); };
  const stop = () => clearTimeout(timer);
  toast.addEventListener("pointerenter", stop);
  toast.addEventListener("pointerleave", start);
  toast.addEventListener("focusin", stop);
  toast.addEventListener("focusout", start);
  start();
}

function show({ kind = "info", text }) {
  const toast = document.getElementById("toast").content.cloneNode(true).querySelector(".toast");
  toast.dataset.kind = kind === "error" ? "bad" : kind;
  toast.querySelector("p").textContent = text;
  const icon = toast.querySelector("use");
  const name = { good: "check", success: "check", ok: "check", bad: "alert", error: "alert", warn: "alert" }[kind] ?? "info";
  icon.setAttribute("href", icon.getAttribute("href").replace(/#.*/, `#${name}`));
  list.append(toast);
  arm(toast);
}

list.addEventListener("click", (event) => {
  event.target.closest(".toast-close")?.closest(".toast").remove();
});
document.addEventListener("toast", (event) => show(event.detail));
list.querySelectorAll(".toast").forEach(arm);
