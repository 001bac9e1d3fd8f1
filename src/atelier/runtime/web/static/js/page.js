// What every page does: dialogs, menus, colours, copying, revealing, relative times, polite announcements.

const UNITS = [["year", 31536000], ["month", 2592000], ["week", 604800], ["day", 86400], ["hour", 3600], ["minute", 60]];

function openDialog(opener) {
  const dialog = document.getElementById(opener.dataset.dialog);
  dialog?.showModal();
  return Boolean(dialog);
}

async function copy(button) {
  await navigator.clipboard.writeText(button.dataset.copy);
  const label = button.querySelector("[data-copy-label]");
  const before = label.textContent;
  label.textContent = button.dataset.copied;
  announce(button.dataset.copied);
  setTimeout(() => { label.textContent = before; }, 2000);
}

function reveal(button) {
  const input = document.getElementById(button.dataset.reveal);
  const shown = input.type === "password";
  input.type = shown ? "text" : "password";
  button.setAttribute("aria-pressed", String(shown));
}

function chooseTheme(button) {
  const theme = button.value;
  if (theme === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
  const secure = location.protocol === "https:" ? "; secure" : "";
  document.cookie = `atelier_theme=${theme}; path=/; max-age=31536000; samesite=lax${secure}`;
  for (const each of document.querySelectorAll("[data-theme-switch] button")) {
    each.setAttribute("aria-pressed", String(each.value === theme));
  }
}

function announce(text) {
  const live = document.getElementById("live");
  live.textContent = "";
  requestAnimationFrame(() => { live.textContent = text; });
}

function relative(date) {
  const seconds = (date - Date.now()) / 1000;
  const [unit, size] = UNITS.find(([, each]) => Math.abs(seconds) >= each) ?? ["minute", 60];
  return new Intl.RelativeTimeFormat(document.documentElement.lang, { numeric: "auto" }).format(Math.round(seconds / size), unit);
}

// The server writes times in UTC; here they turn into the reader's own zone, or into how long ago it was.
function refreshTimes() {
  const format = new Intl.DateTimeFormat(document.documentElement.lang, { dateStyle: "medium", timeStyle: "short" });
  for (const time of document.querySelectorAll("time[data-relative], time[data-local]")) {
    const date = new Date(time.dateTime);
    const local = format.format(date);
    const text = time.dataset.relative === undefined ? local : relative(date);
    if (time.textContent !== text) time.textContent = text;
    if (time.dataset.relative !== undefined) time.title = local;
  }
}

document.addEventListener("click", (event) => {
  const target = event.target.closest("[data-dialog], [data-close], [data-copy], [data-reveal], [data-theme-switch] button");
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
  if (event.target instanceof HTMLDialogElement) event.target.close();
  if (!target) return;
  if (target.matches("[data-dialog]")) {
    if (openDialog(target)) event.preventDefault();
  } else if (target.matches("[data-close]")) target.closest("dialog").close();
  else if (target.matches("[data-copy]")) copy(target);
  else if (target.matches("[data-reveal]")) reveal(target);
  else chooseTheme(target);
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});

document.addEventListener("announce", (event) => announce(event.detail.text));
for (const type of ["htmx:load", "live-job:finished"]) document.addEventListener(type, () => setTimeout(refreshTimes));
refreshTimes();
setInterval(refreshTimes, 30000);
