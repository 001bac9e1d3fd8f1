// Photos by drop, browse, paste or camera; each is sent on its own, and the form carries the ids that came back.

import { preview, sendFile, showThumbnail } from "./upload.js";

const AT_ONCE = 3;

class FileDrop extends HTMLElement {
  connectedCallback() {
    if (this.rows) return;
    this.rows = new Map();
    this.words = JSON.parse(this.dataset.words);
    this.input = this.querySelector(".drop-zone > input[type=file]");
    this.list = this.querySelector(".files");
    this.input.removeAttribute("name");
    this.required = this.input.required;
    this.addEventListener("change", (event) => this.browse(event));
    this.addEventListener("click", (event) => this.act(event));
    for (const type of ["dragover", "dragleave", "drop"]) this.addEventListener(type, (event) => this.hover(event));
    this.paste = (event) => { if (event.clipboardData?.files.length) this.take(event.clipboardData.files); };
    document.addEventListener("paste", this.paste);
    // Rows that came with the page are photos that are here already, or that were refused.
    for (const row of this.list.querySelectorAll(".file")) {
      const file = new File([], row.querySelector(".file-name").textContent);
      this.rows.set(row, { file, stop: () => {}, id: row.querySelector("input")?.value ?? null });
    }
    this.settle();
  }

  disconnectedCallback() {
    document.removeEventListener("paste", this.paste);
  }

  browse(event) {
    if (event.target.type !== "file") return;
    this.take(event.target.files);
    event.target.value = "";
  }

  hover(event) {
    event.preventDefault();
    this.classList.toggle("is-over", event.type === "dragover");
    if (event.type === "drop") this.take(event.dataTransfer.files);
  }

  take(files) {
    const limit = Number(this.getAttribute("limit"));
    if (limit === 1) for (const row of [...this.rows.keys()]) this.remove(row);
    const room = limit - this.rows.size;
    const line = this.querySelector("[data-drop-error]");
    Object.assign(line, { hidden: files.length <= room, textContent: files.length > room ? this.words.many.replace("{limit}", limit) : "" });
    for (const file of [...files].slice(0, room)) this.add(file);
    this.next();
  }

  add(file) {
    const row = this.querySelector("template").content.cloneNode(true).querySelector(".file");
    const most = Number(this.getAttribute("max-bytes"));
    this.rows.set(row, { file, stop: () => {}, id: null });
    row.querySelector(".file-name").textContent = file.name;
    this.list.append(row);
    preview(row.querySelector("canvas"), file);
    if (file.size > most) this.fail(row, this.words.large.replace("{limit}", `${Math.floor(most / 1048576)} MB`));
    else this.set(row, "waiting", this.words.waiting);
    this.tell("added", { name: file.name });
  }

  set(row, state, note) {
    row.dataset.state = state;
    row.querySelector(".file-note").textContent = note;
    this.settle();
  }

  // The form may go when at least one photo is there and none is still on its way.
  settle() {
    const states = [...this.rows.keys()].map((row) => row.dataset.state);
    const isBusy = states.some((state) => state === "waiting" || state === "sending");
    this.toggleAttribute("data-count", states.length > 0);
    this.input.required = this.required && !isBusy && !states.includes("done");
    this.input.setCustomValidity(isBusy ? this.words.wait : "");
  }

  next() {
    const rows = [...this.rows.keys()];
    const free = AT_ONCE - rows.filter((row) => row.dataset.state === "sending").length;
    for (const row of rows.filter((each) => each.dataset.state === "waiting").slice(0, Math.max(0, free))) this.send(row);
  }

  send(row) {
    const entry = this.rows.get(row);
    this.set(row, "sending", this.words.sending);
    entry.stop = sendFile(this.getAttribute("upload"), entry.file, {
      progressed: (percent) => {
        row.querySelector("progress").value = percent;
        row.querySelector(".file-note").textContent = `${this.words.sending} · ${percent} %`;
      },
      ended: (answer, problem) => (answer ? this.receive(row, answer) : this.fail(row, problem || this.words.failed)),
    });
  }

  receive(row, answer) {
    const hidden = document.createElement("input");
    Object.assign(hidden, { type: "hidden", name: this.getAttribute("name"), value: answer.id });
    row.append(hidden);
    if (answer.thumbnail) showThumbnail(row.querySelector("canvas"), answer.thumbnail);
    this.rows.get(row).id = answer.id;
    this.set(row, "done", answer.width ? `${this.words.done} · ${answer.width} × ${answer.height}` : this.words.done);
    this.tell("uploaded", answer);
    if (this.hasAttribute("fleeting")) setTimeout(() => this.rows.has(row) && this.remove(row), 2500);
    this.next();
  }

  fail(row, text) {
    this.set(row, "failed", text);
    this.tell("failed", { name: this.rows.get(row).file.name, text });
    this.next();
  }

  act(event) {
    const action = event.target.closest("[data-do]")?.dataset.do;
    const row = event.target.closest(".file");
    if (!action || !this.rows.has(row)) return;
    if (action === "remove") this.remove(row);
    else if (action === "pause") {
      this.rows.get(row).stop();
      this.set(row, "paused", this.words.paused);
    } else this.set(row, "waiting", this.words.waiting);
    this.next();
  }

  remove(row) {
    const { stop, id, file } = this.rows.get(row);
    stop();
    this.rows.delete(row);
    row.remove();
    this.settle();
    this.tell("removed", { id, name: file.name });
  }

  tell(what, detail) {
    const count = [...this.rows.values()].filter(({ id }) => id).length;
    this.dispatchEvent(new CustomEvent(`file-drop:${what}`, { bubbles: true, detail }));
    this.dispatchEvent(new CustomEvent("file-drop:change", { bubbles: true, detail: { count } }));
    if (what !== "removed" && what !== "added") {
      const text = `${detail.name}: ${what === "failed" ? detail.text : this.words.done}`;
      document.dispatchEvent(new CustomEvent("announce", { detail: { text } }));
    }
  }
}

customElements.define("file-drop", FileDrop);
