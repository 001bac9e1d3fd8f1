// Before and after in one frame: drag, click, arrow keys, or a number.

class ImageCompare extends HTMLElement {
  connectedCallback() {
    this.stage = this.querySelector(".compare-stage");
    this.range = this.querySelector(".compare-range");
    this.number = this.querySelector(".compare-number input");
    this.range.addEventListener("input", () => this.move(this.range.valueAsNumber));
    this.number.addEventListener("input", () => this.move(this.number.valueAsNumber, true));
    this.number.addEventListener("blur", () => this.move(this.range.valueAsNumber));
    this.stage.addEventListener("pointerdown", (event) => this.grab(event));
    this.stage.addEventListener("pointermove", (event) => this.drag(event));
    this.stage.addEventListener("dragstart", (event) => event.preventDefault());
    this.move(Number(this.getAttribute("start") ?? 50));
  }

  grab(event) {
    if (event.button !== 0) return;
    this.stage.setPointerCapture(event.pointerId);
    this.range.focus({ preventScroll: true, focusVisible: false });
    this.follow(event);
  }

  drag(event) {
    if (this.stage.hasPointerCapture(event.pointerId)) this.follow(event);
  }

  follow(event) {
    const box = this.stage.getBoundingClientRect();
    this.move((100 * (event.clientX - box.left)) / box.width);
  }

  move(percent, typing = false) {
    if (Number.isNaN(percent)) return;
    const at = Math.min(100, Math.max(0, Math.round(percent)));
    this.range.value = at;
    if (!typing) this.number.value = at;
    this.style.setProperty("--at", `${at}%`);
    this.dataset.at = at;
  }
}

customElements.define("image-compare", ImageCompare);
