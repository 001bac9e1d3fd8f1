// Only for the parts page: fires the toasts of its buttons.

for (const button of document.querySelectorAll("[data-demo-toast]")) {
  button.addEventListener("click", () => {
    const detail = { kind: button.dataset.demoToast, text: button.dataset.demoText };
    document.dispatchEvent(new CustomEvent("toast", { detail }));
  });
}
