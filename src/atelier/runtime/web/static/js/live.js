// Follows one job: by server-sent events, by asking every three seconds when they fail, and then shows what is finished.

const FINAL = new Set(["succeeded", "failed", "canceled"]);
const PAUSE = 3000;
const STATES = ["pending", "active", "done", "warning", "failed"];
const streams = new Map();

// One stream per address and tab, however many jobs the page follows.
function subscribe(url, listener) {
  const stream = streams.get(url) ?? { source: new EventSource(url), listeners: new Set() };
  streams.set(url, stream);
  stream.listeners.add(listener);
  for (const type of ["job", "error"]) stream.source.addEventListener(type, listener);
  return () => {
    for (const type of ["job", "error"]) stream.source.removeEventListener(type, listener);
    stream.listeners.delete(listener);
    if (stream.listeners.size) return;
    stream.source.close();
    streams.delete(url);
  };
}

const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);
const number = (value) => new Intl.NumberFormat(document.documentElement.lang, { maximumFractionDigits: 1 }).format(value);

class LiveJob extends HTMLElement {
  connectedCallback() {
    this.words = JSON.parse(this.dataset.words);
    if (FINAL.has(this.getAttribute("status"))) return;
    this.failures = 0;
    const url = this.getAttribute("events");
    if (url) this.leave = subscribe(url, (event) => this.hear(event));
    else this.poll();
  }

  disconnectedCallback() {
    this.leave?.();
    clearTimeout(this.timer);
  }

  hear(event) {
    if (event.type === "job") {
      this.failures = 0;
      this.take(JSON.parse(event.data));
    } else if (++this.failures >= 3 || event.target.readyState === EventSource.CLOSED) {
      this.leave();
      this.poll();
    }
  }

  async poll() {
    if (!this.getAttribute("poll") || !this.isConnected) return;
    await this.ask();
    if (this.isConnected && !this.isFinal) this.timer = setTimeout(() => this.poll(), PAUSE);
  }

  take(job) {
    if (job.id !== this.getAttribute("job") || this.isFinal || job.revision < this.revision) return;
    this.revision = job.revision;
    this.setAttribute("status", job.status);
    for (const stage of job.stages ?? this.guess(job.stage)) this.mark(stage);
    this.badge(job.status);
    this.progress(job);
    if (FINAL.has(job.status)) this.finish(job);
  }

  // A short event names only the running stage; the timings of the others are asked for when it has changed.
  guess(current) {
    const names = [...this.querySelectorAll("[data-stage]")].map((row) => row.dataset.stage);
    const at = names.indexOf(current);
    if (at < 0 || this.stage === current) return [];
    this.stage = current;
    this.ask();
    return names.map((name, place) => ({ name, state: place < at ? "done" : place === at ? "active" : "pending" }));
  }

  async ask() {
    const url = this.getAttribute("poll");
    const answer = url && (await fetch(url, { headers: { Accept: "application/json" } }).catch(() => null));
    if (answer?.ok) this.take(await answer.json());
  }

  mark({ name, state, seconds, note }) {
    const row = this.querySelector(`[data-stage="${CSS.escape(name)}"]`);
    if (!row || !STATES.includes(state)) return;
    const settled = ["warning", "failed"].includes(row.dataset.state) && state === "done";
    if (settled) return;
    if (row.dataset.state !== state) {
      const words = JSON.parse(row.closest("[data-words]").dataset.words);
      row.querySelector("[data-stage-state]").textContent = words[state];
      if (state === "active") row.setAttribute("aria-current", "step");
      else row.removeAttribute("aria-current");
      if (state !== "pending") this.say(row.querySelector(".stage-name").textContent.trim());
    }
    row.dataset.state = state;
    if (seconds != null) row.querySelector("[data-stage-time]").textContent = `${number(seconds)} ${this.words.seconds}`;
    if (note) row.querySelector("[data-stage-note]").textContent = note;
  }

  badge(status) {
    for (const badge of this.querySelectorAll("[data-status-badge]")) {
      badge.dataset.status = status;
      badge.textContent = JSON.parse(this.dataset.statuses)[status];
    }
  }

  // The job says how far its running stage is; the bar shows how far the whole is.
  progress({ status, stage, stages, progress, position, eta_seconds: eta }) {
    const bar = this.querySelector("[data-live-progress]");
    const shown = [...this.querySelectorAll("[data-stage]")].map((row) => row.dataset.stage);
    const names = shown.length ? shown : (stages ?? []).map(({ name }) => name);
    const at = names.indexOf(stage);
    const note = this.querySelector("[data-live-note]");
    if (bar && status === "succeeded") bar.value = 100;
    else if (bar && at >= 0) bar.value = Math.max(bar.value, (100 * at + (progress ?? 0)) / names.length);
    const parts = [];
    if (position) parts.push(fill(this.words.position, { position: number(position) }));
    if (eta) parts.push(fill(this.words.eta, { seconds: number(Math.ceil(eta)) }));
    if (note) note.textContent = parts.join(" · ");
  }

  async finish(job) {
    this.isFinal = true;
    this.leave?.();
    this.say(this.words[job.status]);
    this.dispatchEvent(new CustomEvent("live-job:finished", { bubbles: true, detail: job }));
    const url = this.getAttribute("fragment");
    const answer = url && (await fetch(url, { headers: { "HX-Request": "true" } }).catch(() => null));
    if (!answer?.ok) return location.reload();
    const parsed = new DOMParser().parseFromString(await answer.text(), "text/html");
    const nodes = [...parsed.body.childNodes];
    this.replaceWith(...nodes);
    for (const node of nodes) if (node.nodeType === Node.ELEMENT_NODE) globalThis.htmx?.process(node);
    return undefined;
  }

  say(text) {
    document.dispatchEvent(new CustomEvent("announce", { detail: { text } }));
  }
}

customElements.define("live-job", LiveJob);
