// A button to copy each piece of code, where the browser lets a page write to the clipboard.
if (navigator.clipboard) {
  for (const code of document.querySelectorAll("pre[data-copy]")) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "quiet small copy";
    button.textContent = code.dataset.copy;
    button.setAttribute("aria-live", "polite");
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(code.textContent.trim());
      button.textContent = code.dataset.copied;
      setTimeout(() => { button.textContent = code.dataset.copy; }, 2000);
    });
    code.after(button);
  }
}
